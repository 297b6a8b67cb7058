using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Log;

public sealed class LogRecoveryTests
{
    private const int FrameBytes = 12;

    [Test]
    public void Acknowledged_records_survive_a_power_cut()
    {
        using LogUnderTest log = new();
        log.Append("a", "b");
        using LogUnderTest reopened = new(log.Disk.PowerCut(_ => 0));
        Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void What_was_read_after_a_kill_survives_a_power_cut()
    {
        FaultyFileSystem disk = new();
        FaultyFileSystem? killed = null;
        using LogUnderTest log = new(disk);
        log.Append("a");
        disk.Observer = call => killed ??= call.Operation == FileOperation.Write ? disk.Kill() : null;
        log.Append("written, but not flushed yet");
        using LogUnderTest second = new(killed);
        List<string> read = second.ReadAll();
        using LogUnderTest third = new(second.Disk.PowerCut(_ => 0));
        Assert.That(third.ReadAll(), Is.EqualTo(read).And.EqualTo(new[] { "a", "written, but not flushed yet" }));
    }

    [Test]
    public void What_a_failed_flush_left_in_memory_only_survives_a_power_cut_once_it_was_read()
    {
        using LogUnderTest log = new();
        log.Append("a");
        log.Disk.Fail(FileOperation.Flush);
        log.Disk.Fail(FileOperation.SetLength);
        log.Disk.Fail(FileOperation.Create);
        Assert.That(log.Append("written, and not flushed"), Is.EqualTo(LogOutcome.InDoubt));
        using LogUnderTest second = new(log.Disk.Kill());
        List<string> read = second.ReadAll();
        using LogUnderTest third = new(second.Disk.PowerCut(_ => 0));
        Assert.That(third.ReadAll(), Is.EqualTo(read).And.EqualTo(new[] { "a", "written, and not flushed" }));
    }

    [Test]
    public void Positions_go_on_behind_the_last_whole_record()
    {
        using LogUnderTest log = new();
        LogPosition a = log.Acknowledged("a");
        using LogUnderTest reopened = new(log.Disk.Kill());
        LogPosition b = reopened.Acknowledged("b");
        Assert.Multiple(() =>
        {
            Assert.That(b, Is.GreaterThan(a));
            Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a", "b" }));
        });
    }

    [Test]
    public void A_torn_tail_is_cut_and_earlier_records_survive()
    {
        using LogUnderTest log = new();
        LogPosition a = log.Acknowledged("a");
        log.Acknowledged("torn");
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), FileHeader.Size + a.Offset + FrameBytes + 1, 0xFF);
        using LogUnderTest reopened = new(log.Disk.Kill());
        reopened.Append("b");
        Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void After_a_clean_stop_a_flipped_bit_anywhere_in_the_last_record_is_damage()
    {
        for (int bit = 0; bit < 8 * (FrameBytes + 4); bit++)
        {
            using LogUnderTest log = new();
            LogPosition a = log.Acknowledged("a");
            LogPosition last = log.Acknowledged("last");
            log.Dispose();
            long offset = FileHeader.Size + a.Offset + bit / 8;
            log.Disk.Corrupt(LogUnderTest.SegmentPath(0), offset, (byte)(log.Disk.Bytes(LogUnderTest.SegmentPath(0))[(int)offset] ^ (1 << bit % 8)));
            using LogUnderTest reopened = new(log.Disk);
            LogPosition next = reopened.Acknowledged("b");
            Assert.That(reopened.ReadAll(LogPosition.Start, out IReadOnlyList<LogDamage> damage), Is.EqualTo(new[] { "a", "b" }));
            Assert.That(damage.Select(one => (one.Start, one.End)), Is.EqualTo(new[] { (a, last) }), $"bit {bit}");
            Assert.That(next, Is.GreaterThan(last));
        }
    }

    [Test]
    public void After_a_clean_stop_a_log_that_was_cut_is_damaged([Values] bool isWholeFile)
    {
        using LogUnderTest log = new();
        LogPosition a = log.Acknowledged("a");
        LogPosition last = log.Acknowledged("last");
        log.Dispose();
        using (IFile file = log.Disk.Open(LogUnderTest.SegmentPath(0), FileAccess.ReadWrite))
        {
            file.SetLength(isWholeFile ? 0 : FileHeader.Size + a.Offset);
        }

        using LogUnderTest reopened = new(log.Disk);
        reopened.ReadAll(LogPosition.Start, out IReadOnlyList<LogDamage> damage);
        Assert.That(damage.Select(one => (one.Start, one.End)), Is.EqualTo(new[] { (isWholeFile ? LogPosition.Start : a, last) }));
    }

