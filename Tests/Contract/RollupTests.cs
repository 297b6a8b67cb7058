using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>Rollups change what a response costs and nothing else: over many ranges each equals the one computed without them.</summary>
internal sealed partial class RollupTests
{
    private const int Seed = 4_711;
    private const int RangeCount = 200;

    private static readonly IReadOnlyList<(long From, long To)> _ranges = [.. Ranges()];

    private readonly TemporaryFolder _folder = new();
    private Dictionary<string, string[]> _with = [];
    private Dictionary<string, string[]> _without = [];

    [OneTimeSetUp]
    public async Task Ask()
    {
        await using (RunningServer server = await RunningServer.StartAsync(_folder))
        {
            int half = GeneratedSamples.Batches.Count / 2;
            await server.Client.PushAllAsync(GeneratedSamples.Batches.Take(half), GeneratedSamples.Form);
            await server.SealAsync();
            await server.CompactAsync();
            await server.Client.PushAllAsync(GeneratedSamples.Batches.Skip(half), GeneratedSamples.Form);
            await server.SealAsync();
            _with = await GetAllAsync(server.Client);
        }

        await using (RunningServer server = await RunningServer.StartAsync(_folder, "--Query:Rollups=false"))
        {
            _without = await GetAllAsync(server.Client);
        }
    }

    [OneTimeTearDown]
    public void Stop() => _folder.Dispose();

    [TestCaseSource(nameof(Endpoints))]
    public void Responses_with_rollups_equal_those_without(OracleEndpoint endpoint) =>
        Assert.That(_with[endpoint.Name].Select(WithoutOrigin), Is.EqualTo(_without[endpoint.Name].Select(WithoutOrigin)));

    [TestCaseSource(nameof(Endpoints))]
    public void Results_with_rollups_equal_the_naive_computation(OracleEndpoint endpoint) => Assert.Multiple(() =>
    {
        // Every fifth: the naive way is slow.
        for (int i = 0; i < RangeCount; i += 5)
        {
            (long from, long to) = _ranges[i];
            string differences = ResponseComparer.Differences(_with[endpoint.Name][i],
                endpoint.Response(GeneratedSamples.Expected.Samples, TestProjects.First, from, to));
            Assert.That(differences, Is.Empty, $"{from} to {to}");
        }
    });

    private static string WithoutOrigin(string response) => Origin().Replace(response, "");

    private static IReadOnlyList<OracleEndpoint> Endpoints() => OracleEndpoint.All;

    private static async Task<Dictionary<string, string[]>> GetAllAsync(ServerClient client)
    {
        Dictionary<string, string[]> responses = [];
        foreach (OracleEndpoint endpoint in OracleEndpoint.All)
        {
            string[] bodies = new string[RangeCount];
            await Parallel.ForAsync(0, RangeCount, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (i, _) =>
                bodies[i] = await endpoint.GetAsync(client, _ranges[i].From, _ranges[i].To));
            responses[endpoint.Name] = bodies;
        }

        return responses;
    }

    // Where an aggregate comes from, and at what moment: all that may differ.
    [GeneratedRegex(""","source":"(raw|rollup|both)","watermark":"[^"]*"(?=}$)""")]
    private static partial Regex Origin();

    // From a millisecond to a day, half of them on borders of buckets or hours, where rollups begin and end.
    private static IEnumerable<(long From, long To)> Ranges()
    {
        Random random = new(Seed);
        for (int i = 0; i < RangeCount; i++)
        {
            long length = 1 + (long)(Math.Pow(random.NextDouble(), 3) * 24 * BatchGenerator.Hour);
            long from = random.Next(3) == 0
                ? random.NextInt64(BatchGenerator.Day - (72 * BatchGenerator.Hour), BatchGenerator.Day)
                : random.NextInt64(BatchGenerator.Start - BatchGenerator.Hour, BatchGenerator.End);
            long to = Math.Min(from + length, from + (23 * BatchGenerator.Hour));
            long border = random.Next(4) switch { 0 => BatchGenerator.Bucket, 1 => BatchGenerator.Hour, _ => 1 };
            yield return (from / border * border, Math.Max(to / border * border, (from / border * border) + border));
        }
    }
}
