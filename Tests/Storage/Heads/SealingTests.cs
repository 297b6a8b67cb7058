using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Heads;

[TestFixture]
public sealed class SealingTests
{
    private const long Start = 1_674_950_400_000;

    [Test]
    public async Task Stored_through_moves_with_the_seal_only()
    {
        await using StoreUnderTest test = new();
        await test.WriteAsync(Row.Transaction(1, Start, "a", 1));
        Assert.That(test.Store.StoredThrough, Is.EqualTo(LogPosition.Start));
        await test.Store.SealAsync();
        Assert.That(test.Store.StoredThrough, Is.EqualTo(test.End));
    }

    [Test]
    public async Task A_batch_that_is_stored_already_is_left_out()
    {
        await using StoreUnderTest test = new();
        Row[] rows = [Row.Transaction(1, Start, "a", 1)];
        await test.WriteAsync(rows);
        await test.Store.SealAsync();
        await test.Store.WriteAsync(Row.BatchOf(rows, 0), test.End, CancellationToken.None);
        Assert.That(await StoreResults.OfAsync(test.Store, StoreResults.ByService(1, TimeRange.All)), Is.EqualTo("0 =a n=1 sum=1 min=1 max=1 errors=0"));
    }

    [Test]
    public async Task The_greatest_sequence_number_survives_a_restart()
    {
        await using StoreUnderTest test = new();
        await test.WriteAsync(RowGenerator.Transactions(1, 40, 1_000, Start));
        await test.Store.SealAsync();
        await using EmbeddedStore reopened = test.Open();
        Assert.That(reopened.GreatestNumber, Is.EqualTo(39));
    }

    [Test]
    public async Task A_full_head_is_sealed_in_the_background()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { HeadRows = 100 });
        using CancellationTokenSource stop = new();
        Task running = test.Store.RunAsync(stop.Token);
        for (int batch = 0; batch < 20; batch++)
        {
            await test.WriteAsync(RowGenerator.Transactions(batch, 60, 10_000, Start));
        }

        await Eventually.IsTrueAsync(() => test.Store.StoredThrough == test.End);
        await stop.CancelAsync();
        await running;
        Assert.That(await StoreResults.OfAsync(test.Store, StoreResults.ByService(1, TimeRange.All)),
            Is.EqualTo(StoreResults.Expected(test.Rows, StoreResults.ByService(1, TimeRange.All))));
    }

    [Test]
    public async Task An_old_head_is_sealed_in_the_background()
    {
        await using StoreUnderTest test = new();
        using CancellationTokenSource stop = new();
        Task running = test.Store.RunAsync(stop.Token);
        await test.WriteAsync(Row.Transaction(1, Start, "a", 1));
        test.Clock.Advance(TimeSpan.FromMinutes(10));
        await Eventually.IsTrueAsync(() => test.Store.StoredThrough == test.End);
        await stop.CancelAsync();
        await running;
        Assert.That(test.Store.BlockCount, Is.EqualTo(1));
    }

    [Test]
    public async Task Writing_waits_while_too_many_heads_wait_for_their_seal()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { HeadRows = 1, MaxFrozenHeads = 2 });
        test.Disk.Fail(FileOperation.Create, times: int.MaxValue);
        Row[] row = [Row.Transaction(1, Start, "a", 1)];
        await test.WriteAsync(row);
        await test.WriteAsync(row);
        await test.WriteAsync(row);
        ValueTask waiting = test.Store.WriteAsync(Row.BatchOf(row, 3), new LogPosition(4), CancellationToken.None);
        Assert.That(waiting.IsCompleted, Is.False);
        test.Disk.Heal();
        await test.Store.SealAsync();
        await waiting;
        Assert.That(await StoreResults.OfAsync(test.Store, StoreResults.ByService(1, TimeRange.All)), Is.EqualTo("0 =a n=4 sum=4 min=1 max=1 errors=0"));
    }

    [Test]
    public async Task A_failed_seal_keeps_the_samples_and_is_tried_again()
    {
        await using StoreUnderTest test = new();
        using CancellationTokenSource stop = new();
        await test.WriteAsync(Row.Transaction(1, Start, "a", 1));
        test.Disk.Fail(FileOperation.Flush, times: 1);
        Task running = test.Store.RunAsync(stop.Token);
        test.Clock.Advance(TimeSpan.FromMinutes(10));
        await Eventually.IsTrueAsync(() => test.Store.SealFailing);
        Assert.That(await StoreResults.OfAsync(test.Store, StoreResults.ByService(1, TimeRange.All)), Is.EqualTo("0 =a n=1 sum=1 min=1 max=1 errors=0"));
        await Eventually.IsTrueAsync(() =>
        {
            test.Clock.Advance(TimeSpan.FromSeconds(1));
            return test.Store.StoredThrough == test.End;
        });
        await stop.CancelAsync();
        await running;
        Assert.That(test.Store.BlockCount, Is.EqualTo(1));
    }

    [Test]
    public async Task Applying_a_batch_asks_nothing_of_the_disk()
    {
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { HeadRows = 10 });
        int calls = test.Disk.Calls.Count;
        await test.WriteAsync(RowGenerator.Transactions(1, 20, 1_000, Start));
        Assert.That(test.Disk.Calls, Has.Count.EqualTo(calls));
    }

    [Test]
    public async Task Counts_never_fall_nor_double_while_heads_are_sealed_and_blocks_merged()
    {
        const int Batches = 300;
        await using StoreUnderTest test = new(new EmbeddedStoreOptions { HeadRows = 500 });
        using CancellationTokenSource stop = new();
        Task sealing = test.Store.RunAsync(stop.Token);
        long written = 0;
        Task writing = Task.Run(async () =>
        {
            for (int batch = 0; batch < Batches; batch++)
            {
                await test.WriteAsync(RowGenerator.Transactions(batch, 50, 100_000, Start));
                Volatile.Write(ref written, (batch + 1) * 50);
            }
        });
        Task merging = Task.Run(async () =>
        {
            while (!writing.IsCompleted)
            {
                await test.Store.CompactAsync();
                await Task.Yield();
            }
        });
        SampleQuery query = StoreResults.ByService(1, TimeRange.All) with { GroupBy = [] };
        while (!writing.IsCompleted)
        {
            long before = Volatile.Read(ref written);
            QueryResult result = await test.Store.QueryAsync(query, CancellationToken.None);
            long counted = result.RowCount == 0 ? 0 : result.Count(0, 0);
            Assert.That(counted, Is.InRange(before, Volatile.Read(ref written) + 50));
        }

        await writing;
        await merging;
        await stop.CancelAsync();
        await sealing;
        QueryResult last = await test.Store.QueryAsync(query, CancellationToken.None);
        Assert.That(last.Count(0, 0), Is.EqualTo(Batches * 50));
    }
}
