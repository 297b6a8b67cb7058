using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Tests.Alerting.Evaluation;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Alerting.Notifications;

/// <summary>Rules of a whole server whose alerts reach a real HTTP receiver, through kills and silences.</summary>
public sealed class NotifiedRuleTests
{
    private const string Rule =
        """
        {"query":{"kind":"transaction","measure":"max(elapsed)","by":["service"],"window":"1m"},"condition":{"operator":">","threshold":500},
        "every":"10s","severity":"Warning","title":"{service} is slow"}
        """;

    private static readonly TimeSpan _untilTick = TimeSpan.FromMilliseconds(20);

    private WebhookReceiver _hooks = null!;
    private RuleHost _host = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _hooks = await WebhookReceiver.StartAsync();
        _host = await RuleHost.StartAsync("--Alerting:AllowLoopbackTargets=true");
        await PutAsync("receivers/ops", $$"""{"url":"{{_hooks.Address}}","minSeverity":"Warning"}""");
        await _host.PutAsync("slow", Rule);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _host.DisposeAsync();
        await _hooks.DisposeAsync();
    }

    [Test]
    public async Task What_fires_is_told_and_its_end_too_whatever_is_killed_between()
    {
        await _host.PushAsync(("/a", 900, 0));
        await AdvanceUntilAsync(() => Told.Length > 0);
        await AdvanceUntilRecordedAsync("resolved");
        await _host.KillAsync(TimeSpan.FromSeconds(5));
        await AdvanceUntilAsync(() => Told.Contains("/a resolved"));
        await _host.KillAsync(TimeSpan.FromSeconds(5));
        await _host.AdvanceAsync(TimeSpan.FromSeconds(20));

        // What is killed right behind a delivery is delivered again.
        Assert.That(Told.Distinct(), Is.EqualTo(new[] { "/a firing", "/a resolved" }));
        Assert.That(_hooks.Webhooks[0].Json.GetProperty("commonAnnotations").GetProperty("summary").GetString(), Is.EqualTo("/a is slow"));
    }

    [Test]
    public async Task What_was_told_is_not_told_again_after_a_restart_and_its_end_is()
    {
        await _host.PushAsync(("/a", 900, 0), ("/b", 900, 0));
        await AdvanceUntilAsync(() => Told.Length > 0);
        await _host.RestartAsync(TimeSpan.FromSeconds(5));
        await _host.AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.That(_hooks.Webhooks, Has.Length.EqualTo(1));

        // The rule's file is gone while nothing runs.
        await _host.RestartAsync(() => _host.Disk.Delete("/node/rules/1/rules/slow.json"));
        await AdvanceUntilAsync(() => Told.Length > 2);
        Assert.That(Told, Is.EquivalentTo(new[] { "/a firing", "/b firing", "/a resolved", "/b resolved" }));
    }

    [Test]
    public async Task Of_a_pair_that_was_missed_the_end_is_told_after_a_kill()
    {
        _hooks.RespondWith(503);
        await _host.PushAsync(("/a", 900, 0));
        await AdvanceUntilRecordedAsync("resolved");
        await _host.KillAsync(TimeSpan.FromSeconds(5));
        int before = Told.Length;
        _hooks.RespondWith(200);
        await AdvanceUntilAsync(() => Told.Length > before);
        await _host.AdvanceAsync(TimeSpan.FromSeconds(20));

        Assert.That(Told.Skip(before), Is.EqualTo(new[] { "/a resolved" }));
    }

    [Test]
    public async Task What_is_silenced_is_in_the_history_with_its_silence_and_is_not_told()
    {
        await PutAsync("silences/s1", $$"""{"matchers":[{"label":"service","equals":"/a"}],"from":0,"to":{{_host.Now + 3_600_000}}}""");
        await _host.PushAsync(("/a", 900, 0), ("/b", 900, 0));
        await AdvanceUntilAsync(() => Told.Length > 0);
        using JsonDocument page = JsonDocument.Parse(await _host.Server.Client.GetAsync(
            $"/api/v1/samples?kind=alert&from={_host.Now - 600_000}&to={_host.Now + 600_000}"));
        IEnumerable<string> recorded = page.RootElement.GetProperty("samples").EnumerateArray().Select(alert =>
            $"{alert.GetProperty("labels").GetProperty("service").GetString()} "
            + (alert.GetProperty("annotations").TryGetProperty("silencedBy", out JsonElement id) ? id.GetString() : "told"));

        Assert.That(recorded, Is.EquivalentTo(new[] { "/a s1", "/b told" }));
        Assert.That(Told, Is.EqualTo(new[] { "/b firing" }));
    }

    [Test]
    public async Task Alerts_that_agents_push_are_told_where_that_is_asked_for()
    {
        await _host.PushJsonAsync(AlertOf(_host));
        await _host.AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.That(Told, Is.Empty);
        await using RuleHost host = await RuleHost.StartAsync("--Alerting:AllowLoopbackTargets=true", "--Alerting:NotifyPushed=true");
        await host.Server.Client.SendJsonAsync(HttpMethod.Put, "/api/v1/receivers/ops", $$"""{"url":"{{_hooks.Address}}"}""");

        // A receiver is told of what comes after it was first seen.
        Notifier notifier = host.Server.Services.GetRequiredService<Notifier>();
        await host.WhileTimePassesAsync(() => notifier.Report(TestProjects.First).ContainsKey("ops"), _untilTick);
        await host.PushJsonAsync(AlertOf(host));
        await host.WhileTimePassesAsync(() => Told.Length > 0, _untilTick);

        Assert.That(Told, Is.EqualTo(new[] { "/pushed firing" }));
        Assert.That(_hooks.Webhooks.Single().Json.GetProperty("commonAnnotations").GetProperty("summary").GetString(), Is.EqualTo("Full"));
    }

    private static string AlertOf(RuleHost host) =>
        $$$"""{"alert":[{"time":{{{host.Now}}},"severity":"Warning","source":"disk","title":"Full","labels":{"service":"/pushed"}}]}""";

    private string[] Told =>
    [
        .. _hooks.Webhooks.SelectMany(webhook => webhook.Json.GetProperty("alerts").EnumerateArray())
            .Select(alert => $"{alert.GetProperty("labels").GetProperty("service").GetString()} {alert.GetProperty("status").GetString()}"),
    ];

    private async Task PutAsync(string path, string json)
    {
        (HttpStatusCode status, string body) = await _host.Server.Client.SendJsonAsync(HttpMethod.Put, "/api/v1/" + path, json);
        Assert.That(status, Is.EqualTo(HttpStatusCode.Created), body);
    }

    private Task AdvanceUntilRecordedAsync(string state) => _host.WhileTimePassesAsync(
        async () => (await _host.RecordedAsync()).Exists(alert => alert.EndsWith(state, StringComparison.Ordinal)), _untilTick);

    // The server's own timer has it send, on threads of its own, when the clock is moved.
    private Task AdvanceUntilAsync(Func<bool> isDone) => _host.WhileTimePassesAsync(isDone, _untilTick);
}
