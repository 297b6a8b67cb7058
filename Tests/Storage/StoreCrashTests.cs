using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage;

/// <summary>Every call to the disk that a seal and a compaction make is made to fail once; then the process or the power ends.</summary>
[TestFixture]
public sealed class StoreCrashTests
{
    private const long Start = 1_674_950_400_000;

    private static readonly FileOperation[] _operations =
        [FileOperation.Create, FileOperation.Open, FileOperation.Read, FileOperation.Write, FileOperation.Flush, FileOperation.Move,
            FileOperation.FlushDirectory, FileOperation.Delete];

    [Test]
    public async Task A_seal_cut_at_any_call_loses_and_doubles_nothing([ValueSource(nameof(_operations))] FileOperation operation) =>
        await CutEverywhereAsync(operation, store => store.SealAsync());

    [Test]
    public async Task A_compaction_cut_at_any_call_loses_and_doubles_nothing([ValueSource(nameof(_operations))] FileOperation operation) =>
        await CutEverywhereAsync(operation, async store =>
        {
            await store.SealAsync();
            await store.CompactAsync();
        });

    [Test]
    public async Task A_seal_that_failed_at_any_call_is_made_good_by_the_next([ValueSource(nameof(_operations))] FileOperation operation)
    {
        for (int skip = 0; ; skip++)
        {
            await using StoreUnderTest test = await HalfSealedAsync();
            test.Disk.Fail(operation, skip);
            bool failed = await FailsAsync(test.Store, store => store.SealAsync());
            test.Disk.Heal();
            await AssertWholeAsync(test);
            await test.Store.SealAsync();
            await AssertWholeAsync(test);
            Assert.That(test.BlockFiles.Count(), Is.EqualTo(test.Store.BlockCount), "No file is left over.");
            await test.KillAndReplayAsync();
            await AssertWholeAsync(test);
            if (!failed)
            {
                return;
            }
        }
    }

    private static async Task CutEverywhereAsync(FileOperation operation, Func<EmbeddedStore, Task> work)
    {
        for (int skip = 0; ; skip++)
        {
            bool failed = false;
            foreach (bool power in new[] { false, true })
            {
                await using StoreUnderTest test = await HalfSealedAsync();
                test.Disk.Fail(operation, skip);
                failed = await FailsAsync(test.Store, work);
                if (power)
                {
                    await test.CutPowerAndReplayAsync(new Random(skip));
                }
                else
                {
                    await test.KillAndReplayAsync();
                }

                await AssertWholeAsync(test);
            }

            if (!failed)
            {
                return;
            }
        }
    }

    private static async Task<StoreUnderTest> HalfSealedAsync()
    {
        StoreUnderTest test = new();
        await test.WriteAsync(RowGenerator.Transactions(1, 60, 100_000, Start));
        await test.WriteAlertAsync(1, Guid.Parse("11111111-2222-3333-4444-555555555555"), Start);
        await test.Store.SealAsync();
        await test.WriteAsync(RowGenerator.Transactions(2, 60, 100_000, Start));
        await test.WriteAsync(RowGenerator.Transactions(3, 20, 100_000, Start, pcode: 2));
        return test;
    }

    private static async Task<bool> FailsAsync(EmbeddedStore store, Func<EmbeddedStore, Task> work)
    {
        try
        {
            await work(store);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task AssertWholeAsync(StoreUnderTest test)
    {
        foreach (SampleQuery query in new[] { StoreResults.ByService(1, TimeRange.All), StoreResults.ByTxid(2, TimeRange.All) })
        {
            Assert.That(await StoreResults.OfAsync(test.Store, query), Is.EqualTo(StoreResults.Expected(test.Rows, query)));
        }
    }
}
