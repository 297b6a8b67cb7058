using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Alerting.Evaluation;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Alerting.Notifications;

/// <summary>A shared store that is away when a server starts keeps notifications back for as long as it is away, and loses none.</summary>
internal sealed class AwayStoreTests
{
    private const string Rule =
        """
        {"query":{"kind":"transaction","measure":"max(elapsed)","by":["service"],"window":"1m"},"condition":{"operator":">","threshold":500},
        "every":"1m","noData":"keep","title":"{service} is slow"}
        """;

    private const long Minute = 60_000;

    [TestCase(false, TestName = "What_fired_before_a_kill_is_told_when_InfluxDB_is_back_and_is_in_the_history_once")]
    [TestCase(true, TestName = "What_fired_before_a_kill_is_told_when_InfluxDB_that_hung_goes_on_and_is_in_the_history_once")]
    public async Task What_fired_before_a_kill_is_told(bool hangs)
    {
        await using WebhookReceiver hooks = await WebhookReceiver.StartAsync();
        await using SharedStore store = await SharedStore.StartAsync();
        await using RuleHost host = await RuleHost.StartAsync(store, "--Alerting:AllowLoopbackTargets=true", "--Alerting:CatchUp=2m");
        await host.EvaluateAtAsync(host.Now);
        (HttpStatusCode made, string body) = await host.Server.Client.SendJsonAsync(
            HttpMethod.Put, "/api/v1/receivers/ops", $$"""{"url":"{{hooks.Address}}"}""");
        Assert.That(made, Is.EqualTo(HttpStatusCode.Created), body);
        await host.PutAsync("slow", Rule);
        await host.PushAsync(("/a", 900, 0));
        long fires = (host.Now / Minute * Minute) + Minute;
        await host.EvaluateAtAsync(fires);
        Assert.That(host.Rules.Find(TestProjects.First, "slow")!.Groups.Single().IsFiring, Is.True);

        // Its alert may be in the WAL only, and ten seconds have not passed.
        if (hangs)
        {
            store.Influxd.Hang();
        }
        else
        {
            store.Influxd.Kill();
        }

        await host.KillAsync(TimeSpan.FromHours(2));
        for (int second = 0; second < 20; second++)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        Assert.That(hooks.Webhooks, Is.Empty);
        if (hangs)
        {
            store.Influxd.Continue();
        }
        else
        {
            await store.Influxd.RestartAsync();
        }

        long back = host.Now;
        await host.WhileTimePassesAsync(() => hooks.Webhooks.Length > 0, TimeSpan.FromSeconds(0.1));

        JsonElement alert = hooks.Webhooks[0].Json.GetProperty("alerts").EnumerateArray().Single();
        Assert.That(alert.GetProperty("status").GetString(), Is.EqualTo("firing"));
        Assert.That(alert.GetProperty("startsAt").GetDateTimeOffset().ToUnixTimeMilliseconds(), Is.EqualTo(fires));
        Assert.That(host.Now - back, Is.LessThan(2 * Minute));
        await host.EvaluateAtAsync(host.Now);
        await host.SettleAsync(host.Now);
        Assert.That(await host.RecordedAsync(), Is.EqualTo(new[] { RuleHost.Describe("slow", "service=/a", isFiring: true, fires) }));
    }
}
