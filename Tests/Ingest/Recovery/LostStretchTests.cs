using System.Globalization;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Ingest.Recovery;

/// <summary>
/// A record of the WAL that a start can't read and a later one can. What was told as lost stays lost once the store went past it, and a batch that is sent
/// again is taken; before that it is brought back.
/// </summary>
public sealed class LostStretchTests
{
    private const string Segment = "/node/log/00000000000000000000.log";
    private const string Note = "/node/log.lost";

    // Behind the header and the frame's own, in the text of the first record.
    private const long Place = FileHeader.Size + 60;

    private IngestTestHost _host = null!;
    private string _body = "";
    private LogPosition _end;

    [SetUp]
    public async Task LoseAsync()
    {
        _host = await IngestTestHost.StartAsync("--Wal:MaxBytes=1MiB");
        _body = _host.Batch("x", "shop", "/a", "/b");
        await _host.TakenAsync(_body);
        await _host.TakenAsync(_host.Batch(null, "shop", "/kept"));
        _end = new LogPosition(_host.Store.Batches[^1].End);
        await RestartAsync(LogPosition.Start, Flip);
        Assert.That(_host.Store.Batches.Select(batch => batch.RowCount), Is.EqualTo(new[] { 1 }));
    }

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task It_stays_lost_when_the_store_went_past_it_and_a_resend_is_taken([Values(1, 3)] int starts)
    {
        await RestartAsync(_end, Flip);
        for (int start = 1; start < starts; start++)
        {
            await RestartAsync(_end);
        }

        Assert.That(_host.Store.Batches, Is.Empty);
        Assert.That(_host.Log.Text, Does.Contain($"Damage in {Segment} at offset {FileHeader.Size}: positions 0 to ")
            .And.Contain("could not be read at an earlier start. The batches in it are lost, as that start told."));
        Assert.That((await _host.TakenAsync(_body)).GetProperty("duplicate").GetBoolean(), Is.False);
        Assert.That(_host.Store.Batches.Sum(batch => batch.RowCount), Is.EqualTo(2));
        await RestartAsync(_end);
        Assert.That(_host.Store.Batches.Sum(batch => batch.RowCount), Is.EqualTo(2));
        Assert.That((await _host.TakenAsync(_body)).GetProperty("duplicate").GetBoolean(), Is.True);
    }

    [Test]
    public async Task It_comes_back_while_the_store_has_not_gone_past_it()
    {
        await RestartAsync(LogPosition.Start, Flip);
        Assert.That(_host.Store.Batches.Select(batch => batch.RowCount), Is.EqualTo(new[] { 2, 1 }));
        Assert.That((await _host.TakenAsync(_body)).GetProperty("duplicate").GetBoolean(), Is.True);
        await RestartAsync(_end);
        Assert.That((await _host.TakenAsync(_body)).GetProperty("duplicate").GetBoolean(), Is.True);
        Assert.That(await _host.Client.GetStringAsync("/readyz"), Is.EqualTo("ok\n"));
    }

    [Test]
    public async Task A_start_that_can_not_note_it_fails_and_a_later_one_finds_it([Values] bool isRead)
    {
        // The note of before is gone, too, as if this were the first start that meets the damage.
        await _host.DisposeAsync();
        FaultyFileSystem files = _host.Files;
        files.Delete(Note);
        files.Fail(FileOperation.Move);
        Assert.That(
            async () => await IngestTestHost.StartAsync(files, _host.Clock, new RecordingStore()),
            Throws.InstanceOf<IOException>());
        files = files.Kill();
        if (isRead)
        {
            Flip(files);
        }

        _host = await IngestTestHost.StartAsync(files, _host.Clock, new RecordingStore());
        Assert.That(_host.Store.Batches.Sum(batch => batch.RowCount), Is.EqualTo(isRead ? 3 : 1));
    }

    [Test]
    public async Task A_damaged_note_is_told_and_written_again()
    {
        await RestartAsync(_end, () => _host.Files.Corrupt(Note, FileHeader.Size + 3, 0xff));
        Assert.That(_host.Log.Text, Does.Contain($"Damage in {Note} at offset 0: it can't be read. No sample is lost by it."));
        await RestartAsync(_end, Flip);
        Assert.That(_host.Log.Text, Does.Not.Contain(Note));
    }

    [Test]
    public async Task A_note_is_gone_with_the_segment_that_it_is_about()
    {
        Random random = new(1);
        for (int i = 0; i < 8; i++)
        {
            await _host.TakenAsync(_host.Batch(null, "filler", [.. Enumerable.Range(0, 1_000).Select(_ => $"/{random.NextInt64():x}{random.NextInt64():x}")]));
        }

        LogPosition end = new(_host.Store.Batches[^1].End);
        _host.Store.StoredThrough = end;
        _host.Checkpoint();
        await RestartAsync(end);
        Assert.That(_host.Files.Exists(Segment), Is.False);
        using CoreInstruments instruments = new();
        Assert.That(LostStretches.Open(_host.Files, "/node/log", NodeOf(), instruments.Damage).End, Is.Zero);
        Assert.That(await _host.Client.GetStringAsync("/readyz"), Does.StartWith("ok\n").And.Not.Contain("Damage"));
    }

    private ulong NodeOf() => FileHeader.TryRead(_host.Files.Bytes(Note), out FileHeader header) ? header.NodeId : throw new IOException(
        string.Create(CultureInfo.InvariantCulture, $"{Note} has no header."));

    // The store remembers through where it went.
    private async Task RestartAsync(LogPosition stored, Action? change = null)
    {
        await _host.DisposeAsync();
        change?.Invoke();
        _host = await IngestTestHost.StartAsync(_host.Files, _host.Clock, new RecordingStore { StoredThrough = stored });
    }

    private void Flip() => Flip(_host.Files);

    private static void Flip(FaultyFileSystem files) => files.Corrupt(Segment, Place, (byte)(files.Bytes(Segment)[(int)Place] ^ 0x10));
}
