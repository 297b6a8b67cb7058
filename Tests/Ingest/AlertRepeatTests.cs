using System.Net;
using System.Text.Json;
using NUnit.Framework;

namespace TimeSeries.Tests.Ingest;

public sealed class AlertRepeatTests
{
    private static readonly Guid _one = new("0c0ffee0-0000-4000-8000-000000000001");
    private static readonly Guid _two = new("0c0ffee0-0000-4000-8000-000000000002");

    private IngestTestHost _host = null!;

    [SetUp]
    public async Task StartAsync() => _host = await IngestTestHost.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task An_alert_that_stands_twice_in_a_batch_is_taken_once()
    {
        JsonElement response = await _host.TakenAsync(_host.Alerts(_one, _two, _one));

        Assert.That((response.GetProperty("accepted").GetInt32(), response.GetProperty("duplicates").GetInt32()), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task An_alert_that_is_stored_is_not_taken_again()
    {
        await _host.TakenAsync(_host.Alerts(_one));
        JsonElement response = await _host.TakenAsync(_host.Alerts(_one, _two));

        Assert.That((response.GetProperty("accepted").GetInt32(), response.GetProperty("duplicates").GetInt32()), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task Only_repeats_are_a_200()
    {
        await _host.TakenAsync(_host.Alerts(_one));
        JsonElement response = await _host.TakenAsync(_host.Alerts(_one));

        Assert.That((response.GetProperty("accepted").GetInt32(), response.GetProperty("duplicates").GetInt32()), Is.EqualTo((0, 1)));
    }

    [Test]
    public async Task An_alert_on_its_way_is_not_taken_again()
    {
        _host.Store.Held = new TaskCompletionSource();
        Task<HttpResponseMessage> first = _host.PushAsync(_host.Alerts(_one));
        Task<HttpResponseMessage> second = _host.PushAsync(_host.Alerts(_one));
        await _host.CountedAsync("received_total", 2);
        _host.Store.Held.SetResult();

        int[] accepted =
        [
            (await IngestTestHost.ReadAsync(await first, HttpStatusCode.OK)).GetProperty("accepted").GetInt32(),
            (await IngestTestHost.ReadAsync(await second, HttpStatusCode.OK)).GetProperty("accepted").GetInt32(),
        ];
        Assert.That(accepted, Is.EquivalentTo(new[] { 0, 1 }));
    }

    [Test]
    public async Task Alerts_are_known_again_after_a_crash()
    {
        await _host.TakenAsync(_host.Alerts(_one));
        _host = await _host.CrashAsync();
        JsonElement response = await _host.TakenAsync(_host.Alerts(_one));

        Assert.That(response.GetProperty("duplicates").GetInt32(), Is.EqualTo(1));
    }
}
