using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract.Shared;

/// <summary>An alert that InfluxDB has is a duplicate, whichever Ingest took it; while InfluxDB is away it is taken, and counted.</summary>
internal sealed class SharedAlertTests
{
    private static readonly Guid _known = new("5a1ef00d-0000-4000-8000-000000000001");
    private static readonly Guid _other = new("5a1ef00d-0000-4000-8000-000000000002");

    private SharedStore _store = null!;

    [SetUp]
    public async Task Start() => _store = await SharedStore.StartAsync();

    [TearDown]
    public async Task Stop() => await (_store?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task An_alert_is_a_duplicate_at_another_Ingest_and_after_a_restart()
    {
        ServerProcess first = await _store.StartHostAsync("Ingest", "first");
        ServerProcess second = await _store.StartHostAsync("Ingest", "second");
        int taken = await DuplicatesAsync(first, _known);
        await _store.WaitForAsync(1);
        int elsewhere = await DuplicatesAsync(second, _known, _other);
        first.Kill();
        first = await _store.StartHostAsync("Ingest", "first");
        await _store.WaitForAsync(2);
        int again = await DuplicatesAsync(first, _known, _other);

        Assert.That((taken, elsewhere, again, await _store.CountAsync()), Is.EqualTo((0, 1, 2, 2L)));
    }

    [Test]
    public async Task An_alert_is_taken_while_InfluxDB_is_away_and_counted()
    {
        ServerProcess first = await _store.StartHostAsync("Ingest", "first");
        ServerProcess second = await _store.StartHostAsync("Ingest", "second");
        await DuplicatesAsync(first, _known);
        await _store.WaitForAsync(1);
        _store.Influxd.Kill();
        int away = await DuplicatesAsync(second, _known);

        Assert.That(away, Is.Zero);
        Assert.That(await second.Client.GetAsync("/metrics"), Does.Contain("timeseries_influx_unchecked_alerts_total{} 1\n"));
    }

    private static async Task<int> DuplicatesAsync(ServerProcess ingest, params Guid[] ids)
    {
        PushedBatch batch = new(TestProjects.First, null,
        [
            .. ids.Select(id => new SampleRow(
                "alert") { ["time"] = BatchGenerator.Start, ["severity"] = "Info", ["source"] = "s", ["title"] = "t", ["id"] = id.ToString("D") }),
        ]);
        JsonElement response = await ingest.Client.PushAsync(batch, BodyForm.JsonRows);
        return response.GetProperty("duplicates").GetInt32();
    }
}
