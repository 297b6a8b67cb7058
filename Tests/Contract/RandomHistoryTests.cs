using NUnit.Framework;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Contract.Oracle.Endpoints;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>
/// A store that is pushed to, sealed, compacted and restarted in any order gives what the naive computation gives after each step.
/// The seed of a failure is its test's name.
/// </summary>
internal sealed class RandomHistoryTests
{
    private const int StepCount = 24;
    private const int QueriesPerStep = 6;

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public async Task Any_history_gives_exact_responses(int seed)
    {
        Random random = new(seed);
        using TemporaryFolder folder = new();
        Queue<PushedBatch> waiting = new(new BatchGenerator(seed).Batches(StepCount, random.Next(20, 400)));
        List<PushedBatch> pushed = [];
        RunningServer server = await RunningServer.StartAsync(folder);
        try
        {
            for (int step = 0; step < StepCount; step++)
            {
                switch (random.Next(8))
                {
                    case 0:
                        await server.SealAsync();
                        break;
                    case 1:
                        await server.SealAsync();
                        await server.CompactAsync();
                        break;
                    case 2:
                        await server.DisposeAsync();
                        server = await RunningServer.StartAsync(folder);
                        break;
                    default:
                        pushed.Add(waiting.Dequeue());
                        await server.Client.PushAllAsync(pushed.TakeLast(1), _ => GeneratedSamples.Form(random.Next(8)));
                        break;
                }

                await CheckAsync(server.Client, OracleIngest.Take(pushed), random, step);
            }
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task CheckAsync(ServerClient client, List<OracleSample> samples, Random random, int step)
    {
        for (int i = 0; i < QueriesPerStep; i++)
        {
            OracleEndpoint endpoint = OracleEndpoint.All[random.Next(OracleEndpoint.All.Count)];
            long pcode = random.Next(4) == 0 ? TestProjects.Second : TestProjects.First;
            (long from, long to) = Range(random);
            string differences = ResponseComparer.Differences(await endpoint.GetAsync(client, from, to, pcode), endpoint.Response(samples, pcode, from, to));
            Assert.That(differences, Is.Empty, $"step {step}: {endpoint.Path(from, to)} of {pcode}");
        }

        string agents = await client.GetAsync(OracleEndpoint.Agents.Path(0, 0));
        Assert.That(ResponseComparer.Differences(agents, AgentsOracle.Response(samples, TestProjects.First)), Is.Empty, $"step {step}: agents");
    }

    private static (long From, long To) Range(Random random)
    {
        long border = random.Next(4) switch { 0 => BatchGenerator.Bucket, 1 => BatchGenerator.Hour, _ => 1 };
        long from = random.NextInt64(BatchGenerator.Day - (48 * BatchGenerator.Hour), BatchGenerator.End) / border * border;
        long length = random.Next(3) == 0 ? 24 * BatchGenerator.Hour : random.NextInt64(1, 24 * BatchGenerator.Hour);
        return (from, from + Math.Max(border, length / border * border));
    }
}
