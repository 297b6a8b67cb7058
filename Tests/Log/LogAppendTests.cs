using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Log;

public sealed class LogAppendTests
{
    [Test]
    public void Records_come_back_in_order()
    {
        using LogUnderTest log = new();
        log.Append("a", "b");
        log.Append("c");
        Assert.That(log.ReadAll(), Is.EqualTo(new[] { "a", "b", "c" }));
    }

    [Test]
    public void Reading_starts_behind_the_position_that_is_given()
    {
        using LogUnderTest log = new();
        LogPosition a = log.Acknowledged("a");
        log.Append("b", "c");
        Assert.That(log.ReadAll(a), Is.EqualTo(new[] { "b", "c" }));
    }

    [Test]
    public void A_group_of_records_costs_one_write_and_one_flush()
    {
        using LogUnderTest log = new();
        log.Append("first, which makes the segment");
        int before = log.Disk.Calls.Count;
        log.Append([.. Enumerable.Range(0, 50).Select(i => $"record {i}")]);
        Assert.That(log.Disk.Calls.Skip(before).Select(call => call.Operation), Is.EqualTo(new[] { FileOperation.Write, FileOperation.Flush }));
    }

    [Test]
    public void Appending_returns_after_the_flush_of_what_it_wrote()
    {
        using LogUnderTest log = new();
        log.Append("x");
        log.Disk.Mark("acknowledged");
        FileOperation[] order = [.. log.Disk.Calls.Select(call => call.Operation)];
        Assert.That(order[^3..], Is.EqualTo(new[] { FileOperation.Write, FileOperation.Flush, FileOperation.Mark }));
    }

    [Test]
    public void A_new_segments_name_is_durable_before_its_first_record_is_written()
    {
        using LogUnderTest log = new();
        log.Append("x");
        List<FileOperation> order = [.. log.Disk.Calls
            .Where(call => call.Path == LogUnderTest.Directory || call.Path.StartsWith(LogUnderTest.Directory + "/", StringComparison.Ordinal))
            .Select(call => call.Operation)];
        Assert.That(
            order,
            Is.EqualTo(
                new[] { FileOperation.Create, FileOperation.Write, FileOperation.Flush, FileOperation.FlushDirectory,
                FileOperation.Write, FileOperation.Flush }));
    }

    [Test]
    public void A_record_is_its_header_and_its_payload([Values(1, 100, 20_000)] int payloadBytes)
    {
        byte[] payload = new byte[payloadBytes];
        new Random(7).NextBytes(payload);
        byte[] header = "header"u8.ToArray();
        using LogUnderTest log = new();
        log.Log.Append([new LogEntry(header, payload, Crc32C.Of(payload))], new LogPosition[1]);
        using LogReader reader = log.Log.Read(LogPosition.Start);
        reader.TryRead(out _, out ReadOnlyMemory<byte> read);
        Assert.That(read.ToArray(), Is.EqualTo((byte[])[.. header, .. payload]));
    }

    [Test]
    public void Ends_rise_and_the_last_is_the_logs_end()
    {
        using LogUnderTest log = new();
        log.Append(["a", "bb", "ccc"], out LogPosition[] ends);
        Assert.Multiple(() =>
        {
            Assert.That(ends, Is.Ordered.Ascending);
            Assert.That(log.Log.End, Is.EqualTo(ends[^1]));
        });
    }

    [Test]
    public void A_full_segment_is_followed_by_the_next()
    {
        using LogUnderTest log = new();
        string kilobyte = new('x', 1_000);
        string[] expected = [.. Enumerable.Range(0, 10).Select(i => kilobyte + i)];

        // Four records of 1,013 bytes with their frames fit a segment of 4,096 behind its header.
        foreach (string text in expected)
        {
            log.Append(text);
        }

        Assert.Multiple(() =>
        {
            Assert.That(log.Disk.List(LogUnderTest.Directory), Has.Count.EqualTo(3));
            Assert.That(log.ReadAll(), Is.EqualTo(expected));
        });
    }

