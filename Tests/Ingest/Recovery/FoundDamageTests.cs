using System.Globalization;
using System.Net;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Tests.Ingest.Recovery;

/// <summary>Damage in files beside the blocks is logged, counted and shown at /readyz, and the node goes on with what is whole.</summary>
public sealed class FoundDamageTests
{
    private const int FrameHeaderBytes = 12;
    private const string Keys = "/node/ids/0000000000000000";

    private IngestTestHost _host = null!;

    [SetUp]
    public async Task StartAsync() => _host = await IngestTestHost.StartAsync("--Wal:MaxBytes=1MiB");

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task A_whole_directory_has_none()
    {
        await PushWithKeyAsync();
        await RestartAsync();
        Assert.That(await _host.Client.GetStringAsync("/readyz"), Is.EqualTo("ok\n"));
        Assert.That(await CountedAsync("places", "ids"), Is.Zero);
    }

    [Test]
    public async Task A_flipped_bit_in_a_file_of_keys_is_told_and_the_start_goes_on()
    {
        await PushWithKeyAsync();
        await RestartAsync(() => Flip(Keys, FileHeader.Size + FrameHeaderBytes + 10));
        await AssertToldAsync("ids", Keys, FileHeader.Size, samples: 0);
    }

    [Test]
    public async Task A_flipped_bit_in_the_header_of_a_file_of_keys_is_told_and_the_keys_are_known()
    {
        string body = await PushWithKeyAsync();
        await RestartAsync(() => Flip(Keys, 9));
        await AssertToldAsync("ids", Keys, 0, samples: 0);
        Assert.That((await _host.TakenAsync(body)).GetProperty("duplicate").GetBoolean(), Is.True);
    }

    [Test]
    public async Task A_flipped_bit_in_the_last_record_of_the_log_is_told_after_a_clean_stop()
    {
        await _host.TakenAsync(_host.Batch(null, "shop", "/kept"));
        long end = _host.Store.Batches[^1].End;
        await _host.TakenAsync(_host.Batch(null, "shop", "/a", "/b"));
        const string Segment = "/node/log/00000000000000000000.log";
        await RestartAsync(() => Flip(Segment, _host.Files.Bytes(Segment).Length - 1));
        await AssertToldAsync("wal", Segment, FileHeader.Size + end, samples: 2);
        Assert.That(_host.Store.Batches.Sum(batch => batch.RowCount), Is.EqualTo(1));
    }

    [Test]
    public async Task A_flipped_bit_in_the_last_record_that_a_start_has_read_is_told_after_a_crash_too()
    {
        await _host.TakenAsync(_host.Batch(null, "shop", "/kept"));
        long end = _host.Store.Batches[^1].End;
        await _host.TakenAsync(_host.Batch(null, "shop", "/a", "/b"));
        _host = await _host.CrashAsync();
        const string Segment = "/node/log/00000000000000000000.log";
        Flip(Segment, _host.Files.Bytes(Segment).Length - 1);
        _host = await _host.CrashAsync();
        await AssertToldAsync("wal", Segment, FileHeader.Size + end, samples: 2);
    }

    [Test]
    public async Task A_flipped_bit_in_the_middle_of_the_log_is_told_with_the_samples_that_are_lost()
    {
        await _host.TakenAsync(_host.Batch(null, "shop", "/a", "/b", "/c"));
        await _host.TakenAsync(_host.Batch(null, "shop", "/kept"));
        const string Segment = "/node/log/00000000000000000000.log";
        await RestartAsync(() => Flip(Segment, FileHeader.Size + FrameHeaderBytes + 40));
        await AssertToldAsync("wal", Segment, FileHeader.Size, samples: 3);
        Assert.That(_host.Store.Batches.Sum(batch => batch.RowCount), Is.EqualTo(1));
    }

    // Its key is in the journal and no longer in the log, which has forgotten its segment.
    private async Task<string> PushWithKeyAsync()
    {
        string body = _host.Batch("x");
        await _host.TakenAsync(body);
        Random random = new(1);
        for (int i = 0; i < 8; i++)
        {
            await _host.TakenAsync(_host.Batch(null, "filler", [.. Enumerable.Range(0, 1_000).Select(_ => $"/{random.NextInt64():x}{random.NextInt64():x}")]));
        }

        _host.Store.StoredThrough = new LogPosition(_host.Store.Batches[^1].End);
        _host.Checkpoint();
        return body;
    }

    // The store remembers through where it has samples, and starts empty otherwise.
    private async Task RestartAsync(Action? damage = null)
    {
        LogPosition stored = _host.Store.StoredThrough;
        await _host.DisposeAsync();
        damage?.Invoke();
        _host = await IngestTestHost.StartAsync(_host.Files, _host.Clock, new RecordingStore { StoredThrough = stored });
    }

    private void Flip(string path, long offset) => _host.Files.Corrupt(path, offset, (byte)(_host.Files.Bytes(path)[(int)offset] ^ 0x10));

    private async Task AssertToldAsync(string file, string path, long offset, long samples)
    {
        using HttpResponseMessage ready = await _host.Client.GetAsync("/readyz");
        string text = await ready.Content.ReadAsStringAsync();
        Assert.That(ready.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(text, Is.EqualTo($"ok\nDamage was found in files: {file} 1. The log names each place and what is lost.\n"));
        Assert.That(_host.Log.Text, Does.Contain(string.Create(CultureInfo.InvariantCulture, $"Error: Damage in {path} at offset {offset}: ")));
        Assert.That(await CountedAsync("places", file), Is.EqualTo(1));
        Assert.That(await CountedAsync("samples", file), Is.EqualTo(samples));
    }

    private async Task<long> CountedAsync(string what, string file)
    {
        string series = $"timeseries_damage_{what}_total{{file=\"{file}\"}} ";
        string line = (await _host.Client.GetStringAsync("/metrics")).Split('\n').Single(line => line.StartsWith(series, StringComparison.Ordinal));
        return long.Parse(line[series.Length..], CultureInfo.InvariantCulture);
    }
}
