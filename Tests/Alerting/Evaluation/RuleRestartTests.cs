using NUnit.Framework;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Alerting.Evaluation;

/// <summary>Kills, stops, gaps and clocks that are set: each transition is in the history exactly once, and nothing that fires is forgotten.</summary>
internal sealed class RuleRestartTests
{
    private const string Slow = """
        {"query":{"kind":"transaction","measure":"max(elapsed)","by":["service"],"window":"10s"},"condition":{"operator":">","threshold":100},"every":"10s"}
        """;

    private const string State = "/node/rules/1/state.json";

    [TestCase(1)]
    [TestCase(2)]
    public async Task Kills_at_any_moment_change_no_transition(int seed)
    {
        Random random = new(seed);
        await using RuleHost host = await RuleHost.StartAsync();
        NaiveRule[] rules =
        [
            .. Enumerable.Range(0, 12).Select(i => new NaiveRule
            {
                Name = $"rule-{i:D2}",
                Measure = i % 2 == 0 ? "count" : "max(elapsed)",
                By = i % 3 == 0 ? [] : ["service"],
                Where = [],
                Window = 20_000,
                MinCount = 1,
                Operator = i % 4 == 3 ? "<" : ">",
                Threshold = i % 2 == 0 ? 6 : 120,
                For = i % 5 * 10_000,
                KeepFiringFor = i % 4 * 10_000,
                Every = 10_000,
                NoData = new[] { "resolve", "keep", "alert" }[i % 3],
            }),
        ];
        foreach (NaiveRule rule in rules)
        {
            await host.PutAsync(rule.Name, rule.Json());
        }

        List<NaiveSample> arrived = [];
        List<string> expected = [];
        await host.CatchUpAsync();
        expected.AddRange(rules.SelectMany(rule => rule.Evaluate(host.Now, arrived)));
        for (int step = 0; step < 24; step++)
        {
            if (step % 6 != 4)
            {
                NaiveSample[] samples = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => new NaiveSample(
                    host.Now + random.Next(10_000), random.Next(2) == 0 ? "/a" : "/b", random.Next(1, 200_000), null, false, "shop"))];
                arrived.AddRange(samples);
                await host.PushAsync([.. samples.Select(sample => (sample.Service, sample.Micros / 1_000.0, host.Now - sample.Time))]);
            }

