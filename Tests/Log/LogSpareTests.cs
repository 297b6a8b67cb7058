using NUnit.Framework;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Log;

/// <summary>Segments that the store has whole are written over, not deleted and made again.</summary>
public sealed class LogSpareTests
{
    private static readonly string _large = new('x', 3_000);

    [Test]
    public void A_forgotten_segment_becomes_the_next_new_one()
    {
        using LogUnderTest log = new();
        FillThree(log);
        int created = Count(log, FileOperation.Create);
        log.Acknowledged(_large + "new");
        Assert.Multiple(() =>
        {
            Assert.That(Count(log, FileOperation.Create), Is.EqualTo(created));
            Assert.That(log.Spares, Has.Length.EqualTo(1));
            Assert.That(log.ReadAll(log.Log.Start), Is.EqualTo(new[] { _large + 2, _large + "new" }));
        });
    }

    [Test]
    public void The_name_and_header_of_a_spare_are_durable_before_its_first_record()
    {
        using LogUnderTest log = new();
        FillThree(log);
        int before = log.Disk.Calls.Count;
        log.Acknowledged(_large);
        Assert.That(
            log.Disk.Calls.Skip(before).Select(call => call.Operation),
            Is.EqualTo(new[]
            {
                FileOperation.Move, FileOperation.Open, FileOperation.Write, FileOperation.Flush, FileOperation.FlushDirectory,
                FileOperation.Write, FileOperation.Flush,
            }));
    }

    [Test]
    public void What_an_older_segment_left_behind_the_last_record_is_neither_read_nor_damage([Values] bool isKill)
    {
        using LogUnderTest log = new();
        FillThree(log);
        LogPosition end = log.Acknowledged("short");
        LogPosition start = log.Log.Start;
        using LogUnderTest reopened = new(isKill ? log.Disk.Kill() : log.Disk.PowerCut(_ => 0));
        List<string> read = reopened.ReadAll(start, out IReadOnlyList<LogDamage> damage);
        Assert.Multiple(() =>
        {
            Assert.That(read, Is.EqualTo(new[] { _large + 2, "short" }));
            Assert.That(damage, Is.Empty);
            Assert.That(reopened.Log.End, Is.EqualTo(end));
            Assert.That(reopened.Log.Register.Found, Is.Empty);
        });
    }

    [Test]
    public void A_power_cut_between_the_new_name_and_the_header_costs_nothing_that_was_acknowledged([Range(1, 6)] int calls)
    {
        using LogUnderTest log = new();
        FillThree(log);
        LogPosition start = log.Log.Start;
        FaultyFileSystem? left = null;
        log.Disk.Observer = _ => left ??= --calls == 0 ? log.Disk.PowerCut(change => change.Length) : null;
        log.Append(_large + "in doubt");
        using LogUnderTest reopened = new(left!);
        Assert.That(reopened.ReadAll(start).Where(text => !text.EndsWith("in doubt", StringComparison.Ordinal)), Is.EqualTo(new[] { _large + 2 }));
    }

    [Test]
    public void A_power_cut_that_brings_the_old_name_of_a_spare_back_brings_back_what_it_had([Range(1, 6)] int calls)
    {
        using LogUnderTest log = new();
        FillThree(log);
        FaultyFileSystem? left = null;

        // No change of a name survives by itself, and all that was written does.
        log.Disk.Observer = _ => left ??= --calls == 0 ? log.Disk.PowerCut(change => change.Operation == FileOperation.Move ? 0 : change.Length) : null;
        log.Append(_large + "in doubt");
        using LogUnderTest reopened = new(left!);
        Assert.That(reopened.Log.Register.Found, Is.Empty);
    }

    [Test]
    public void A_spare_whose_new_name_could_not_be_flushed_is_used_after_the_next_checkpoint()
    {
        using LogUnderTest log = new();
        log.Acknowledged(_large + 0);
        LogPosition first = log.Acknowledged(_large + 1);
        log.Disk.Fail(FileOperation.FlushDirectory, times: 2);
        log.Log.Truncate(first);
        int created = Count(log, FileOperation.Create);
        LogPosition second = log.Acknowledged(_large + 2);
        Assert.That(Count(log, FileOperation.Create), Is.EqualTo(created + 1), "a new file");
        log.Log.Truncate(second);
        created = Count(log, FileOperation.Create);
        log.Acknowledged(_large + 3);
        Assert.That((Count(log, FileOperation.Create), log.ReadAll(log.Log.Start).Count), Is.EqualTo((created, 2)));
    }

    [Test]
    public void Spares_of_an_earlier_process_are_used()
    {
        using LogUnderTest log = new();
        FillThree(log);
        using LogUnderTest reopened = new(log.Disk.Kill(), storedThrough: log.Log.End);
        reopened.Acknowledged(_large);
        Assert.That((reopened.Spares.Length, Count(reopened, FileOperation.Create)), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Spares_of_another_length_are_deleted()
    {
        using LogUnderTest log = new();
        FillThree(log);
        using LogUnderTest reopened = new(log.Disk.Kill(), new WriteAheadLogOptions { SegmentBytes = 8_192 }, log.Log.End);
        Assert.That(reopened.Spares, Is.Empty);
    }

    [Test]
    public void At_most_two_spares_are_kept()
    {
        using LogUnderTest log = new();
        LogPosition end = default;
        for (int i = 0; i < 9; i++)
        {
            end = log.Acknowledged(_large + i);
        }

        log.Log.Truncate(end);
        Assert.That((log.Segments.Length, log.Spares.Length), Is.EqualTo((1, 2)));
    }

    [Test]
    public void A_spare_that_can_not_be_taken_fails_the_group_and_the_next_one_is_written()
    {
        using LogUnderTest log = new();
        FillThree(log);
        log.Disk.Fail(FileOperation.Move);
        LogOutcome refused = log.Append(_large + "refused");
        log.Acknowledged(_large + "next");
        Assert.Multiple(() =>
        {
            Assert.That(refused, Is.EqualTo(LogOutcome.Failed));
            Assert.That(log.ReadAll(log.Log.Start), Is.EqualTo(new[] { _large + 2, _large + "next" }));
        });
    }

    // One record a segment; the first two are forgotten.
    private static void FillThree(LogUnderTest log)
    {
        log.Acknowledged(_large + 0);
        LogPosition second = log.Acknowledged(_large + 1);
        log.Acknowledged(_large + 2);
        log.Log.Truncate(second);
        Assert.That((log.Segments.Length, log.Spares.Length), Is.EqualTo((1, 2)));
    }

    private static int Count(LogUnderTest log, FileOperation operation) => log.Disk.Calls.Count(call => call.Operation == operation);
}
