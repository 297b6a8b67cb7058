using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest.Quotas;

/// <summary>A project's own history of exceeded quotas, as the NCP event search shows it.</summary>
public sealed class QuotaEventTests
{
    private FakeTimeProvider _clock = null!;
    private FaultyFileSystem _files = null!;
    private RunningServer _server = null!;

    [SetUp]
    public void SetUp() => (_clock, _files) = (new FakeTimeProvider(TestTime.Start), new FaultyFileSystem());

    [TearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [Test]
    public async Task A_throttled_project_finds_one_event_a_minute()
    {
        await StartAsync("--Projects:0:Limits:RequestsPerSecond=1");
        Assert.That(await PushAsync(), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await PushAsync(), Is.EqualTo(Refused));
        const string First = "2023-01-29 12:00:00 ALARM EU410 The project may push once a second (Projects:n:Limits:RequestsPerSecond). "
            + "One push was refused with 429 since the last such event.";
        await Eventually.IsTrueAsync(async () => (await EventsAsync()).Length > 0);
        Assert.That(await EventsAsync(), Is.EqualTo(new[] { First }));

        Assert.That(await PushAsync(), Is.EqualTo(Refused));
        _clock.Advance(TimeSpan.FromSeconds(59.9));
        Assert.That(await PushAsync(), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await PushAsync(), Is.EqualTo(Refused));
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(await PushAsync(), Is.EqualTo(Refused));
        await Eventually.IsTrueAsync(async () => (await EventsAsync()).Length > 1);
        Assert.That(await EventsAsync(), Is.EqualTo(new[]
        {
            "2023-01-29 12:01:00 ALARM EU410 The project may push once a second (Projects:n:Limits:RequestsPerSecond). "
                + "3 pushes were refused with 429 since the last such event.",
            First,
        }));
        Assert.That(await EventsAsync(TestProjects.Second), Is.Empty);
        Assert.That(MetricsText.Sum(await _server.Client.GetAsync("/metrics"), "timeseries_ingest_host_events_total", "outcome=\"stored\""), Is.EqualTo(2));
    }

    [Test]
    public async Task Each_quota_has_a_type_of_its_own_and_events_use_nothing_of_them()
    {
        await StartAsync("--Projects:0:Limits:SamplesPerDay=1", "--Projects:0:Limits:BytesPerSecond=1KiB", "--Projects:0:Limits:RequestsPerSecond=3");
        Assert.That(await PushAsync(), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await PushAsync(bytes: 10_000), Is.EqualTo(Refused));
        Assert.That(await PushAsync(), Is.EqualTo(Refused));
        Assert.That(await PushAsync(), Is.EqualTo(Refused));
        await Eventually.IsTrueAsync(async () => (await EventsAsync()).Length == 2);
        _clock.Advance(TimeSpan.FromSeconds(30));
        for (int i = 0; i < 4; i++)
        {
            Assert.That(await PushAsync(), Is.EqualTo(Refused));
        }

        await Eventually.IsTrueAsync(async () => (await EventsAsync()).Length == 3);
        Assert.That((await EventsAsync()).Select(found => found[20..31]), Is.EquivalentTo(new[] { "ALERT EU400", "ALARM EU410", "ALARM EU420" }));
    }

    [Test]
    public async Task An_event_that_can_not_be_written_is_counted_and_the_push_is_refused_as_ever()
    {
        await StartAsync("--Projects:0:Limits:RequestsPerSecond=1");
        Assert.That(await PushAsync(), Is.EqualTo(HttpStatusCode.OK));
        _files.Fail(FileOperation.Flush, times: int.MaxValue);
        Assert.That(await PushAsync(), Is.EqualTo(Refused));
        await Eventually.IsTrueAsync(async () =>
            MetricsText.Sum(await _server.Client.GetAsync("/metrics"), "timeseries_ingest_host_events_total", "outcome=\"lost\"") > 0);
        Assert.That(await EventsAsync(), Is.Empty);
        _files.Heal();
    }

    private const HttpStatusCode Refused = HttpStatusCode.TooManyRequests;

    private async Task StartAsync(params string[] options) => _server = await RunningServer.StartAsync(
        "/node", services => services.AddSingleton<TimeProvider>(_clock).AddSingleton<IFileSystem>(_files),
        ["--Otlp:Http=", "--Otlp:Grpc=", "--Ui:Enabled=false", .. options]);

    private async Task<HttpStatusCode> PushAsync(int bytes = 0)
    {
        string body = $$"""{"agent":{"oname":"a"},"thread":[{"time":{{_clock.GetUtcNow().ToUnixTimeMilliseconds()}},"count":1}]}""";
        using HttpResponseMessage response = await _server.Client.SendAsync(Encoding.UTF8.GetBytes(body.PadRight(bytes)), "application/json");
        return response.StatusCode;
    }

    // Newest first: time, level, type and message.
    private async Task<string[]> EventsAsync(long pcode = TestProjects.First)
    {
        using JsonDocument found = JsonDocument.Parse(await _server.Client.PostSignedAsync(
            "/dashboards/events/search", """{"timeZone":"Z","from":"2023-01-29","to":"2023-01-29"}""", pcode, _clock));
        return
        [
            .. found.RootElement.GetProperty("events").GetProperty("content").EnumerateArray()
                .Select(sample => string.Join(' ', sample.EnumerateObject().Select(member => member.Value.GetString()))),
        ];
    }
}
