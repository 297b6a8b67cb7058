using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Compaction;
using TimeSeries.Core.Storage.Embedded.Maintenance;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Maintenance;

/// <summary>Calls the steps of the background work by hand: no loop runs, and time moves only when a test moves it.</summary>
[TestFixture]
public sealed class StoreMaintenanceTests
{
    private static readonly TimeSpan _ageCheck = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _mergeInterval = TimeSpan.FromSeconds(10);

    [Test]
    public async Task A_step_seals_one_full_head()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { HeadRows = 2, MaxFrozenHeads = 2 });
        await WriteRowsAsync(test, 4);
        Assert.That(Seal(test), Is.EqualTo(MaintenanceStep.Done));
        Assert.That(test.Store.StoredThrough, Is.EqualTo(new LogPosition(2)));
        Assert.That(Seal(test), Is.EqualTo(MaintenanceStep.Done));
        Assert.That(test.Store.StoredThrough, Is.EqualTo(test.End));
        Assert.That(Seal(test), Is.EqualTo(MaintenanceStep.Idle(_ageCheck)));
    }

    [Test]
    public async Task A_step_seals_a_head_once_it_is_old()
    {
        await using StoreUnderTest test = new();
        await WriteRowsAsync(test, 1);
        test.Clock.Advance(test.Options.HeadAge - TimeSpan.FromMilliseconds(1));
        Assert.That(Seal(test), Is.EqualTo(MaintenanceStep.Idle(_ageCheck)), "too young");
        test.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(Seal(test), Is.EqualTo(MaintenanceStep.Done));
        Assert.That(test.Store.StoredThrough, Is.EqualTo(test.End));
    }

    [Test]
    public async Task A_failed_seal_is_tried_again_every_second_until_it_works()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { HeadRows = 1 });
        await WriteRowsAsync(test, 1);
        test.Disk.Fail(FileOperation.Create, times: 7);
        MaintenanceStep[] steps = [.. Enumerable.Range(0, 7).Select(_ => Seal(test))];
        Assert.That(steps, Is.All.EqualTo(MaintenanceStep.Failed(TimeSpan.FromSeconds(1))));
        Assert.That(test.Store.SealFailing, Is.True);
        Assert.That(Seal(test), Is.EqualTo(MaintenanceStep.Done));
        Assert.That(test.Store.SealFailing, Is.False);
    }

    [Test]
    public async Task A_round_retains_and_then_merges_until_no_merge_is_worth_it()
    {
        await using StoreUnderTest test = new();
        await WriteBlocksAsync(test, 2 * CompactionPlan.Fan);
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Done), "retention");
        Assert.That(test.Store.BlockCount, Is.EqualTo(2 * CompactionPlan.Fan));
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Done), "a merge");
        Assert.That(test.Store.BlockCount, Is.EqualTo(CompactionPlan.Fan + 1));
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Done), "another merge");
        Assert.That(test.Store.BlockCount, Is.EqualTo(2));
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Idle(_mergeInterval)));
        Assert.That(await StoreResults.OfAsync(test.Store, StoreResults.ByService(1, TimeRange.All)), Is.EqualTo("0 =a n=16 sum=16 min=1 max=1 errors=0"));
    }

    [Test]
    public async Task No_merge_begins_while_a_head_waits_for_its_seal()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { HeadRows = 1 });
        await WriteBlocksAsync(test, CompactionPlan.Fan);
        await WriteRowsAsync(test, 1);
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Done), "retention");
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Idle(_mergeInterval)));
        Assert.That(test.Store.BlockCount, Is.EqualTo(CompactionPlan.Fan));
    }

    [Test]
    public async Task A_failed_merge_ends_the_round()
    {
        await using StoreUnderTest test = new();
        await WriteBlocksAsync(test, CompactionPlan.Fan);
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Done), "retention");
        test.Disk.Fail(FileOperation.Create, times: 1);
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Failed(_mergeInterval)));
        Assert.That(test.Store.BlockCount, Is.EqualTo(CompactionPlan.Fan));
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Done), "retention of the next round");
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Done), "the merge");
        Assert.That(test.Store.BlockCount, Is.EqualTo(1));
    }

    [Test]
    public async Task The_first_step_of_a_round_deletes_what_is_too_old()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { Retention = _ => TimeSpan.FromDays(1) });
        await WriteBlocksAsync(test, 1);
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Done));
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Idle(_mergeInterval)));
        Assert.That(test.Store.BlockCount, Is.EqualTo(1), "too young");
        test.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(1));
        Assert.That(Compact(test), Is.EqualTo(MaintenanceStep.Done));
        Assert.That(test.Store.BlockCount, Is.Zero);
    }

    [Test]
    public async Task A_cancelled_step_throws_and_changes_nothing()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { HeadRows = 1 });
        await WriteRowsAsync(test, 1);
        using CancellationTokenSource stop = new();
        await stop.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => test.Store.Maintenance.SealNext(stop.Token));
        Assert.Throws<OperationCanceledException>(() => test.Store.Maintenance.CompactNext(stop.Token));
        Assert.That(test.Store.BlockCount, Is.Zero);
        Assert.That(test.Store.SealFailing, Is.False);
    }

    private static MaintenanceStep Seal(StoreUnderTest test) => test.Store.Maintenance.SealNext(CancellationToken.None);

    private static MaintenanceStep Compact(StoreUnderTest test) => test.Store.Maintenance.CompactNext(CancellationToken.None);

    private static async Task WriteRowsAsync(StoreUnderTest test, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await test.WriteAsync(Row.Transaction(1, test.Now, "a", 1));
        }
    }

    private static async Task WriteBlocksAsync(StoreUnderTest test, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await WriteRowsAsync(test, 1);
            await test.Store.SealAsync();
        }
    }
}
