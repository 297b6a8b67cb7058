using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Tests.Alerting.Evaluation;
using TimeSeries.Tests.Alerting.Notifications;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ui;

/// <summary>A rule over recorded telemetry, as it came in: the authors injected an exception into ts-travel2-service at 10:26:20.</summary>
internal sealed class TrainTicketRuleTests
{
    private const long Minute = 60_000;
    private const long Begins = 1_674_950_400_000 + (((10 * 60) + 5) * Minute);
    private const string Faulty = "/api/v1/travel2service/trips/left";

    [Test]
    public async Task A_fault_that_was_injected_raises_one_alert_in_the_history_at_a_webhook_and_on_the_page()
    {
        SampleRow[] rows = [.. TrainTicket.Rows.Where(
            row => row.Kind == "transaction" && row.Time >= Begins - (10 * Minute) && row.Time < Begins + (40 * Minute))
            .OrderBy(row => row.Time)];
        await using WebhookReceiver webhook = await WebhookReceiver.StartAsync();
        await using RuleHost host = await RuleHost.StartAsync(
            DateTimeOffset.FromUnixTimeMilliseconds(Begins), "--Alerting:AllowLoopbackTargets=true", "--Alerting:Delay=10s", "--Ui:Enabled=true");
        (HttpStatusCode made, string body) = await host.Server.Client.SendJsonAsync(
            HttpMethod.Put, "/api/v1/receivers/ops", $$"""{"url":"{{webhook.Address}}hook"}""");
        Assert.That(made, Is.EqualTo(HttpStatusCode.Created), body);
        await host.PutAsync("slow", $$"""
            {"query":{"kind":"transaction","measure":"p95(elapsed)","by":["service"],"where":["service:{{Faulty}}"],"window":"10m","minCount":20},
            "condition":{"operator":">","threshold":750,"resolveThreshold":650},"every":"30s","for":"1m","severity":"Critical",
            "title":"{service} is slow","description":"p95 {value} ms is above {threshold} ms since {since}."}
            """);
        int pushed = 0;
        while (host.Now < Begins + (35 * Minute))
        {
            int end = pushed;
            while (end < rows.Length && rows[end].Time < host.Now)
            {
                end++;
            }

            if (end > pushed)
            {
                await host.Server.Client.PushAllAsync([new PushedBatch(TestProjects.First, null, rows[pushed..end])], _ => BodyForm.MessagePackColumns);
                pushed = end;
            }

            host.Clock.Advance(TimeSpan.FromSeconds(10));
            await host.CatchUpAsync();
            if (host.Rules.Find(TestProjects.First, "slow")!.Groups.FirstOrDefault(group => group.IsFiring) is { } firing && host.Now - firing.Since > 20_000)
            {
                // On a busy machine the test's clock is faster than the notifier.
                await Eventually.IsTrueAsync(() => webhook.Webhooks.Length > 0);
            }
        }

        JsonElement history = JsonDocument.Parse(await host.Server.Client.GetAsync("/api/v1.0/alert-history?pageSize=100")).RootElement;
        Assert.That(history.ToString(), Does.Contain($"{Faulty} is slow"));
        List<string> recorded = await host.RecordedAsync();
        Assert.That(recorded.Where(alert => alert.EndsWith("firing", StringComparison.Ordinal)), Has.Exactly(1).Items);

        // Not before the fault, and while its requests are in the window.
        long fired = long.Parse(recorded[0].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.That(fired, Is.GreaterThan(At(10, 26) + 20_000).And.LessThan(At(10, 35)));
        Assert.That(PercentileBefore(rows, fired - 10_000), Is.GreaterThan(750));
        Assert.That(PercentileBefore(rows, At(10, 26)), Is.LessThan(650));
        using JsonDocument told = JsonDocument.Parse(webhook.Webhooks[0].Body);
        JsonElement alert = told.RootElement.GetProperty("alerts")[0];
        Assert.That(told.RootElement.GetProperty("status").GetString(), Is.EqualTo("firing"));
        Assert.That(alert.GetProperty("labels").GetProperty("service").GetString(), Is.EqualTo(Faulty));
        Assert.That(alert.GetProperty("startsAt").GetDateTimeOffset().ToUnixTimeMilliseconds(), Is.EqualTo(fired));

        await using Browser browser = await Browser.StartAsync();
        IPage page = await browser.SignInAsync(host.Server.Client.Address, TestProjects.TokenOf(TestProjects.First));
        await page.GotoAsync("/alerts?range=1h");
        await Assertions.Expect(page.Locator($"section:has(h2:text('History')) tbody tr:has-text('Critical'):has-text('{Faulty} is slow')"))
            .ToHaveCountAsync(1);
        Assert.That(browser.Faults, Is.Empty);
    }

    private static long At(int hour, int minute) => 1_674_950_400_000 + (((hour * 60) + minute) * Minute);

    // By rank, over the ten minutes before.
    private static double PercentileBefore(SampleRow[] rows, long end)
    {
        double[] elapsed = [.. rows.Where(row => row.Time >= end - (10 * Minute) && row.Time < end && (string?)row["service"] == Faulty)
            .Select(row => Convert.ToDouble(row["elapsed"], System.Globalization.CultureInfo.InvariantCulture)).Order()];
        return elapsed[(int)(0.95 * (elapsed.Length - 1))];
    }
}
