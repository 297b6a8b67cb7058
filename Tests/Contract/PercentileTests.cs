using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>
/// Percentiles are within 1 % of those that sorting gives, whatever the distribution, whether samples lie in memory, in blocks or in rollups.
/// </summary>
internal sealed class PercentileTests
{
    // Three decimals are half a µs off at most.
    private const double RoundingMilliseconds = 0.000_5;
    private const int SamplesPerDistribution = 2_000;

    private static readonly (string Name, double Quantile)[] _percentiles = [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999)];

    private static readonly Dictionary<string, Func<Random, int, double>> _distributions = new()
    {
        ["uniform"] = (random, _) => random.Next(1_000_000) / 1_000.0,
        ["heavy tail"] = (random, _) => Math.Min(1e12, Math.Round(Math.Pow(random.NextDouble() + 1e-9, -1.5), 3)),
        ["constant"] = (_, _) => 123.456,
        ["two spikes"] = (_, i) => i % 20 == 0 ? 10_000 : 1,
        ["spikes around each rank"] = (_, i) => i < 1_000 ? 1 : i < 1_800 ? 100 : i < 1_900 ? 10_000 : i < 1_980 ? 1e6 : 1e9,
        ["powers of two"] = (_, i) => Math.Min(1e12, Math.ScaleB(1, i % 40) / 1_000),
        ["powers of gamma"] = (_, i) => Math.Min(1e12, Math.Round(Math.Pow(1.01 / 0.99, i % 1_700) / 1_000, 3)),
        ["all zero"] = (_, _) => 0,
        ["mostly zero"] = (_, i) => i % 100 == 0 ? 1e12 : 0,
        ["greatest"] = (_, _) => 1e12,
        ["smallest"] = (_, i) => i % 3 / 1_000.0,
        ["ascending"] = (_, i) => i,
        ["exponential"] = (random, _) => Math.Round(-Math.Log(1 - random.NextDouble()) * 250, 3),
    };

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task Of_adversarial_distributions(int seed)
    {
        Random random = new(seed);
        List<SampleRow> rows = [Row("one element", 0, 1e12)];
        foreach ((string name, Func<Random, int, double> value) in _distributions)
        {
            rows.AddRange(Enumerable.Range(0, SamplesPerDistribution).Select(i => Row(name, i, value(random, i))));
        }

        rows.AddRange(Enumerable.Range(0, 60).SelectMany(
            few => Enumerable.Range(0, few + 1).Select(i => Row($"{few + 1} of any size", i, Math.Round(Math.Pow(10, random.NextDouble() * 12), 3)))));
        await AssertCloseAsync([.. rows.OrderBy(_ => random.Next())]);
    }

    [Test]
    public Task Of_recorded_telemetry() => AssertCloseAsync([.. TrainTicket.Rows.Where(row => row.Kind == "transaction")]);

    private static SampleRow Row(string service, int i, double elapsed) =>
        new("transaction") { ["time"] = BatchGenerator.Start + (i * 10L), ["service"] = service, ["elapsed"] = elapsed };

    private static async Task AssertCloseAsync(List<SampleRow> rows)
    {
        using TemporaryFolder folder = new();
        await using RunningServer server = await RunningServer.StartAsync(folder);
        await server.Client.PushAllAsync(rows.Chunk(5_000).Select(chunk => new PushedBatch(TestProjects.First, new AgentName("shop"), chunk)),
            _ => BodyForm.MessagePackColumns);
        Dictionary<string, double[]> sorted = rows.GroupBy(row => (string)row["service"]!)
            .ToDictionary(group => group.Key, group => group.Select(row => Convert.ToDouble(row["elapsed"])).Order().ToArray());
        await AssertCloseAsync(server, rows, sorted);
        await server.SealAsync();
        await AssertCloseAsync(server, rows, sorted);
    }

    private static async Task AssertCloseAsync(RunningServer server, List<SampleRow> rows, Dictionary<string, double[]> sorted)
    {
        string measures = string.Join(',', _percentiles.Select(percentile => percentile.Name + "(elapsed)"));
        string response = await server.Client.GetAsync(
            $"/api/v1/aggregate?kind=transaction&by=service&measures={measures}&from={rows.Min(row => row.Time)}&to={rows.Max(row => row.Time) + 1}");
        using JsonDocument document = JsonDocument.Parse(response);
        Assert.That(document.RootElement.GetProperty("total").GetInt32(), Is.EqualTo(sorted.Count));
        Assert.Multiple(() =>
        {
            foreach (JsonElement row in document.RootElement.GetProperty("rows").EnumerateArray())
            {
                double[] values = sorted[row[0].GetString()!];
                for (int i = 0; i < _percentiles.Length; i++)
                {
                    // Values as they are kept: to the µs.
                    double exact = Math.Round(values[(int)Math.Floor(_percentiles[i].Quantile * (values.Length - 1))], 3);
                    Assert.That(row[i + 1].GetDouble(), Is.EqualTo(exact).Within((exact * 0.01) + RoundingMilliseconds + (exact * 1e-12)),
                        $"{row[0]} {_percentiles[i].Name}");
                }
            }
        });
    }
}
