using NUnit.Framework;
using TimeSeries.Core.Log;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Log;

public sealed class LogFaultTests
{
    [TestCase(FileOperation.Write)]
    [TestCase(FileOperation.Flush)]
    public void A_failed_group_is_refused_and_the_next_goes_to_a_new_segment(FileOperation failing)
    {
        using LogUnderTest log = new();
        log.Append("a");
        log.Disk.Fail(failing);
        LogOutcome refused = log.Append("refused");
        LogOutcome next = log.Append("b");
        Assert.Multiple(() =>
        {
            Assert.That((refused, next), Is.EqualTo((LogOutcome.Failed, LogOutcome.Appended)));
            Assert.That(log.Disk.List(LogUnderTest.Directory), Has.Count.EqualTo(2));
            Assert.That(log.ReadAll(), Is.EqualTo(new[] { "a", "b" }));
        });
    }

    [TestCase(FileOperation.Write)]
    [TestCase(FileOperation.Flush)]
    public void A_refused_group_is_not_read_after_the_process_was_killed(FileOperation failing)
    {
        using LogUnderTest log = new();
        log.Append("a");
        log.Disk.Fail(failing, keptBytes: int.MaxValue);
        log.Append("refused");
        using LogUnderTest reopened = new(log.Disk.Kill());
        Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void A_refused_group_that_can_not_be_cut_is_fenced_by_the_next_segment()
    {
        using LogUnderTest log = new();
        log.Append("a");
        log.Disk.Fail(FileOperation.Flush);
        log.Disk.Fail(FileOperation.SetLength);
        LogOutcome refused = log.Append("refused");
        log.Append("b");

        // The power takes nothing of what was written, so the refused record still stands in its segment.
        using LogUnderTest reopened = new(log.Disk.PowerCut(change => change.Length));
        Assert.Multiple(() =>
        {
            Assert.That(refused, Is.EqualTo(LogOutcome.Failed));
            Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a", "b" }));
        });
    }

    [Test]
    public void Without_cut_and_fence_a_failed_group_is_in_doubt_until_the_disk_works_again()
    {
        using LogUnderTest log = new();
        log.Append("a");
        log.Disk.Fail(FileOperation.Flush, times: 3);
        LogOutcome outcome = log.Append("in doubt");
        log.Append("b");
        using LogUnderTest reopened = new(log.Disk.PowerCut(change => change.Length));
        Assert.Multiple(() =>
        {
            Assert.That(outcome, Is.EqualTo(LogOutcome.InDoubt));
            Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a", "b" }));
        });
    }

    [Test]
    public void The_first_group_of_a_segment_can_fail_and_be_refused()
    {
        using LogUnderTest log = new();
        log.Disk.Fail(FileOperation.Flush, skip: 1);
        LogOutcome refused = log.Append("refused");
        log.Append("a");
        using LogUnderTest reopened = new(log.Disk.PowerCut(change => change.Length));
        Assert.Multiple(() =>
        {
            Assert.That(refused, Is.EqualTo(LogOutcome.Failed));
            Assert.That(reopened.ReadAll(), Is.EqualTo(new[] { "a" }));
        });
    }

    [Test]
    public void A_full_disk_refuses_and_the_log_goes_on_when_there_is_room()
    {
        using LogUnderTest log = new();
        log.Append("a");
        log.Disk.CapacityBytes = 4_096;
        LogOutcome full = log.Append(new string('x', 5_000));
        LogOutcome stillFull = log.Append("refused");
        log.Disk.CapacityBytes = long.MaxValue;
        LogOutcome again = log.Append("b");
        Assert.Multiple(() =>
        {
            Assert.That((full, stillFull, again), Is.EqualTo((LogOutcome.Full, LogOutcome.Full, LogOutcome.Appended)));
            Assert.That(log.ReadAll(), Is.EqualTo(new[] { "a", "b" }));
        });
    }

    [Test]
    public void The_fault_is_told_and_forgotten_with_the_next_success()
    {
        using LogUnderTest log = new();
        log.Disk.Fail(FileOperation.Write);
        log.Append("refused");
        Exception? told = log.Log.LastFault;
        log.Append("a");
        Assert.That((told is IOException, log.Log.LastFault), Is.EqualTo((true, (Exception?)null)));
    }

    [Test]
    public void A_group_torn_at_any_byte_costs_no_record_before_it()
    {
        for (int kept = 0; kept < 60; kept += 7)
        {
            using LogUnderTest log = new();
            log.Append("a", "b");
            log.Disk.Fail(FileOperation.Flush, times: int.MaxValue);
            log.Append("in flight", "with it");
            using LogUnderTest reopened = new(log.Disk.PowerCut(change => change.Operation == FileOperation.Write ? Math.Min(kept, change.Length) : 0));
            Assert.That(reopened.ReadAll().Take(2), Is.EqualTo(new[] { "a", "b" }), $"{kept} bytes kept");
        }
    }
}