    [Test]
    public void After_a_crash_a_broken_record_before_another_group_is_damage()
    {
        using LogUnderTest log = new();
        LogPosition a = log.Acknowledged("a");
        log.Acknowledged("damaged");
        LogPosition last = log.Acknowledged("torn");
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), FileHeader.Size + a.Offset + FrameBytes, (byte)'D');
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), FileHeader.Size + last.Offset - 1, (byte)'N');
        using LogUnderTest reopened = new(log.Disk.Kill());
        reopened.ReadAll(LogPosition.Start, out IReadOnlyList<LogDamage> damage);
        Assert.That(damage.Select(one => (one.Start, one.End)), Is.EqualTo(new[] { (a, last) }));
    }

    [Test]
    public void After_a_crash_what_was_flushed_before_the_log_forgot_something_is_damage_when_it_is_gone()
    {
        using LogUnderTest log = new();
        log.Acknowledged(new string('x', 4_000));
        LogPosition first = log.Log.End;
        LogPosition second = log.Acknowledged(new string('y', 4_000));
        log.Log.Truncate(first);
        log.Disk.Corrupt(LogUnderTest.SegmentPath(first.Offset), FileHeader.Size + FrameBytes + 5, (byte)'D');
        using LogUnderTest reopened = new(log.Disk.Kill(), storedThrough: first);
        reopened.ReadAll(first, out IReadOnlyList<LogDamage> damage);
        Assert.That(damage.Select(one => (one.Start, one.End)), Is.EqualTo(new[] { (first, second) }));
    }

    [Test]
    public void A_log_without_any_segment_is_told_once_there_was_one([Values] bool isCleanStop)
    {
        using LogUnderTest log = new();
        LogPosition end = log.Acknowledged("a");
        if (isCleanStop)
        {
            log.Dispose();
        }

        FaultyFileSystem left = isCleanStop ? log.Disk : log.Disk.Kill();
        left.Delete(LogUnderTest.SegmentPath(0));
        using LogUnderTest reopened = new(left, storedThrough: new LogPosition(isCleanStop ? 0 : 5));
        Assert.Multiple(() =>
        {
            Assert.That(reopened.Log.Register.Found.Select(damage => damage.Path), Is.EqualTo(new[] { LogUnderTest.Directory }));
            Assert.That(reopened.Log.End.Offset, Is.EqualTo(isCleanStop ? end.Offset : 5));
        });
    }

    [Test]
    public void A_note_of_the_end_that_is_damaged_is_told_and_stops_nothing()
    {
        using LogUnderTest log = new();
        log.Append("a");
        log.Dispose();
        log.Disk.Corrupt(LogUnderTest.Directory + ".end", 16, 0xFF);
        using LogUnderTest reopened = new(log.Disk);
        Assert.Multiple(() =>
        {
            Assert.That(reopened.Log.Register.Found.Select(damage => damage.Path), Is.EqualTo(new[] { LogUnderTest.Directory + ".end" }));
            Assert.That(reopened.ReadAll(LogPosition.Start, out IReadOnlyList<LogDamage> damage), Is.EqualTo(new[] { "a" }));
            Assert.That(damage, Is.Empty);
        });
    }

    [Test]
    public void A_reserve_of_zeros_is_no_damage_and_is_given_back()
    {
        using LogUnderTest log = new();
        log.Append("a");
        long reserved = log.Disk.Bytes(LogUnderTest.SegmentPath(0)).Length;
        using LogUnderTest reopened = new(log.Disk.PowerCut(_ => 0));
        reopened.ReadAll(LogPosition.Start, out IReadOnlyList<LogDamage> damage);
        Assert.Multiple(() =>
        {
            Assert.That(damage, Is.Empty);
            Assert.That(reserved, Is.EqualTo(WriteAheadLogOptions.MinSegmentBytes));
            Assert.That(reopened.Disk.Bytes(LogUnderTest.SegmentPath(0)), Has.Length.EqualTo(FileHeader.Size + FrameBytes + 1));
        });
    }

    [Test]
    public void Damage_in_the_middle_is_reported_with_segment_and_offset_and_the_rest_is_salvaged()
    {
        using LogUnderTest log = new();
        LogPosition a = log.Acknowledged("a");
        LogPosition damaged = log.Acknowledged("damaged");
        log.Acknowledged("c");
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), FileHeader.Size + a.Offset + FrameBytes, (byte)'D');
        using LogUnderTest reopened = new(log.Disk.Kill());
        List<string> read = reopened.ReadAll(LogPosition.Start, out IReadOnlyList<LogDamage> damage);
        Assert.Multiple(() =>
        {
            Assert.That(read, Is.EqualTo(new[] { "a", "c" }));
            Assert.That(damage, Is.EqualTo(new[] { new LogDamage(LogUnderTest.SegmentPath(0), FileHeader.Size + a.Offset, a, damaged) }));
        });
    }

    [Test]
    public void A_damaged_length_costs_its_own_record_only()
    {
        using LogUnderTest log = new();
        LogPosition a = log.Acknowledged("a");
        log.Acknowledged("damaged");
        log.Acknowledged("c");
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), FileHeader.Size + a.Offset, 0xFF, 0xFF);
        using LogUnderTest reopened = new(log.Disk.Kill());
        Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a", "c" }));
    }

    [Test]
    public void Zeroed_pages_in_the_middle_cost_the_records_on_them_only()
    {
        using LogUnderTest log = new(options: new WriteAheadLogOptions());
        string[] texts = [.. Enumerable.Range(0, 100).Select(i => new string('x', 200) + i)];
        log.Append(texts);
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), 4_096, new byte[8_192]);
        List<string> read = log.ReadAll(LogPosition.Start, out IReadOnlyList<LogDamage> damage);
        Assert.Multiple(() =>
        {
            Assert.That(damage, Has.Count.EqualTo(1));
            Assert.That(read, Is.SubsetOf(texts).And.Ordered.Using<string>((one, other) => Array.IndexOf(texts, one) - Array.IndexOf(texts, other)));
            Assert.That(read, Has.Count.EqualTo(100 - CountTouching(texts, 4_096, 4_096 + 8_192)));
        });
    }

    [Test]
    public void A_bad_sector_costs_the_records_on_it_only()
    {
        using LogUnderTest log = new(options: new WriteAheadLogOptions());
        string[] texts = [.. Enumerable.Range(0, 100).Select(i => new string('x', 200) + i)];
        log.Append(texts);
        log.Disk.BreakSectors(LogUnderTest.SegmentPath(0), 10_000, 10);
        List<string> read = log.ReadAll(LogPosition.Start, out IReadOnlyList<LogDamage> damage);
        Assert.Multiple(() =>
        {
            Assert.That(damage, Has.Count.EqualTo(1));

            // A page of 4 KiB holds at most 20 of these records, and two more lie partly on it.
            Assert.That(read, Has.Count.InRange(100 - 22, 99));
            Assert.That(read, Is.SubsetOf(texts));
        });
    }

    [Test]
    public void A_text_that_imitates_a_record_is_never_taken_for_one()
    {
        using LogUnderTest forger = new();
        forger.Append("forged");
        byte[] frame = forger.Disk.Bytes(LogUnderTest.SegmentPath(0))[FileHeader.Size..][..(FrameBytes + 6)];

        using LogUnderTest log = new();
        LogPosition a = log.Acknowledged("a");
        log.Log.Append([LogEntry.Of(frame)], new LogPosition[1]);
        log.Append("c");
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), FileHeader.Size + a.Offset, 0xFF);
        using LogUnderTest reopened = new(log.Disk.Kill());
        Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a", "c" }));
    }

    [Test]
    public void A_newest_segment_of_no_bytes_never_stops_the_start()
    {
        using LogUnderTest log = new();
        LogPosition a = log.Acknowledged("a");
        log.Disk.Create(LogUnderTest.SegmentPath(a.Offset)).Dispose();
        using LogUnderTest reopened = new(log.Disk.Kill());
        reopened.Append("b");
        Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void A_newest_segment_with_a_torn_header_never_stops_the_start([Values(1, 8, 31)] int headerBytes)
    {
        using LogUnderTest log = new();
        LogPosition a = log.Acknowledged("a");
        byte[] header = log.Disk.Bytes(LogUnderTest.SegmentPath(0))[..headerBytes];
        using (IFile torn = log.Disk.Create(LogUnderTest.SegmentPath(a.Offset)))
        {
            torn.Write(header, 0);
        }

        using LogUnderTest reopened = new(log.Disk.Kill());
        reopened.Append("b");
        Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void An_older_segment_with_a_damaged_header_is_reported_and_read()
    {
        using LogUnderTest log = new();
        string large = new('x', 4_080);
        log.Append(large);
        log.Append("b");
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), 5, 0xFF);
        using LogUnderTest reopened = new(log.Disk.Kill());
        Assert.Multiple(() =>
        {
            Assert.That(reopened.Log.Register.Found.Select(damage => damage.Path), Is.EqualTo(new[] { LogUnderTest.SegmentPath(0) }));
            Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { large, "b" }));
        });
    }

    [Test]
    public void A_missing_segment_is_reported_as_damage()
    {
        using LogUnderTest log = new();
        LogPosition[] ends = [.. Enumerable.Range(0, 3).Select(i => log.Acknowledged(new string('x', 4_000) + i))];
        log.Disk.Delete(LogUnderTest.SegmentPath(ends[0].Offset));
        using LogUnderTest reopened = new(log.Disk.Kill());
        List<string> read = reopened.ReadAll(LogPosition.Start, out IReadOnlyList<LogDamage> damage);
        Assert.Multiple(() =>
        {
            Assert.That(read, Has.Count.EqualTo(2));
            Assert.That(damage.Select(one => (one.Start, one.End)), Is.EqualTo(new[] { (ends[0], ends[1]) }));
        });
    }

    [Test]
    public void A_segment_of_another_version_is_refused_by_name()
    {
        using LogUnderTest log = new();
        log.Append("a");
        byte[] header = new byte[FileHeader.Size];
        new FileHeader(FileHeader.MagicOf("TSLG"u8), 99, LogUnderTest.NodeId).Write(header);
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), 0, header);
        Assert.That(
            () => new LogUnderTest(log.Disk.Kill()),
            Throws.TypeOf<UnknownFormatException>().With.Message.EqualTo(
                $"{LogUnderTest.SegmentPath(0)}: has format version 99; this program reads version 1."));
    }

    [Test]
    public void A_segment_of_another_node_is_refused_by_name()
    {
        using LogUnderTest log = new();
        log.Append("a");
        byte[] header = new byte[FileHeader.Size];
        new FileHeader(FileHeader.MagicOf("TSLG"u8), 1, 0xABC).Write(header);
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), 0, header);
        Assert.That(() => new LogUnderTest(log.Disk.Kill()), Throws.TypeOf<UnknownFormatException>().With.Message.Contains("0000000000000abc"));
    }

    [Test]
    public void A_log_that_was_lost_goes_on_behind_what_the_store_has()
    {
        using LogUnderTest log = new(storedThrough: new LogPosition(5_000));
        LogPosition end = log.Acknowledged("a");
        Assert.Multiple(() =>
        {
            Assert.That(end.Offset, Is.GreaterThan(5_000));
            Assert.That(log.ReadAll(new LogPosition(5_000)), Is.EqualTo(new[] { "a" }));
        });
    }

    [Test]
    public void Other_files_in_the_directory_are_left_alone()
    {
        FaultyFileSystem disk = new();
        disk.Create($"{LogUnderTest.Directory}/notes.txt").Dispose();
        using LogUnderTest log = new(disk);
        log.Append("a");
        log.Log.Truncate(log.Log.End);
        Assert.That(disk.Exists($"{LogUnderTest.Directory}/notes.txt"), Is.True);
    }

    // Records lie one behind the other from the header's end, so their places follow from their lengths.
    private static int CountTouching(string[] texts, long from, long to)
    {
        int touching = 0;
        long at = FileHeader.Size;
        foreach (string text in texts)
        {
            long end = at + FrameBytes + text.Length;
            touching += at < to && end > from ? 1 : 0;
            at = end;
        }

        return touching;
    }
}