            long from = host.Now;
            if (random.Next(3) == 0)
            {
                host.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(9_000)));
                await host.KillAsync(TimeSpan.FromMilliseconds(from + (random.Next(1, 5) * 10_000) - host.Now));
            }
            else
            {
                host.Clock.Advance(TimeSpan.FromSeconds(10));
            }

            await host.CatchUpAsync();
            for (long time = from + 10_000; time <= host.Now; time += 10_000)
            {
                expected.AddRange(rules.SelectMany(rule => rule.Evaluate(time, arrived)));
            }
        }

        Assert.That(expected, Has.Count.GreaterThan(20));
        Assert.That((await host.RecordedAsync()).Order(StringComparer.Ordinal), Is.EqualTo(expected.Order(StringComparer.Ordinal)));
    }

    [Test]
    public async Task What_fires_for_longer_than_evaluations_are_made_up_for_is_resolved_after_a_start_that_lost_its_state()
    {
        await using RuleHost host = await RuleHost.StartAsync("--Alerting:CatchUp=1m");
        await host.PutAsync("slow", Slow);
        await host.PushAsync(("/a", 500, 0));
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await host.CatchUpAsync();
        long fired = host.Now;
        for (int minute = 0; minute < 5; minute++)
        {
            await host.PushAsync(("/a", 500, 0));
            host.Clock.Advance(TimeSpan.FromSeconds(10));
            await host.CatchUpAsync();
        }

        long last = host.Now;
        host.Disk.Delete(State);
        await host.KillAsync(TimeSpan.FromHours(3));
        await host.CatchUpAsync();

        // The first evaluation that is made up for: a minute before the start.
        Assert.That(last, Is.GreaterThan(fired));
        Assert.That(await host.RecordedAsync(), Is.EqualTo(new[]
        {
            RuleHost.Describe("slow", "service=/a", isFiring: true, fired),
            RuleHost.Describe("slow", "service=/a", isFiring: false, host.Now - 60_000),
        }));
    }

    [Test]
    public async Task Definitions_of_before_are_there_from_the_first_request_on()
    {
        const string silence = """{"matchers":[{"label":"rule","glob":"slow"}],"from":0,"to":"2099-01-01T00:00:00Z"}""";
        await using RuleHost host = await RuleHost.StartAsync();
        await host.PutAsync("slow", Slow);
        (System.Net.HttpStatusCode status, string body) = await host.Server.Client.SendJsonAsync(HttpMethod.Put, "/api/v1/silences/night", silence);
        Assert.That(status, Is.EqualTo(System.Net.HttpStatusCode.Created), body);
        await host.RestartAsync(TimeSpan.FromSeconds(1));
        (status, body) = await host.Server.Client.SendJsonAsync(HttpMethod.Delete, "/api/v1/silences/night", json: null);
        Assert.That(status, Is.EqualTo(System.Net.HttpStatusCode.NoContent), body);
        await host.RestartAsync(TimeSpan.FromSeconds(1));
        Assert.That(await host.Server.Client.GetAsync("/api/v1/rules"), Does.Contain("\"name\":\"slow\""));
    }

    [Test]
    public async Task A_gap_that_is_too_long_is_jumped_and_told()
    {
        await using RuleHost host = await RuleHost.StartAsync("--Alerting:CatchUp=1m");
        await host.PutAsync("slow", Slow);
        await host.CatchUpAsync();
        await host.RestartAsync(TimeSpan.FromMinutes(30));
        await host.CatchUpAsync();
        Assert.That(host.Rules.Find(1, "slow")!.Health.Gap, Does.StartWith("Evaluations from ").And.EndsWith(" were missed."));
        Assert.That(host.Rules.Find(1, "slow")!.Health.LastEvaluation, Is.EqualTo(host.Now));
    }

    [Test]
    public async Task A_clock_that_is_set_back_repeats_no_evaluation()
    {
        await using RuleHost host = await RuleHost.StartAsync();
        await host.PutAsync("slow", Slow);
        await host.PushAsync(("/a", 500, 0));
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await host.CatchUpAsync();
        long fired = host.Now;
        host.Clock.AdjustTime(host.Clock.GetUtcNow() - TimeSpan.FromMinutes(5));
        await host.CatchUpAsync();
        Assert.That(host.Rules.Find(1, "slow")!.Health.LastEvaluation, Is.EqualTo(fired));
        host.Clock.AdjustTime(host.Clock.GetUtcNow() + TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(20));
        await host.CatchUpAsync();
        Assert.That(await host.RecordedAsync(), Is.EqualTo(new[]
        {
            RuleHost.Describe("slow", "service=/a", isFiring: true, fired),
            RuleHost.Describe("slow", "service=/a", isFiring: false, fired + 10_000),
        }));
    }

    [Test]
    public async Task Two_evaluators_write_each_transition_once()
    {
        await using RuleHost host = await RuleHost.StartAsync();
        await host.PutAsync("slow", Slow);
        await host.CatchUpAsync();
        using RuleEngineBeside other = new(host);
        await host.PushAsync(("/a", 500, 0), ("/b", 700, 0));
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await Task.WhenAll(host.CatchUpAsync(), other.CatchUpAsync());
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await Task.WhenAll(host.CatchUpAsync(), other.CatchUpAsync());
        Assert.That(other.Found, Is.EqualTo(4));
        Assert.That(await host.RecordedAsync(), Is.EqualTo(new[]
        {
            RuleHost.Describe("slow", "service=/a", isFiring: true, host.Now - 10_000),
            RuleHost.Describe("slow", "service=/b", isFiring: true, host.Now - 10_000),
            RuleHost.Describe("slow", "service=/a", isFiring: false, host.Now),
            RuleHost.Describe("slow", "service=/b", isFiring: false, host.Now),
        }));
    }

    [Test]
    public async Task What_fires_is_resolved_when_its_rule_is_changed_or_removed()
    {
        await using RuleHost host = await RuleHost.StartAsync();
        await host.PutAsync("slow", Slow);
        await host.PushAsync(("/a", 500, 0));
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await host.CatchUpAsync();
        long fired = host.Now;
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        // The same again is no change.
        await host.PutAsync("slow", Slow);
        Assert.That(await host.RecordedAsync(), Has.Count.EqualTo(1));
        await host.PutAsync("slow", Slow.Replace("100", "200", StringComparison.Ordinal));
        long changed = host.Now;
        await host.PushAsync(("/a", 500, 0));
        host.Clock.Advance(TimeSpan.FromSeconds(9));
        await host.CatchUpAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(2));
        (System.Net.HttpStatusCode status, string body) = await host.Server.Client.SendJsonAsync(HttpMethod.Delete, "/api/v1/rules/slow", json: null);
        Assert.That(status, Is.EqualTo(System.Net.HttpStatusCode.NoContent), body);
        Assert.That(await host.RecordedAsync(), Is.EqualTo(new[]
        {
            RuleHost.Describe("slow", "service=/a", isFiring: true, fired),
            RuleHost.Describe("slow", "service=/a", isFiring: false, changed),
            RuleHost.Describe("slow", "service=/a", isFiring: true, fired + 10_000),
            RuleHost.Describe("slow", "service=/a", isFiring: false, host.Now),
        }));
        Assert.That(
            await host.Server.Client.GetAsync($"/api/v1/samples?kind=alert&from=0&to={host.Now + 1}&limit=1"),
            Does.Contain("\"reason\":\"rule changed\""));
    }

    [Test]
    public async Task What_fired_under_a_rule_whose_file_is_gone_is_resolved_at_the_start()
    {
        await using RuleHost host = await RuleHost.StartAsync();
        await host.PutAsync("slow", Slow);
        await host.PushAsync(("/a", 500, 0));
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await host.CatchUpAsync();
        long fired = host.Now;
        host.Disk.Delete("/node/rules/1/rules/slow.json");
        await host.KillAsync(TimeSpan.FromSeconds(30));
        await host.CatchUpAsync();
        Assert.That(await host.RecordedAsync(), Is.EqualTo(new[]
        {
            RuleHost.Describe("slow", "service=/a", isFiring: true, fired),
            RuleHost.Describe("slow", "service=/a", isFiring: false, host.Now),
        }));
    }

    [Test]
    public async Task Alerts_that_can_not_be_written_are_written_later_and_the_rule_says_so()
    {
        await using RuleHost host = await RuleHost.StartAsync();
        await host.PutAsync("slow", Slow);
        await host.PushAsync(("/a", 500, 0));
        host.Clock.Advance(TimeSpan.FromSeconds(9));
        await host.CatchUpAsync();
        host.Disk.Fail(FileOperation.Write, times: 3);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await host.CatchUpAsync();
        Assert.That(host.Rules.Find(1, "slow")!.Health.Text, Does.StartWith("failing: "));
        long fired = host.Now;
        host.Disk.Heal();

        // Slowly enough that no write takes long by this clock.
        await host.WhileTimePassesAsync(() => host.Rules.Find(1, "slow")!.Health.Text == "ok", TimeSpan.FromMilliseconds(20));

        await host.AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.That(await host.RecordedAsync(), Is.EqualTo(new[]
        {
            RuleHost.Describe("slow", "service=/a", isFiring: true, fired),
            RuleHost.Describe("slow", "service=/a", isFiring: false, fired + 10_000),
        }));
    }
}
