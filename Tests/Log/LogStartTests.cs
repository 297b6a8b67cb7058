using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Log;

/// <summary>What a start takes from the note of the end, from headers and from reserves.</summary>
public sealed class LogStartTests
{
    [Test]
    public void A_note_of_the_end_that_the_disk_can_not_read_is_told_and_stops_nothing()
    {
        using LogUnderTest log = new();
        log.Append("a");
        log.Dispose();
        log.Disk.BreakSectors(LogUnderTest.Directory + ".end", 0, 1);
        using LogUnderTest reopened = new(log.Disk);
        Assert.Multiple(() =>
        {
            Assert.That(reopened.Log.Register.Found.Select(damage => damage.Path), Is.EqualTo(new[] { LogUnderTest.Directory + ".end" }));
            Assert.That(reopened.Log.Noted.Position, Is.EqualTo(NotedEnd.Nowhere));
            Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a" }));
        });
    }

    [Test]
    public void A_clean_stop_notes_the_end_and_the_appenders_number()
    {
        using LogUnderTest log = new();
        LogPosition end = log.Acknowledged("a");
        log.Log.AppenderNumber = 77;
        log.Dispose();
        using LogUnderTest reopened = new(log.Disk);
        Assert.That((reopened.Log.Noted, reopened.Log.AppenderNumber), Is.EqualTo((new NotedEnd(end.Offset, 77), 77L)));
    }

    [Test]
    public void The_first_start_makes_its_name_durable_and_notes_that_nothing_is_there()
    {
        using LogUnderTest log = new();
        Assert.That((log.Disk.Calls[0].Operation, log.Disk.Calls[0].Path), Is.EqualTo((FileOperation.FlushDirectory, "/data")));
        using LogUnderTest reopened = new(log.Disk.PowerCut(_ => 0));
        Assert.That(reopened.Log.Noted, Is.EqualTo(new NotedEnd(0, 0)));
    }

    [Test]
    public void A_note_whose_number_is_damaged_still_says_where_the_end_was([Values] bool isCut)
    {
        using LogUnderTest log = new();
        LogPosition end = log.Acknowledged("a");
        log.Log.AppenderNumber = 77;
        log.Dispose();
        const string path = LogUnderTest.Directory + ".end";
        if (isCut)
        {
            using IFile note = log.Disk.Open(path, FileAccess.ReadWrite);
            note.SetLength(FileHeader.Size + sizeof(long));
        }
        else
        {
            log.Disk.Corrupt(path, FileHeader.Size + 1, 0xFF);
        }

        using LogUnderTest reopened = new(log.Disk);
        FoundDamage told = reopened.Log.Register.Found.Single();
        Assert.Multiple(() =>
        {
            Assert.That(reopened.Log.Noted, Is.EqualTo(new NotedEnd(end.Offset, 0)));
            Assert.That((told.Path, told.Reason), Is.EqualTo((path, "it can't be read")));
            Assert.That(told.Loss, Is.EqualTo("Nothing is lost. Whether the WAL's last records are missing can't be told this time."));
        });
    }

    [Test]
    public void A_note_of_another_node_is_refused()
    {
        FaultyFileSystem disk = new();
        DurableEnd.Write(disk, LogUnderTest.Directory, LogUnderTest.NodeId + 1, new NotedEnd(5, 0));
        Assert.That(() => new LogUnderTest(disk), Throws.InstanceOf<UnknownFormatException>());
    }

    [Test]
    public void A_reserve_that_can_not_be_given_back_stops_no_start()
    {
        using LogUnderTest log = new();
        log.Append("a");
        FaultyFileSystem left = log.Disk.PowerCut(_ => 0);
        left.Fail(FileOperation.SetLength);
        using LogUnderTest reopened = new(left);
        Assert.Multiple(() =>
        {
            Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a" }));
            Assert.That(left.Bytes(LogUnderTest.SegmentPath(0)), Has.Length.EqualTo(WriteAheadLogOptions.MinSegmentBytes));
        });
    }

    [Test]
    public void The_newest_segment_with_a_damaged_header_is_reported_and_read()
    {
        using LogUnderTest log = new();
        log.Append("a");
        log.Disk.Corrupt(LogUnderTest.SegmentPath(0), 5, 0xFF);
        using LogUnderTest reopened = new(log.Disk.Kill());
        Assert.Multiple(() =>
        {
            Assert.That(reopened.Log.Register.Found.Select(damage => damage.Path), Is.EqualTo(new[] { LogUnderTest.SegmentPath(0) }));
            Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a" }));
        });
    }
}
