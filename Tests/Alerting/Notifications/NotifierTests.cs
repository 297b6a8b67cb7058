using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Tests.Alerting.Notifications;

/// <summary>Who is told what and when, with real HTTP servers and a clock that the tests move.</summary>
public sealed class NotifierTests
{
    private NotifierUnderTest _notifier = null!;
    private WebhookReceiver _receiver = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _notifier = new NotifierUnderTest();
        _receiver = await WebhookReceiver.StartAsync();
        _notifier.PutReceiver("ops", _receiver.Address);
        _notifier.Notifier.Step();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _receiver.DisposeAsync();
        _notifier.Dispose();
    }

    [Test]
    public async Task An_alert_that_fires_and_one_that_ends_are_told_ten_seconds_later_and_signed()
    {
        _notifier.PutReceiver("ops", new Uri(_receiver.Address, "/hooks/1?key=2"), ""","secret":"s3cret" """);
        await _notifier.PassAsync(1);
        DateTimeOffset fired = _notifier.Clock.GetUtcNow();
        _notifier.Fire("host-1");
        await _notifier.PassAsync(9);
        Assert.That(_receiver.Webhooks, Is.Empty);
        await _notifier.PassAsync(1);
        _notifier.Resolve("host-1");
        await _notifier.PassAsync(10);

        ReceivedWebhook[] webhooks = _receiver.Webhooks;
        Assert.That(webhooks.Select(webhook => webhook.Json.GetProperty("status").GetString()), Is.EqualTo(new[] { "firing", "resolved" }));
        JsonElement[] alerts = [.. webhooks.Select(webhook => webhook.Json.GetProperty("alerts").EnumerateArray().Single())];
        Assert.Multiple(() =>
        {
            Assert.That(webhooks[0].Path, Is.EqualTo("/hooks/1"));
            Assert.That(webhooks[0].ContentType, Is.EqualTo("application/json"));
            Assert.That(alerts[0].GetProperty("startsAt").GetDateTimeOffset(), Is.EqualTo(fired));
            Assert.That(alerts[0].GetProperty("endsAt").GetString(), Is.EqualTo("0001-01-01T00:00:00Z"));
            Assert.That(alerts[1].GetProperty("startsAt").GetDateTimeOffset(), Is.EqualTo(fired));
            Assert.That(alerts[1].GetProperty("endsAt").GetDateTimeOffset(), Is.EqualTo(fired.AddSeconds(10)));
            Assert.That(alerts[1].GetProperty("fingerprint").GetString(), Is.EqualTo(alerts[0].GetProperty("fingerprint").GetString()));
            Assert.That(alerts[0].GetProperty("labels").EnumerateObject().Select(label => label.Name), Is.EqualTo(new[] { "host", "rule" }));
        });
        foreach (ReceivedWebhook webhook in webhooks)
        {
            byte[] signed = [.. Encoding.ASCII.GetBytes(webhook.Timestamp + "."), .. webhook.Body];
            Assert.That(webhook.Signature, Is.EqualTo("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("s3cret"u8, signed))));
        }

        Assert.That(webhooks[0].Timestamp, Is.EqualTo(fired.AddSeconds(10).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
    }

    [Test]
    public async Task Without_a_secret_nothing_is_signed()
    {
        _notifier.Fire("host-1");
        await _notifier.PassAsync(11);

        Assert.That(_receiver.Webhooks.Single(), Has.Property("Signature").Null.And.Property("Timestamp").Null);
    }

    [Test]
    public async Task Alerts_of_one_rule_go_together_with_those_that_still_fire_and_other_rules_apart()
    {
        _notifier.Fire("host-1");
        await _notifier.PassAsync(5);
        _notifier.Fire("host-2");
        _notifier.Fire("host-9", rule: "other");
        await _notifier.PassAsync(30);
        _notifier.Resolve("host-1");
        await _notifier.PassAsync(30);

        Assert.That(
            _receiver.Webhooks.Select(webhook => $"{webhook.Json.GetProperty("status").GetString()}: {string.Join(", ", webhook.Alerts)}"),
            Is.EqualTo(new[] { "firing: host-1 firing, host-2 firing", "firing: host-9 firing", "firing: host-1 resolved, host-2 firing" }));
    }

    [Test]
    public async Task What_fires_is_repeated_every_four_hours_until_it_ends()
    {
        _notifier.Fire("host-1");
        await _notifier.PassAsync(TimeSpan.FromHours(9));
        Assert.That(_receiver.Webhooks, Has.Length.EqualTo(3));
        _notifier.Resolve("host-1");
        await _notifier.PassAsync(TimeSpan.FromHours(9));

        Assert.That(_receiver.Webhooks.Select(webhook => webhook.Alerts.Single()), Is.EqualTo(new[]
        {
            "host-1 firing", "host-1 firing", "host-1 firing", "host-1 resolved",
        }));
    }

    [Test]
    public async Task Of_a_pair_that_was_missed_only_the_end_is_told()
    {
        _notifier.Fire("host-1");
        _notifier.Resolve("host-1");
        await _notifier.PassAsync(60);

        Assert.That(_receiver.Webhooks.Single().Alerts, Is.EqualTo(new[] { "host-1 resolved" }));
    }

    [Test]
    public async Task A_receiver_is_told_of_alerts_of_its_severity_and_labels_only()
    {
        await using WebhookReceiver picky = await WebhookReceiver.StartAsync();
        _notifier.PutReceiver("picky", picky.Address, ""","minSeverity":"critical","matchers":[{"label":"host","glob":"web-*"}] """);
        await _notifier.PassAsync(1);
        foreach (string host in (string[])["web-1", "db-1"])
        {
            _notifier.Fire(host, "warns");
            _notifier.Fire(host, "screams", AlertSeverity.Critical);
            _notifier.Resolve(host, "screams", AlertSeverity.Critical);
        }

        await _notifier.PassAsync(20);

        Assert.That(picky.Webhooks.Single().Alerts, Is.EqualTo(new[] { "web-1 resolved" }));
        Assert.That(_receiver.Webhooks, Has.Length.EqualTo(2));
    }

    [Test]
    public async Task A_new_receiver_is_told_of_what_fires_and_not_of_what_ended_before()
    {
        _notifier.Fire("host-1");
        _notifier.Fire("host-2");
        _notifier.Resolve("host-2");
        await _notifier.PassAsync(60);
        await using WebhookReceiver late = await WebhookReceiver.StartAsync();
        _notifier.PutReceiver("late", late.Address);
        await _notifier.PassAsync(60);

        Assert.That(late.Webhooks.Single().Alerts, Is.EqualTo(new[] { "host-1 firing" }));
        Assert.That(_receiver.Webhooks, Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_receiver_that_was_deleted_is_told_no_more()
    {
        _notifier.Fire("host-1");
        _notifier.Receivers.Delete(NotifierUnderTest.Pcode, "ops");
        await _notifier.PassAsync(60);

        Assert.That(_receiver.Webhooks, Is.Empty);
    }

    [Test]
    public async Task A_receiver_that_hangs_delays_no_other()
    {
        await using WebhookReceiver hanging = await WebhookReceiver.StartAsync();
        TaskCompletionSource came = new();
        hanging.Respond = context =>
        {
            came.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        _notifier.PutReceiver("a-hanging", hanging.Address);
        _notifier.Notifier.Step();
        _notifier.Fire("host-1");
        _notifier.Clock.Advance(TimeSpan.FromSeconds(10));
        _notifier.Notifier.Step();
        await came.Task;
        while (_receiver.Webhooks.Length == 0)
        {
            await Task.Delay(10);
        }

        // The one that works is told on while the other hangs.
        Assert.That(_notifier.Notifier.WhenSentAsync().IsCompleted, Is.False);
        _notifier.Fire("host-2");
        for (int second = 0; second < 10; second++)
        {
            _notifier.Clock.Advance(TimeSpan.FromSeconds(1));
            _notifier.Notifier.Step();
        }

        while (_receiver.Webhooks.Length == 1)
        {
            await Task.Delay(10);
        }

        Assert.That(_notifier.Notifier.Report(NotifierUnderTest.Pcode)["a-hanging"].Health.LastFailure, Is.Null);
        hanging.Respond = _ => Task.CompletedTask;
        _notifier.Clock.Advance(TimeSpan.FromSeconds(30));
        await _notifier.Notifier.WhenSentAsync();
        await _notifier.PassAsync(5);

        Assert.Multiple(() =>
        {
            Assert.That(hanging.Webhooks[^1].Alerts, Is.EqualTo(new[] { "host-1 firing", "host-2 firing" }));
            Assert.That(_notifier.Notifier.Report(NotifierUnderTest.Pcode)["a-hanging"].Health, Is.EqualTo(new ReceiverHealth(
                LastSuccess: _notifier.Clock.GetUtcNow().AddSeconds(-3), LastFailure: _notifier.Clock.GetUtcNow().AddSeconds(-5),
                "It did not respond within 30 s.", FailuresInARow: 0, Sent: 1, Failed: 1, GivenUp: 0)));
        });
    }

    [Test]
    public async Task A_receiver_that_fails_for_an_hour_is_tried_less_and_less_often_and_told_in_the_end()
    {
        _receiver.RespondWith(500);
        _notifier.Fire("host-1");
        List<DateTimeOffset> tries = [];
        for (int second = 0; second < 3_600; second++)
        {
            await _notifier.PassAsync(1);
            if (_receiver.Webhooks.Length > tries.Count)
            {
                tries.Add(_notifier.Clock.GetUtcNow());
            }
        }

        // Half way between half and all of 2 s, 4 s, 8 s and so on to 5 min, seen at whole seconds.
        double[] waits = [.. tries.Zip(tries.Skip(1), (one, next) => (next - one).TotalSeconds)];
        Assert.That(waits.Take(9), Is.EqualTo(new[] { 2.0, 3, 6, 12, 24, 48, 96, 192, 225 }));
        Assert.That(waits.Skip(9), Is.All.EqualTo(225));
        (ReceiverHealth health, int waiting) = _notifier.Notifier.Report(NotifierUnderTest.Pcode)["ops"];
        Assert.That((health.Reason, waiting), Is.EqualTo(("It responded with 500, no success.", 1)));
        _receiver.RespondWith(200);
        await _notifier.PassAsync(225);

        Assert.That(_receiver.Webhooks[^1].Alerts, Is.EqualTo(new[] { "host-1 firing" }));
        Assert.That(_notifier.Notifier.Report(NotifierUnderTest.Pcode)["ops"].Waiting, Is.Zero);
        int count = _receiver.Webhooks.Length;
        await _notifier.PassAsync(600);
        Assert.That(_receiver.Webhooks, Has.Length.EqualTo(count));
    }

    [TestCase("120", 120)]
    [TestCase("Thu, 01 Jan 2026 00:05:00 GMT", 290)]
    [TestCase("999999", 3_600)]
    public async Task Retry_After_is_honoured_up_to_an_hour(string header, int seconds)
    {
        _receiver.Respond = context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = header;
            return Task.CompletedTask;
        };
        _notifier.Fire("host-1");
        await _notifier.PassAsync(10 + seconds - 1);
        Assert.That(_receiver.Webhooks, Has.Length.EqualTo(1));
        await _notifier.PassAsync(1);
        Assert.That(_receiver.Webhooks, Has.Length.EqualTo(2));
    }

    [Test]
    public async Task After_a_day_of_failures_what_ended_is_given_up_and_what_fires_is_not()
    {
        _receiver.RespondWith(500);
        _notifier.Fire("host-1");
        _notifier.Fire("host-2");
        _notifier.Resolve("host-2");
        await _notifier.PassAsync(TimeSpan.FromHours(25));
        Assert.That(_notifier.Notifier.Report(NotifierUnderTest.Pcode)["ops"].Health.GivenUp, Is.EqualTo(1));
        _receiver.RespondWith(200);
        await _notifier.PassAsync(300);

        Assert.That(_receiver.Webhooks[^1].Alerts, Is.EqualTo(new[] { "host-1 firing" }));
    }

    [Test]
    public async Task A_clock_that_is_set_back_delays_nothing()
    {
        _notifier.Fire("host-1");
        await _notifier.PassAsync(5);
        _notifier.Clock.AdjustTime(_notifier.Clock.GetUtcNow().AddHours(-1));
        await _notifier.PassAsync(5);
        Assert.That(_receiver.Webhooks.Single().Alerts, Is.EqualTo(new[] { "host-1 firing" }));

        // Rules wait until the clock is where it was.
        _notifier.Clock.Advance(TimeSpan.FromHours(2));
        _receiver.RespondWith(500);
        _notifier.Resolve("host-1");
        await _notifier.PassAsync(15);
        _receiver.RespondWith(200);
        _notifier.Clock.AdjustTime(_notifier.Clock.GetUtcNow().AddHours(-1));
        await _notifier.PassAsync(1);

        Assert.That(_receiver.Webhooks[^1].Alerts, Is.EqualTo(new[] { "host-1 resolved" }));
    }

    [Test]
    public async Task What_one_receiver_can_not_take_keeps_back_nothing_else()
    {
        _receiver.Respond = async context =>
        {
            bool isBad = _receiver.Webhooks[^1].Json.GetProperty("groupLabels").GetProperty("rule").GetString() == "a-poison";
            context.Response.StatusCode = isBad ? 413 : 200;
            await Task.CompletedTask;
        };
        _notifier.Fire("host-1", "a-poison");
        _notifier.Fire("host-2", "good");
        await _notifier.PassAsync(20);
        _notifier.Fire("host-3", "good");
        await _notifier.PassAsync(60);

        string[][] good = [.. _receiver.Webhooks.Select(webhook => webhook.Alerts).Where(alerts => alerts[0] != "host-1 firing")];
        Assert.That(good, Is.EqualTo(new[] { new[] { "host-2 firing" }, ["host-3 firing", "host-2 firing"] }));
    }

    [Test]
    public async Task Thousands_of_alerts_go_in_several_notifications_and_none_is_left_out()
    {
        for (int host = 0; host < 2_500; host++)
        {
            _notifier.Fire($"host-{host}");
        }

        await _notifier.PassAsync(11);

        Assert.Multiple(() =>
        {
            Assert.That(_receiver.Webhooks.SelectMany(webhook => webhook.Alerts).Distinct().Count(), Is.EqualTo(2_500));
            Assert.That(_receiver.Webhooks.Select(webhook => webhook.Alerts.Length), Is.EqualTo(new[] { 1_000, 1_000, 1_000 }));
            Assert.That(_receiver.Webhooks.Select(webhook => webhook.Json.GetProperty("truncatedAlerts").GetInt32()), Is.All.EqualTo(1_500));
        });
    }

    [Test]
    public async Task Alerts_that_were_pushed_are_told_once_together_and_given_up_a_day_later()
    {
        _notifier.Push("host-1");
        _notifier.Push("host-1");
        await _notifier.PassAsync(TimeSpan.FromHours(5));
        _receiver.RespondWith(500);
        _notifier.Push("host-2");
        await _notifier.PassAsync(TimeSpan.FromHours(25));
        _receiver.RespondWith(200);
        await _notifier.PassAsync(600);

        Assert.That(_receiver.Webhooks[0].Alerts, Is.EqualTo(new[] { "host-1 firing", "host-1 firing" }));
        Assert.That(_receiver.Webhooks[0].Json.GetProperty("groupKey").GetString(), Is.EqualTo("{pcode=\"7\"}:{}"));
        Assert.That(_receiver.Webhooks[0].Json.GetProperty("groupLabels").EnumerateObject(), Is.Empty);
        Assert.That(_receiver.Webhooks.Skip(1).Select(webhook => webhook.Alerts.Single()), Is.All.EqualTo("host-2 firing"));
        (ReceiverHealth health, int waiting) = _notifier.Notifier.Report(NotifierUnderTest.Pcode)["ops"];
        Assert.That((health.Sent, health.GivenUp, waiting), Is.EqualTo((1, 1, 0)));
    }

    [Test]
    public async Task A_test_goes_at_once_and_says_what_became_of_it()
    {
        Receiver receiver = _notifier.Receivers.Find(NotifierUnderTest.Pcode, "ops")!;
        WebhookResult good = await _notifier.Notifier.TestAsync(NotifierUnderTest.Pcode, receiver, CancellationToken.None);
        _receiver.RespondWith(404);
        WebhookResult bad = await _notifier.Notifier.TestAsync(NotifierUnderTest.Pcode, receiver, CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(good, Is.EqualTo(new WebhookResult(IsDelivered: true, 200, "")));
            Assert.That(bad, Is.EqualTo(new WebhookResult(IsDelivered: false, 404, "It responded with 404, no success.")));
            Assert.That(_receiver.Webhooks[0].Json.GetProperty("commonAnnotations").GetProperty("summary").GetString(), Is.EqualTo("Test of receiver ops"));
        });
    }
}
