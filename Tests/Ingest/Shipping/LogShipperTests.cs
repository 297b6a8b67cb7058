using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Shipping;
using TimeSeries.Tests.Influx.Writing;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest.Shipping;

/// <summary>The shipper on a log in real files.</summary>
public sealed class LogShipperTests
{
    private const ulong Node = 42;

    private readonly FakeTimeProvider _clock = new(TestTime.Start);
    private TemporaryFolder _folder = null!;
    private CoreInstruments _instruments = null!;
    private ServiceProvider _meterServices = null!;
    private CollectedLog _told = null!;
    private WriteAheadLog _log = null!;
    private RecordingStore _store = null!;
    private LogSignal _appended = null!;
    private ShippingLag _progress = null!;
    private ApplicationLifetime _lifetime = null!;
    private LogShipper? _drain;

    [SetUp]
    public void Open()
    {
        _folder = new TemporaryFolder();
        _instruments = new CoreInstruments();
        _meterServices = new ServiceCollection().AddMetrics().AddSingleton<IngestInstruments>().BuildServiceProvider();
        _told = new CollectedLog();
        _log = WriteAheadLog.Open(new DiskFileSystem(), _folder["log"], Node, new WriteAheadLogOptions { SegmentBytes = WriteAheadLogOptions.MinSegmentBytes },
            LogPosition.Start, _instruments);
        _store = new LogFedRecordingStore();
        _appended = new LogSignal();
        _lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
    }

    [TearDown]
    public async Task Close()
    {
        if (_drain is not null)
        {
            await _drain.StopAsync(CancellationToken.None);
            _drain.Dispose();
            _drain = null;
        }

        _log.Dispose();
        _instruments.Dispose();
        _meterServices.Dispose();
        _told.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task A_store_gets_batches_and_marks_in_the_order_of_the_log()
    {
        AppendMark(0, 0);
        AppendBatch(0, 3);
        AppendBatch(3, 2);
        AppendMark(1, 5);
        AppendBatch(5, 1);
        await DrainAsync(5);

        Assert.That(_store.Calls, Is.EqualTo(new[] { "unit 0 from 0", "0+3", "3+2", "unit 1 from 5", "5+1" }));
    }

    [Test]
    public async Task What_is_appended_later_follows()
    {
        AppendBatch(0, 1);
        await DrainAsync(1);
        AppendBatch(1, 1);
        _appended.Set();
        await CallsAsync(2);

        Assert.That(_store.Calls, Is.EqualTo(new[] { "0+1", "1+1" }));
    }

    [Test]
    public async Task It_goes_on_behind_what_the_store_has()
    {
        AppendBatch(0, 1);
        AppendBatch(1, 1);
        LogPosition mark = AppendMark(1, 2);
        AppendBatch(2, 1);
        _store.StoredThrough = mark;
        await DrainAsync(1);

        Assert.That(_store.Calls, Is.EqualTo(new[] { "2+1" }));
    }

    [Test]
    public async Task It_begins_where_the_log_begins_when_the_store_is_behind_that()
    {
        // Several segments; the first ones are gone.
        for (int i = 0; i < 100; i++)
        {
            AppendBatch(i, 1);
        }

        LogPosition middle = new(_log.End.Offset / 2);
        _log.Truncate(middle);
        await DrainAsync(1);
        await CallsAsync(calls => calls[^1] == "99+1");

        Assert.That(_store.Calls[0], Is.Not.EqualTo("0+1"));
        Assert.That(_store.Calls, Is.EqualTo(Enumerable.Range(100 - _store.Calls.Count, _store.Calls.Count).Select(i => $"{i}+1")));
        Assert.That(_instruments.Damage.Found, Is.Empty, "The store does not tell what it has.");
    }

    [Test]
    public async Task Probes_and_records_without_samples_are_passed_over()
    {
        Append(new RecordHeader(RecordType.Probe, 0, 0, 0, Timestamp.Now(_clock)));
        Append(new RecordHeader(RecordType.Batch, 0, 1, 0, Timestamp.Now(_clock)));
        AppendBatch(0, 1);
        await DrainAsync(1);

        Assert.That(_store.Calls, Is.EqualTo(new[] { "0+1" }));
    }

    [Test]
    public async Task Damage_is_told_and_what_follows_is_fed()
    {
        AppendBatch(0, 1);
        LogPosition second = AppendBatch(1, 1);
        AppendBatch(2, 1);
        await FlipAsync(FileHeader.Size + second.Offset - 10);
        await DrainAsync(2);

        Assert.That(_store.Calls, Is.EqualTo(new[] { "0+1", "2+1" }));
        Assert.That(_instruments.Damage.Found.Select(found => (found.File, found.Samples)), Is.EqualTo(new[] { (StoredFile.Wal, 1L) }));
    }

    [Test]
    public async Task Samples_that_can_not_be_read_are_told_and_what_follows_is_fed()
    {
        LogPosition bad = Append(new RecordHeader(RecordType.Batch, 7, 1, 0, Timestamp.Now(_clock)), [1, .. "no batch"u8]);
        AppendBatch(7, 1);
        await DrainAsync(1);

        Assert.That(_store.Calls, Is.EqualTo(new[] { "7+1" }));
        Assert.That(_instruments.Damage.Found.Select(found => (found.Offset, found.Samples)), Is.EqualTo(new[] { (FileHeader.Size + bad.Offset, 7L) }));
    }

    [Test]
    public async Task A_record_that_is_not_known_stops_the_host_before_anything_behind_it_is_fed()
    {
        AppendBatch(0, 1);
        byte[] unknown = new byte[RecordHeader.MaxSize];
        unknown[0] = 4;
        _log.Append([LogEntry.Of(unknown)], new LogPosition[1]);
        AppendBatch(1, 1);
        Start();
        await Eventually.IsTrueAsync(() => _lifetime.ApplicationStopping.IsCancellationRequested);

        Assert.That(_store.Calls, Is.EqualTo(new[] { "0+1" }));
        Assert.That(_told.Text, Does.Contain("Feeding the store from the WAL has stopped").And.Contain("does not know"));
    }

    [Test]
    public async Task A_store_that_is_fed_from_memory_gets_nothing()
    {
        _store = new RecordingStore();
        AppendBatch(0, 1);
        Start();
        await _drain!.ExecuteTask!;

        Assert.That(_store.Calls, Is.Empty);
    }

    [Test]
    public async Task A_start_after_a_stop_goes_on_where_the_store_was()
    {
        AppendBatch(0, 1);
        LogPosition mark = AppendMark(1, 1);
        await DrainAsync(2);
        await _drain!.StopAsync(CancellationToken.None);
        _store.StoredThrough = mark;
        AppendBatch(1, 1);
        await DrainAsync(3);

        Assert.That(_store.Calls, Is.EqualTo(new[] { "0+1", "unit 1 from 1", "1+1" }));
    }

    [Test]
    public async Task What_waits_and_how_long_the_oldest_of_it_has_is_shown()
    {
        _store.Held = new TaskCompletionSource();
        AppendBatch(0, 1);
        _clock.Advance(TimeSpan.FromSeconds(40));
        AppendBatch(1, 1);
        LogPosition end = AppendMark(1, 2);
        Start();
        await Eventually.IsTrueAsync(() => Metrics().Contains("timeseries_store_waiting_seconds 40\n", StringComparison.Ordinal));
        string held = Metrics();
        _store.Held.SetResult();
        await CallsAsync(3);
        string stored = Metrics();

        Assert.That(held, Does.Contain($"timeseries_store_waiting_bytes {end.Offset}\n").And.Contain($"timeseries_log_end_position {end.Offset}\n"));
        Assert.That(stored, Does.Contain("timeseries_store_waiting_bytes 0\n").And.Contain("timeseries_store_waiting_seconds 0\n"));
    }

    [Test]
    public async Task Marks_and_probes_wait_for_no_store()
    {
        AppendBatch(0, 1);
        Append(new RecordHeader(RecordType.Probe, 0, 0, 0, Timestamp.Now(_clock)));
        AppendMark(1, 1);
        await DrainAsync(2);

        Assert.That(Metrics(), Does.Contain("timeseries_store_waiting_bytes 0\n"));
    }

    // Names of these gauges say their unit, so only their dots differ at /metrics.
    private string Metrics()
    {
        StringBuilder text = new();
        IMeterFactory meters = _meterServices.GetRequiredService<IMeterFactory>();
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, subscriber) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
            {
                subscriber.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => text.Append(CultureInfo.InvariantCulture, $"{instrument.Name.Replace('.', '_')} {value}\n"));
        listener.SetMeasurementEventCallback<double>(
            (instrument, value, _, _) => text.Append(CultureInfo.InvariantCulture, $"{instrument.Name.Replace('.', '_')} {value}\n"));
        listener.Start();
        listener.RecordObservableInstruments();
        return text.ToString();
    }

