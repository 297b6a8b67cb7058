using NUnit.Framework;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Files;

namespace TimeSeries.Tests.Alerting.Notifications;

/// <summary>What is told and what is not, through restarts and silences.</summary>
public sealed class NotifierRestartTests
{
    private NotifierUnderTest _notifier = null!;
    private WebhookReceiver _receiver = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _notifier = new NotifierUnderTest();
        _receiver = await WebhookReceiver.StartAsync();
        _notifier.PutReceiver("ops", _receiver.Address);
        await _notifier.PassAsync(1);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _receiver.DisposeAsync();
        _notifier.Dispose();
    }

    [Test]
    public async Task What_was_told_is_not_told_again_after_a_restart_and_is_repeated_when_it_would_have_been()
    {
        _notifier.Fire("host-1");
        _notifier.Fire("host-2");
        _notifier.Resolve("host-2");
        await _notifier.PassAsync(20);
        _notifier.Restart();
        await _notifier.PassAsync(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(11));
        Assert.That(_receiver.Webhooks, Has.Length.EqualTo(1));
        await _notifier.PassAsync(1);

        Assert.That(_receiver.Webhooks[1].Alerts, Is.EqualTo(new[] { "host-1 firing" }));
    }

    [Test]
    public async Task What_was_not_told_before_a_restart_is_told_after_it()
    {
        _receiver.RespondWith(503);
        _notifier.Fire("host-1");
        await _notifier.PassAsync(60);
        _notifier.Fire("host-2");
        _receiver.RespondWith(200);
        int before = _receiver.Webhooks.Length;
        _notifier.Restart();
        await _notifier.PassAsync(11);

        Assert.That(_receiver.Webhooks.Skip(before).Single().Alerts, Is.EqualTo(new[] { "host-1 firing", "host-2 firing" }));
    }

    [Test]
    public async Task What_ended_while_it_was_down_is_told_and_of_a_missed_pair_the_end_only()
    {
        _notifier.Fire("host-1");
        await _notifier.PassAsync(20);
        _notifier.Clock.Advance(TimeSpan.FromMinutes(5));
        _notifier.Store(_notifier.Make("host-1", "slow", AlertSeverity.Warning, isFiring: false));
        _notifier.Store(_notifier.Make("host-2", "slow", AlertSeverity.Warning, isFiring: false));
        _notifier.Clock.Advance(TimeSpan.FromMinutes(5));
        _notifier.Restart();
        await _notifier.PassAsync(20);
        _notifier.Restart();
        await _notifier.PassAsync(20);

        Assert.That(_receiver.Webhooks.Skip(1).Single().Alerts, Is.EqualTo(new[] { "host-1 resolved", "host-2 resolved" }));
    }

    [Test]
    public async Task What_ended_more_than_a_day_ago_is_not_told_after_a_restart_and_what_fires_is()
    {
        _notifier.Store(_notifier.Make("host-1", "slow", AlertSeverity.Warning, isFiring: false));
        _notifier.Store(_notifier.Make("host-2", "slow", AlertSeverity.Warning, isFiring: true));
        _notifier.Clock.Advance(TimeSpan.FromHours(25));
        _notifier.Restart();
        await _notifier.PassAsync(20);

        Assert.That(_receiver.Webhooks.Single().Alerts, Is.EqualTo(new[] { "host-2 firing" }));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("""{"receivers":[{"name":"ops","since":1,"rules":[{"rule":"slow"}]}]}""")]
    public async Task A_damaged_file_of_what_was_told_costs_a_repetition_of_what_fires(string content)
    {
        _notifier.Fire("host-1");
        _notifier.Fire("host-2");
        _notifier.Resolve("host-2");
        await _notifier.PassAsync(20);
        _notifier.Files.Replace("/alerting/rules/7/delivered.json", System.Text.Encoding.UTF8.GetBytes(content));
        _notifier.Clock.Advance(TimeSpan.FromMinutes(1));
        _notifier.Restart();
        await _notifier.PassAsync(20);
        _notifier.Restart();
        await _notifier.PassAsync(20);

        Assert.That(_receiver.Webhooks.Skip(1).Single().Alerts, Is.EqualTo(new[] { "host-1 firing" }));
    }

    [Test]
    public async Task What_is_silenced_is_told_when_the_silence_ends_while_it_fires()
    {
        _notifier.Silence("host-1", TimeSpan.FromHours(1));
        _notifier.Fire("host-1");
        _notifier.Fire("host-2");
        await _notifier.PassAsync(TimeSpan.FromMinutes(59));
        Assert.That(_receiver.Webhooks.Single().Alerts, Is.EqualTo(new[] { "host-2 firing" }));
        await _notifier.PassAsync(61);

        Assert.That(_receiver.Webhooks.Skip(1).Single().Alerts, Is.EqualTo(new[] { "host-1 firing", "host-2 firing" }));
    }

    [Test]
    public async Task A_silence_that_is_deleted_ends_at_once()
    {
        _notifier.Silence("host-1", TimeSpan.FromHours(1));
        _notifier.Fire("host-1");
        await _notifier.PassAsync(TimeSpan.FromMinutes(5));
        Assert.That(_receiver.Webhooks, Is.Empty);
        _notifier.EndSilence("host-1");
        await _notifier.PassAsync(1);

        Assert.That(_receiver.Webhooks.Single().Alerts, Is.EqualTo(new[] { "host-1 firing" }));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task What_fired_and_ended_in_a_silence_is_never_told(bool isRestarted)
    {
        _notifier.Silence("host-1", TimeSpan.FromHours(1));
        _notifier.Fire("host-1");
        await _notifier.PassAsync(60);
        _notifier.Resolve("host-1");
        if (isRestarted)
        {
            _notifier.Restart();
        }

        await _notifier.PassAsync(TimeSpan.FromHours(2));
        Assert.That(_receiver.Webhooks, Is.Empty);
        if (isRestarted)
        {
            _notifier.Restart();
            await _notifier.PassAsync(60);
            Assert.That(_receiver.Webhooks, Is.Empty);
        }
    }

    [Test]
    public async Task The_end_of_an_alert_that_was_told_waits_for_the_end_of_its_silence()
    {
        _notifier.Fire("host-1");
        await _notifier.PassAsync(20);
        _notifier.Silence("host-1", TimeSpan.FromHours(1));
        _notifier.Resolve("host-1");
        await _notifier.PassAsync(TimeSpan.FromMinutes(59));
        Assert.That(_receiver.Webhooks, Has.Length.EqualTo(1));
        await _notifier.PassAsync(61);

        Assert.That(_receiver.Webhooks[1].Alerts, Is.EqualTo(new[] { "host-1 resolved" }));
    }

    [Test]
    public async Task Nothing_is_repeated_while_it_is_silenced()
    {
        _notifier.Fire("host-1");
        await _notifier.PassAsync(20);
        _notifier.Silence("host-1", TimeSpan.FromHours(9));
        await _notifier.PassAsync(TimeSpan.FromHours(8.9));
        Assert.That(_receiver.Webhooks, Has.Length.EqualTo(1));
        await _notifier.PassAsync(TimeSpan.FromHours(0.2));
        Assert.That(_receiver.Webhooks[1].Alerts, Is.EqualTo(new[] { "host-1 firing" }));
    }
}
