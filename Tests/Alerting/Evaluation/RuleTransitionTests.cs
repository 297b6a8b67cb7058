using System.Globalization;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Alerting.Evaluation;

/// <summary>What rules raise is what a naive evaluator raises that is fed in the order of arrival.</summary>
internal sealed class RuleTransitionTests
{
    private const int Rules = 500;
    private const int Steps = 30;

    // Each asks InfluxDB a hundred times.
    private const int StepsOfInflux = 12;
    private const long StepMilliseconds = 10_000;
    private const long Day = 86_400_000;

    private static readonly string[] _services = ["/cart", "/pay", "/ä"];
    private static readonly string[] _measures = ["count", "rate", "error_rate", "avg(elapsed)", "sum(elapsed)", "min(elapsed)", "max(elapsed)"];

    [Test]
    public async Task Random_rules_over_samples_of_which_some_come_late_raise_the_same_as_a_naive_evaluator()
    {
        await using RuleHost host = await RuleHost.StartAsync();
        await CompareAsync(host, Steps);
    }

    [Test]
    public async Task Over_InfluxDB_too_they_raise_the_same_as_a_naive_evaluator()
    {
        await using SharedStore store = await SharedStore.StartAsync();
        await using RuleHost host = await RuleHost.StartAsync(store);
        await CompareAsync(host, StepsOfInflux);
    }

    private static async Task CompareAsync(RuleHost host, int steps)
    {
        Random random = new(20);
        NaiveRule[] rules = [.. Enumerable.Range(0, Rules).Select(i => MakeRule(random, $"rule-{i:D3}"))];
        List<NaiveSample> arrived = [];
        List<string> expected = [];
        long time = host.Now;
        await host.EvaluateAtAsync(time);
        time = (host.Now + StepMilliseconds) / StepMilliseconds * StepMilliseconds;
        host.Clock.Advance(TimeSpan.FromMilliseconds(time - host.Now));
        foreach (NaiveRule rule in rules)
        {
            await host.PutAsync(rule.Name, rule.Json());
        }

        // Rules that are made now are evaluated now, when there is nothing yet.
        time = await EvaluateAsync(host, rules, arrived, expected, time);
        await PushAsync(host, arrived, [.. Enumerable.Range(1, 2).SelectMany(day => Samples(random, time - (day * Day), steps * StepMilliseconds, 400))]);
        for (int step = 0; step < steps; step++)
        {
            // The step before last has no samples at all.
            int count = step % 7 == 5 ? 0 : random.Next(60);
            NaiveSample[] late = [.. Samples(random, time - 60_000, 60_000, random.Next(4))];
            await PushAsync(host, arrived, [.. Samples(random, time, StepMilliseconds, count), .. late]);
            time = await EvaluateAsync(host, rules, arrived, expected, time + StepMilliseconds);
        }

        await host.SettleAsync(host.Now);
        expected.Sort(StringComparer.Ordinal);
        List<string> recorded = await host.RecordedAsync();
        recorded.Sort(StringComparer.Ordinal);
        Assert.That(expected, Has.Count.GreaterThan(Rules), "The data must make rules fire.");
        Assert.That(recorded, Is.EqualTo(expected));
    }

    // Both evaluate at a time, and at those that a slow store let the clock pass meanwhile: nothing new has come by then. Returns the last.
    private static async Task<long> EvaluateAsync(RuleHost host, NaiveRule[] rules, List<NaiveSample> arrived, List<string> expected, long time)
    {
        for (; ; time += StepMilliseconds)
        {
            await host.EvaluateAtAsync(time);
            expected.AddRange(rules.SelectMany(rule => rule.Evaluate(time, arrived)));
            if (host.Now < time + StepMilliseconds)
            {
                return time;
            }
        }
    }

    private static NaiveRule MakeRule(Random random, string name)
    {
        string measure = _measures[random.Next(_measures.Length)];
        string sign = new[] { ">", ">=", "<", "<=", ">", "<", "==", "!=" }[random.Next(8)];
        double threshold = measure switch
        {
            "count" => random.Next(1, 40),
            "rate" => random.Next(1, 30) / 10.0,
            "error_rate" => random.Next(0, 10) / 20.0,
            "sum(elapsed)" => random.Next(100, 4_000),
            _ => random.Next(10, 200),
        };
        bool hasBaseline = random.Next(6) == 0;
        double? resolve = hasBaseline || random.Next(3) > 0 ? null : sign[0] == '>' ? threshold * 0.8 : sign[0] == '<' ? threshold * 1.25 : null;
        return new NaiveRule
        {
            Name = name,
            Measure = measure,
            By = random.Next(5) switch { 0 => [], 1 => ["service"], 2 => ["service", "oname"], 3 => ["status"], _ => ["oname", "status", "service"] },
            Where = random.Next(4) switch
            {
                0 => [("service~:A", sample => sample.Service.Contains('a', StringComparison.Ordinal))],
                1 => [("elapsed>=:20", sample => sample.Micros >= 20_000), ("status!:500", sample => sample.Status != 500)],
                _ => [],
            },
            Window = new[] { 10_000, 30_000, 60_000, 120_000 }[random.Next(4)],
            MinCount = random.Next(3) > 0 ? 1 : random.Next(2, 6),
            Operator = sign,
            Threshold = threshold,
            ResolveThreshold = resolve,
            Baseline = hasBaseline ? (random.Next(1, 3), random.Next(5, 20) / 10.0, 1) : null,
            For = random.Next(2) == 0 ? 0 : random.Next(1, 6) * 10_000,
            KeepFiringFor = random.Next(2) == 0 ? 0 : random.Next(1, 6) * 10_000,
            Every = random.Next(1, 4) * 10_000,
            NoData = new[] { "resolve", "keep", "alert" }[random.Next(3)],
        };
    }

    private static IEnumerable<NaiveSample> Samples(Random random, long from, long length, int count) =>
        Enumerable.Range(0, count).Select(_ => new NaiveSample(
            from + random.NextInt64(length), _services[random.Next(_services.Length)], random.Next(1, 200_000),
            random.Next(4) switch { 0 => null, 1 => 500, _ => 200 }, random.Next(5) == 0, $"shop-{random.Next(2)}"));

    private static async Task PushAsync(RuleHost host, List<NaiveSample> arrived, IReadOnlyList<NaiveSample> samples)
    {
        if (samples.Count > 0)
        {
            arrived.AddRange(samples);
            await host.PushJsonAsync(JsonSerializer.Serialize(new { transaction = samples.Select(Wire) }));
        }
    }

    private static Dictionary<string, object> Wire(NaiveSample sample)
    {
        Dictionary<string, object> wire = new()
        {
            ["time"] = sample.Time,
            ["oname"] = sample.Agent,
            ["service"] = sample.Service,
            ["elapsed"] = decimal.Parse((sample.Micros / 1_000m).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            ["error"] = sample.Failed,
        };
        if (sample.Status is { } status)
        {
            wire["status"] = status;
        }

        return wire;
    }
}