    private void Start()
    {
        StoreRoute route = new(_store, _store as ILogFedStore);
        ShippingGate gate = new();
        gate.Open(0);
        _progress = new ShippingLag(route, _log, gate, _meterServices.GetRequiredService<IngestInstruments>(), _clock);
        using LoggerFactory factory = new([_told]);
        _drain = new LogShipper(route, _log, _appended, _progress, gate, new SampleBatchPool(), _lifetime, factory.CreateLogger<LogShipper>());
        _drain.StartAsync(CancellationToken.None);
    }

    private Task DrainAsync(int calls)
    {
        Start();
        return CallsAsync(calls);
    }

    private Task CallsAsync(int calls) => Eventually.IsTrueAsync(() => _store.Calls.Count >= calls);

    private Task CallsAsync(Func<IReadOnlyList<string>, bool> reached) => Eventually.IsTrueAsync(() => reached(_store.Calls));

    private LogPosition AppendMark(long unit, long number) => Append(new RecordHeader(RecordType.Mark, 0, unit, number, Timestamp.Now(_clock)));

    private LogPosition AppendBatch(long firstNumber, int count)
    {
        using PooledBuffer payload = new();
        BatchCodec.Write(WrittenBatch.Many(firstNumber, count), payload);
        return Append(new RecordHeader(RecordType.Batch, count, 1, firstNumber, Timestamp.Now(_clock)), payload.Written.ToArray());
    }

    private LogPosition Append(in RecordHeader header, params byte[] payload)
    {
        byte[] bytes = new byte[RecordHeader.MaxSize];
        int length = header.Write(bytes);
        LogPosition[] ends = new LogPosition[1];
        Assert.That(_log.Append([LogEntry.Of((byte[])[.. bytes[..length], .. payload])], ends), Is.EqualTo(LogOutcome.Appended));
        return ends[0];
    }

    private async Task FlipAsync(long offset)
    {
        string path = Directory.GetFiles(_folder["log"]).Order(StringComparer.Ordinal).First();
        await using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = offset;
        int value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 0xFF));
    }
}
