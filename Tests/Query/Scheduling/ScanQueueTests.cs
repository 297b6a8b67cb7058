using NUnit.Framework;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Tests.Query.Scheduling;

/// <summary>Whose turn it is to scan.</summary>
public sealed class ScanQueueTests
{
    private const long Busy = 1;
    private const long Quiet = 2;
    private const long Third = 3;

    [Test]
    public async Task A_project_does_not_wait_for_the_queue_of_another()
    {
        ScanQueue queue = new(1, long.MaxValue);
        ScanSlot first = await Enter(queue, Busy);
        Task<ScanSlot>[] waiting = [.. Enumerable.Range(0, 16).Select(_ => Enter(queue, Busy))];
        Task<ScanSlot> quiet = Enter(queue, Quiet);
        queue.Leave(first);
        await quiet;
        Assert.That(waiting.Count(task => task.IsCompleted), Is.Zero);
    }

    [Test]
    public async Task Projects_take_turns_and_each_ones_requests_too()
    {
        ScanQueue queue = new(1, long.MaxValue);
        ScanSlot running = await Enter(queue, Third);
        List<(string Name, Task<ScanSlot> Task)> waiting = [];
        foreach ((long project, string name) in new[] { (Busy, "a1"), (Busy, "a2"), (Busy, "a3"), (Quiet, "b1"), (Quiet, "b2"), (Third, "c1") })
        {
            waiting.Add((name, Enter(queue, project)));
        }

        List<string> order = [];
        while (waiting.Count > 0)
        {
            queue.Leave(running);
            running = await await Task.WhenAny(waiting.Select(one => one.Task));
            order.Add(waiting.Single(one => one.Task.IsCompleted).Name);
            waiting.RemoveAll(one => one.Task.IsCompleted);
        }

        Assert.That(order, Is.EqualTo(new[] { "a1", "b1", "c1", "a2", "b2", "a3" }));
    }

    [Test]
    public async Task A_project_without_a_running_scan_goes_before_one_with_some()
    {
        ScanQueue queue = new(2, long.MaxValue);
        ScanSlot first = await Enter(queue, Busy);
        ScanSlot quiet = await Enter(queue, Quiet);
        Task<ScanSlot> busy = Enter(queue, Busy);
        Task<ScanSlot> third = Enter(queue, Third);
        queue.Leave(quiet);
        await third;
        Assert.That(busy.IsCompleted, Is.False);
        queue.Leave(first);
        await busy;
    }

    [Test]
    public async Task A_slot_is_kept_for_what_rollups_serve()
    {
        ScanQueue queue = new(1, long.MaxValue);
        ScanSlot expensive = await Enter(queue, Busy);
        ScanSlot served = await Enter(queue, Quiet, usesRollups: true);
        Task<ScanSlot> second = Enter(queue, Third, usesRollups: true);
        Assert.That(second.IsCompleted, Is.False);
        queue.Leave(served);
        await second;
        Task<ScanSlot> other = Enter(queue, Third);
        Assert.That(other.IsCompleted, Is.False);
        queue.Leave(expensive);
        await other;
    }

    [Test]
    public async Task One_who_leaves_the_queue_gets_no_slot()
    {
        ScanQueue queue = new(1, long.MaxValue);
        ScanSlot running = await Enter(queue, Busy);
        using CancellationTokenSource leave = new();
        Task<ScanSlot> left = Enter(queue, Busy, cancellationToken: leave.Token);
        Task<ScanSlot> stays = Enter(queue, Busy);
        await leave.CancelAsync();
        Assert.That(async () => await left, Throws.InstanceOf<OperationCanceledException>());
        queue.Leave(running);
        queue.Leave(await stays);
        await Enter(queue, Busy);
    }

    [Test]
    public async Task A_project_that_holds_half_waits_until_some_is_taken_and_others_do_not()
    {
        ScanQueue queue = new(2, 100);
        IDisposable held = queue.Hold(Busy, 50);
        Task<ScanSlot> full = Enter(queue, Busy);
        Task<ScanSlot> served = Enter(queue, Busy, usesRollups: true);
        queue.Leave(await Enter(queue, Quiet));
        Assert.That((full.IsCompleted, served.IsCompleted, queue.IsFull(Busy), queue.IsFull(Quiet)), Is.EqualTo((false, false, true, false)));
        held.Dispose();
        queue.Leave(await full);
        await served;
    }

    [Test]
    public async Task A_scan_that_runs_counts_as_much_as_the_result_before()
    {
        ScanQueue queue = new(3, 100);
        queue.Hold(Busy, 30).Dispose();
        ScanSlot first = await Enter(queue, Busy);
        ScanSlot second = await Enter(queue, Busy);
        Task<ScanSlot> third = Enter(queue, Busy);
        Assert.That(third.IsCompleted, Is.False);
        queue.Leave(second);
        await third;
        queue.Leave(first);
    }

    [Test]
    public async Task When_all_is_held_only_projects_that_hold_nothing_go_on()
    {
        ScanQueue queue = new(3, 100);
        queue.Hold(Busy, 90);
        using IDisposable little = queue.Hold(Quiet, 10);
        Task<ScanSlot> quiet = Enter(queue, Quiet);
        queue.Leave(await Enter(queue, Third));
        Assert.That(quiet.IsCompleted, Is.False);
        little.Dispose();
        await quiet;
    }

    [Test]
    public async Task However_many_come_and_leave_all_get_their_turn_and_no_more_run_than_may()
    {
        ScanQueue queue = new(3, long.MaxValue);
        int running = 0;
        int most = 0;
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(async () =>
        {
            using CancellationTokenSource leave = new();
            Task<ScanSlot> enter = Enter(queue, i % 5, usesRollups: i % 3 == 0, leave.Token);
            if (i % 7 == 0)
            {
                await leave.CancelAsync();
            }

            try
            {
                ScanSlot slot = await enter;
                int now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref running);
                queue.Leave(slot);
            }
            catch (OperationCanceledException) when (i % 7 == 0)
            {
                // It left before its turn.
            }
        })));
        Assert.That(most, Is.InRange(1, 4));
        Task<ScanSlot>[] slots = [.. Enumerable.Range(0, 3).Select(_ => Enter(queue, Busy)), Enter(queue, Busy, usesRollups: true)];
        await Task.WhenAll(slots);
    }

    private static Task<ScanSlot> Enter(ScanQueue queue, long pcode, bool usesRollups = false, CancellationToken cancellationToken = default) =>
        queue.EnterAsync(pcode, usesRollups, cancellationToken).AsTask();

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
