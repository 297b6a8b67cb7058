using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Log;

/// <summary>What a log takes of a disk, to the byte, and what it leaves there.</summary>
public sealed class LogRoomTests
{
    private const int Segment = 4_096;
    private const int FrameBytes = 12;

    private static readonly string _large = new('x', 3_000);

    [Test]
    public void What_fits_a_segment_exactly_goes_into_it_and_a_byte_more_into_the_next([Values(0, 1)] int more)
    {
        using LogUnderTest log = new();
        LogPosition end = log.Acknowledged("a");
        log.Acknowledged(new string('x', (int)(Segment - FileHeader.Size - end.Offset - FrameBytes) + more));
        Assert.That(log.Segments, Has.Length.EqualTo(1 + more));
    }

    [Test]
    public void What_fits_the_bound_exactly_is_taken_and_a_byte_more_is_refused([Values(0, 1)] int more)
    {
        using LogUnderTest log = new(options: new WriteAheadLogOptions { SegmentBytes = Segment, MaxBytes = Segment });
        log.Acknowledged("a");
        string rest = new('x', (int)(Segment - log.Log.Bytes) - FrameBytes + more);
        Assert.That(log.Append(rest), Is.EqualTo(more == 0 ? LogOutcome.Appended : LogOutcome.Full));
    }

    [Test]
    public void A_segment_is_reserved_and_one_of_a_larger_record_as_long_as_the_record()
    {
        using LogUnderTest log = new();
        log.Acknowledged("a");
        log.Acknowledged(new string('x', 5_000));
        Assert.That(Created(log), Is.EqualTo(new long[] { Segment, FileHeader.Size + FrameBytes + 5_000 }));
    }

    [Test]
    public void Near_the_end_of_a_disk_a_segment_is_as_long_as_its_first_record()
    {
        using LogUnderTest log = new();
        log.Disk.CapacityBytes = log.Disk.Bytes(LogUnderTest.Directory + ".end").Length + 1_000;
        log.Acknowledged(new string('x', 500));
        Assert.That(Created(log), Is.EqualTo(new long[] { FileHeader.Size + FrameBytes + 500 }));
    }

    [Test]
    public void Closed_in_good_order_it_has_no_file_open_and_its_newest_segment_no_room_left()
    {
        using LogUnderTest log = new();
        for (int i = 0; i < 3; i++)
        {
            log.Acknowledged(_large + i);
        }

        log.Disk.Fail(FileOperation.Flush);
        Assert.That(log.Append("refused"), Is.EqualTo(LogOutcome.Failed));
        log.Disk.Fail(FileOperation.FlushDirectory);
        Assert.That(log.Append(_large + "refused"), Is.EqualTo(LogOutcome.Failed));
        LogPosition end = log.Acknowledged("last");
        Assert.That(log.ReadAll(), Has.Count.EqualTo(4));
        log.Log.Truncate(end);
        log.Dispose();
        string newest = log.Segments.Single();
        LogSegment segment = LogSegment.Parse(newest)!.Value;
        Assert.That((log.Disk.OpenFiles, log.Disk.Bytes(newest).Length), Is.EqualTo((0, FileHeader.Size + (int)(end.Offset - segment.Start))));
    }

    [Test]
    public void A_group_that_could_be_cut_off_needs_no_new_segment()
    {
        using LogUnderTest log = new();
        log.Acknowledged("a");
        log.Disk.Fail(FileOperation.Flush);
        Assert.That((log.Append("refused"), log.Segments.Length), Is.EqualTo((LogOutcome.Failed, 1)));
    }

    [Test]
    public void What_is_forgotten_is_gone_for_good_before_the_next_is()
    {
        using LogUnderTest log = new();
        LogPosition end = default;
        for (int i = 0; i < 5; i++)
        {
            end = log.Acknowledged(_large + i);
        }

        int before = log.Disk.Calls.Count;
        log.Log.Truncate(end);
        FileOperation[] names =
        [
            .. log.Disk.Calls.Skip(before).Where(call => (call.Path + "/").StartsWith(LogUnderTest.Directory + "/", StringComparison.Ordinal))
                .Select(call => call.Operation).Where(operation => operation is FileOperation.Move or FileOperation.Delete or FileOperation.FlushDirectory),
        ];
        Assert.That(names, Is.EqualTo(new[]
        {
            FileOperation.Move, FileOperation.FlushDirectory, FileOperation.Move, FileOperation.FlushDirectory,
            FileOperation.Delete, FileOperation.FlushDirectory, FileOperation.Delete, FileOperation.FlushDirectory,
        }));
    }

    [Test]
    public void Forgetting_nothing_costs_no_call()
    {
        using LogUnderTest log = new();
        LogPosition end = log.Acknowledged("a");
        int before = log.Disk.Calls.Count;
        log.Log.Truncate(end);
        Assert.That(log.Disk.Calls, Has.Count.EqualTo(before));
    }

    [Test]
    public void A_damaged_segment_that_is_forgotten_goes_to_quarantine()
    {
        using LogUnderTest first = new();
        for (int i = 0; i < 3; i++)
        {
            first.Acknowledged(_large + i);
        }

        first.Disk.Corrupt(LogUnderTest.SegmentPath(0), 5, 0xFF);
        using LogUnderTest log = new(first.Disk.Kill());
        byte[] bytes = log.Disk.Bytes(LogUnderTest.SegmentPath(0));
        log.Log.Truncate(log.Log.End);
        Assert.Multiple(() =>
        {
            Assert.That(log.Disk.Bytes("/data/quarantine/00000000000000000000.log"), Is.EqualTo(bytes));
            Assert.That(log.Log.Register.Quarantined, Is.EqualTo(1));
            Assert.That((log.Spares.Length, log.Segments.Length), Is.EqualTo((1, 1)), "the other one is of use");
        });
    }

    private static long[] Created(LogUnderTest log) =>
    [
        .. log.Disk.Calls.Where(call => call.Operation == FileOperation.Create && call.Path.StartsWith(LogUnderTest.Directory + "/", StringComparison.Ordinal))
            .Select(call => (long)call.Length),
    ];
}
