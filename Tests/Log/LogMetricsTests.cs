using System.Diagnostics.Metrics;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Log;

/// <summary>What the log counts, and what it says of damage.</summary>
public sealed class LogMetricsTests
{
    private readonly Dictionary<string, long> _counted = [];

    [SetUp]
    public void Clear() => _counted.Clear();

    [Test]
    public void Flushes_records_and_bytes_of_what_was_appended_are_counted()
    {
        using MeterListener listener = Listen(out CoreInstruments instruments);
        using LogUnderTest log = new(instruments: instruments);
        log.Append("a", "bb");
        log.Append("ccc");
        Assert.Multiple(() =>
        {
            Assert.That(Counted("flushes"), Is.EqualTo(2));
            Assert.That(Counted("records"), Is.EqualTo(3));
            Assert.That(Counted("written"), Is.EqualTo(3 * 12 + 6));
            Assert.That((Counted("failures"), Counted("damages")), Is.EqualTo((0, 0)));
        });
    }

    [Test]
    public void A_refused_group_is_a_failure_and_its_fault_is_kept_until_the_next_succeeds()
    {
        using MeterListener listener = Listen(out CoreInstruments instruments);
        using LogUnderTest log = new(instruments: instruments);
        log.Append("a");
        log.Disk.Fail(FileOperation.Flush);
        log.Append("refused");
        bool isKept = log.Log.LastFault is IOException;
        log.Append("b");
        Assert.That((isKept, log.Log.LastFault, Counted("failures"), Counted("records")), Is.EqualTo((true, (Exception?)null, 1, 2)));
    }

    [Test]
    public void What_can_not_be_noted_forgotten_or_renamed_is_a_failure_each_time()
    {
        using MeterListener listener = Listen(out CoreInstruments instruments);
        using LogUnderTest log = new(instruments: instruments);
        log.Append(new string('x', 4_000));
        LogPosition end = log.Acknowledged(new string('x', 4_000));
        log.Disk.Fail(FileOperation.Move);
        log.Log.Truncate(end);
        long forgotten = Counted("failures");
        log.Disk.Fail(FileOperation.Create);
        log.Log.Truncate(end);
        long noted = Counted("failures");
        Assert.That((forgotten, noted, log.Segments.Length), Is.EqualTo((1, 2, 1)));
    }

    [Test]
    public void A_full_log_is_no_fault()
    {
        using LogUnderTest log = new(options: new WriteAheadLogOptions { SegmentBytes = 4_096, MaxBytes = 4_096 });
        log.Append("a");
        log.Disk.Fail(FileOperation.Flush);
        log.Append("refused");
        LogOutcome full = log.Append(new string('x', 5_000));
        Assert.That((full, log.Log.LastFault), Is.EqualTo((LogOutcome.Full, (Exception?)null)));
    }

    [Test]
    public void Each_stretch_that_can_not_be_read_is_counted()
    {
        using MeterListener listener = Listen(out CoreInstruments instruments);
        using LogUnderTest log = new(instruments: instruments);
        LogPosition[] ends = [.. "abcde".Select(letter => log.Acknowledged(letter.ToString()))];
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), FileHeader.Size + ends[0].Offset + 12, (byte)'B');
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), FileHeader.Size + ends[2].Offset + 12, (byte)'D');
        Assert.That((string.Concat(log.ReadAll()), Counted("damages")), Is.EqualTo(("ace", 2)));
    }

    [Test]
    public void A_header_that_can_not_be_read_is_counted_and_loses_nothing()
    {
        using LogUnderTest first = new();
        first.Append(new string('x', 4_080));
        first.Append("b");
        first.Disk.Corrupt(LogUnderTest.SegmentPath(0), 5, 0xFF);
        using MeterListener listener = Listen(out CoreInstruments instruments);
        using LogUnderTest log = new(first.Disk.Kill(), instruments: instruments);
        FoundDamage damage = log.Log.Register.Found.Single();
        Assert.Multiple(() =>
        {
            Assert.That(Counted("damages"), Is.EqualTo(1));
            Assert.That((damage.Reason, damage.Loss), Is.EqualTo(("its header can't be read", "Nothing is lost by that: the records behind it are read.")));
        });
    }

    [TestCase(0, "Positions 0 to 13 at least are lost. Idempotency keys in it are forgotten.")]
    [TestCase(5, "Positions 5 to 13 at least are lost. Idempotency keys in it are forgotten.")]
    [TestCase(13, "The store has the samples through position 13. What came later is lost, if there was any. Idempotency keys in it are forgotten.")]
    public void A_log_whose_segments_are_gone_says_what_is_lost(long stored, string loss)
    {
        using LogUnderTest first = new();
        first.Append("a");
        first.Dispose();
        first.Disk.Delete(LogUnderTest.SegmentPath(0));
        using MeterListener listener = Listen(out CoreInstruments instruments);
        using LogUnderTest log = new(first.Disk, storedThrough: new LogPosition(stored), instruments: instruments);
        FoundDamage damage = log.Log.Register.Found.Single();
        Assert.That((Counted("damages"), damage.Reason, damage.Loss), Is.EqualTo((1, "the WAL has no segment any more", loss)));
    }

    private MeterListener Listen(out CoreInstruments instruments)
    {
        CoreInstruments made = new();
        MeterListener listener = new()
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == made.Meter)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => _counted[instrument.Name] = _counted.GetValueOrDefault(instrument.Name) + value);
        listener.Start();
        instruments = made;
        return listener;
    }

    private long Counted(string name) => _counted.GetValueOrDefault("timeseries.log." + name);
}
