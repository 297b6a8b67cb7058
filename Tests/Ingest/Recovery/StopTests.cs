using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest.Recovery;

/// <summary>A stop says what it means for the samples.</summary>
public sealed class StopTests
{
    [Test]
    public async Task It_says_how_many_samples_the_next_start_replays()
    {
        await using IngestTestHost host = await IngestTestHost.StartAsync();
        JsonElement first = await host.TakenAsync(host.Batch(null, "agent", "/a", "/b", "/c"));
        await host.TakenAsync(host.Batch(null, "agent", [.. Enumerable.Range(0, 1_200).Select(i => $"/{i}")]));
        host.Store.StoredThrough = PositionOf(first);
        await host.StopAsync();
        Assert.That(host.Log.Text, Does.Contain("Stopped. 1,200 samples are in the write-ahead log and will be replayed."));
    }

    [Test]
    public async Task It_says_that_the_store_has_all()
    {
        await using IngestTestHost host = await IngestTestHost.StartAsync();
        host.Store.StoredThrough = PositionOf(await host.TakenAsync(host.Batch()));
        await host.StopAsync();
        Assert.That(host.Log.Text, Does.Contain("Stopped. The store has every sample."));
    }

    [Test]
    public async Task A_shared_store_has_what_it_confirmed()
    {
        await using IngestTestHost host = await IngestTestHost.StartAsync(
            new FaultyFileSystem(), new FakeTimeProvider(TestTime.Start), new LogFedRecordingStore());
        await host.TakenAsync(host.Batch());
        await Eventually.IsTrueAsync(() => host.Store.Batches.Count == 1);
        host.Store.Held = new TaskCompletionSource();
        await host.TakenAsync(host.Batch(null, "agent", "/a", "/b"));
        host.Store.Fault = "It is away.";
        await host.StopAsync();
        Assert.That(host.Log.Text, Does.Contain("Stopped. 2 samples are in the write-ahead log and will be replayed."));
    }

    [Test]
    public async Task A_log_that_can_t_be_read_is_told_by_its_bytes()
    {
        await using IngestTestHost host = await IngestTestHost.StartAsync();
        LogPosition end = PositionOf(await host.TakenAsync(host.Batch()));
        host.Files.Fail(FileOperation.Open, times: 100);
        await host.StopAsync();
        Assert.That(host.Log.Text, Does.Contain($"Stopped. The samples in {end.Offset:N0} bytes of the write-ahead log will be replayed."));
        host.Files.Heal();
    }

    private static LogPosition PositionOf(JsonElement response) =>
        new(long.Parse(response.GetProperty("position").GetString()!.Split('-')[1], CultureInfo.InvariantCulture));
}