    [Test]
    public void A_record_larger_than_a_segment_has_one_of_its_own()
    {
        using LogUnderTest log = new();
        string large = new('x', 100_000);
        log.Append("small");
        log.Append(large);
        log.Append("after");
        Assert.That(log.ReadAll(), Is.EqualTo(new[] { "small", large, "after" }));
    }

    [Test]
    public void A_reader_goes_on_where_it_ended_when_more_was_appended()
    {
        using LogUnderTest log = new();
        log.Append("a");
        using LogReader reader = log.Log.Read(LogPosition.Start);
        bool first = reader.TryRead(out _, out _);
        bool none = reader.TryRead(out _, out _);
        log.Append("b");
        Assert.Multiple(() =>
        {
            Assert.That((first, none), Is.EqualTo((true, false)));
            Assert.That(reader.TryRead(out _, out ReadOnlyMemory<byte> b), Is.True);
            Assert.That(Encoding.UTF8.GetString(b.Span), Is.EqualTo("b"));
        });
    }

    [Test]
    public void An_empty_record_is_a_mistake_of_the_caller()
    {
        using LogUnderTest log = new();
        Assert.That(() => log.Append(""), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_log_that_holds_as_much_as_it_may_refuses_more_and_keeps_what_it_has()
    {
        using LogUnderTest log = new(options: new WriteAheadLogOptions { SegmentBytes = 4_096, MaxBytes = 10_000 });
        List<string> kept = [];
        string kilobyte = new('x', 1_000);
        while (log.Append(kilobyte + kept.Count) == LogOutcome.Appended)
        {
            kept.Add(kilobyte + kept.Count);
        }

        Assert.Multiple(() =>
        {
            Assert.That(log.Append(kilobyte), Is.EqualTo(LogOutcome.Full));
            Assert.That(log.Log.Bytes, Is.InRange(8_000, 10_000));
            Assert.That(log.ReadAll(), Is.EqualTo(kept));
        });
    }

    [Test]
    public void A_full_log_takes_more_after_it_was_truncated()
    {
        using LogUnderTest log = new(options: new WriteAheadLogOptions { SegmentBytes = 4_096, MaxBytes = 4_096 });
        string kilobyte = new('x', 1_000);
        while (log.Append(kilobyte) == LogOutcome.Appended)
        {
        }

        log.Log.Truncate(log.Log.End);
        Assert.That(log.Append(kilobyte), Is.EqualTo(LogOutcome.Appended));
    }

    [Test]
    public void Truncating_forgets_whole_segments_and_never_the_newest()
    {
        using LogUnderTest log = new();
        string kilobyte = new('x', 1_000);
        LogPosition[] ends = [.. Enumerable.Range(0, 10).Select(i => log.Acknowledged(kilobyte + i))];
        log.Log.Truncate(ends[4]);
        int afterFive = log.Segments.Length;
        log.Log.Truncate(ends[9]);
        Assert.Multiple(() =>
        {
            // Four records a segment: 0–3, 4–7, 8–9. The fifth record lies in the second segment.
            Assert.That(afterFive, Is.EqualTo(2));
            Assert.That(log.Segments, Has.Length.EqualTo(1));
            Assert.That(log.ReadAll(ends[8]), Is.EqualTo(new[] { kilobyte + 9 }));
        });
    }

    // The first two become spares, the third is deleted.
    [TestCase(FileOperation.Move, 4)]
    [TestCase(FileOperation.Delete, 2)]
    public void A_segment_that_can_not_be_renamed_or_deleted_is_forgotten_the_next_time(FileOperation failing, int expectedBefore)
    {
        using LogUnderTest log = new();
        LogPosition end = default;
        for (int i = 0; i < 4; i++)
        {
            end = log.Acknowledged(new string('x', 3_000));
        }

        log.Disk.Fail(failing);
        log.Log.Truncate(end);
        int before = log.Segments.Length;
        log.Log.Truncate(end);
        Assert.That((before, log.Segments.Length), Is.EqualTo((expectedBefore, 1)));
    }

    [Test]
    public void No_records_cost_nothing()
    {
        using LogUnderTest log = new();
        int before = log.Disk.Calls.Count;
        Assert.That((log.Append(), log.Disk.Calls.Count - before, log.Log.End), Is.EqualTo((LogOutcome.Appended, 0, LogPosition.Start)));
    }

    [Test]
    public void The_bytes_are_those_of_records_frames_and_headers()
    {
        using LogUnderTest log = new();
        Assert.That((log.Log.Bytes, log.Log.Start, log.Log.End), Is.EqualTo((0, LogPosition.Start, LogPosition.Start)));

        // Two segments: a header of 32 bytes each, a frame of 12 before each record.
        LogPosition first = log.Acknowledged(new string('x', 4_000));
        LogPosition second = log.Acknowledged(new string('y', 4_000));
        Assert.That((log.Log.Bytes, first.Offset, second.Offset), Is.EqualTo((2 * (32 + 12 + 4_000), 4_012, 8_024)));
        log.Log.Truncate(first);
        Assert.That((log.Log.Bytes, log.Log.Start), Is.EqualTo((32 + 12 + 4_000, first)));
    }

    [Test]
    public void A_reader_tells_where_in_which_file_a_record_ends()
    {
        using LogUnderTest log = new();
        LogPosition first = log.Acknowledged(new string('x', 4_050));
        log.Acknowledged("second");
        using LogReader reader = log.Log.Read(LogPosition.Start);
        reader.TryRead(out LogPosition one, out _);
        (string Segment, long Offset) placeOfOne = reader.PlaceOf(one);
        reader.TryRead(out LogPosition other, out _);
        Assert.Multiple(() =>
        {
            Assert.That(placeOfOne, Is.EqualTo((LogUnderTest.SegmentPath(0), 32L + 12 + 4_050)));
            Assert.That(reader.PlaceOf(other), Is.EqualTo((LogUnderTest.SegmentPath(first.Offset), 32L + 12 + 6)));
        });
    }

    [Test]
    public void A_reader_tells_what_was_forgotten_behind_its_position()
    {
        using LogUnderTest log = new();
        LogPosition[] ends = [.. "abcd".Select(letter => log.Acknowledged(new string(letter, 4_050)))];
        log.Log.Truncate(ends[1]);
        List<string> read = log.ReadAll(LogPosition.Start, out IReadOnlyList<LogDamage> damage);
        Assert.Multiple(() =>
        {
            Assert.That(read.Select(text => text[0]), Is.EqualTo("cd"));
            Assert.That(damage.Select(one => (one.Start, one.End)), Is.EqualTo(new[] { (LogPosition.Start, ends[1]) }));
            Assert.That(damage[0].ToString(), Is.EqualTo($"{LogUnderTest.SegmentPath(ends[1].Offset)}: 8124 bytes from offset 0 can't be read."));
        });
    }

    [Test]
    public void An_option_that_can_not_be_used_stops_the_opening() =>
        Assert.That(
            () => new LogUnderTest(options: new WriteAheadLogOptions { SegmentBytes = 1 }),
            Throws.ArgumentException.With.Message.StartsWith("Wal:SegmentBytes must be between 4096 and 4294967296, but is 1."));

    [TestCase(4_096, 0, 0)]
    [TestCase(4_095, 0, 1)]
    [TestCase(4_294_967_296, 0, 0)]
    [TestCase(4_294_967_297, 0, 1)]
    [TestCase(4_096, 4_096, 0)]
    [TestCase(4_096, 4_095, 1)]
    [TestCase(4_096, -1, 1)]
    public void The_bounds_of_options_are_allowed(long segmentBytes, long maxBytes, int errors) =>
        Assert.That(new WriteAheadLogOptions { SegmentBytes = segmentBytes, MaxBytes = maxBytes }.FindErrors(), Has.Count.EqualTo(errors));

    [Test]
    public void Options_out_of_range_are_each_named()
    {
        WriteAheadLogOptions options = new() { SegmentBytes = 1, MaxBytes = -5 };
        Assert.That(
            options.FindErrors(),
            Is.EqualTo(new[]
            {
                "Wal:SegmentBytes must be between 4096 and 4294967296, but is 1.",
                "Wal:MaxBytes must be 0 (no bound) or at least Wal:SegmentBytes (1), but is -5.",
            }));
    }
}
