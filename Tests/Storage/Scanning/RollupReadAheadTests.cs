using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Scanning;

[TestFixture]
public sealed class RollupReadAheadTests
{
    private const long Start = 1_674_950_400_000;

    private static readonly SampleQuery _byService = StoreResults.ByService(1, TimeRange.All);

    [Test]
    public async Task The_first_query_of_what_was_read_ahead_reads_no_file()
    {
        await using StoreUnderTest test = await SealedAsync();
        await using EmbeddedStore store = test.Open();
        store.ReadAhead(CancellationToken.None);
        test.Disk.Fail(FileOperation.Read, times: int.MaxValue);
        Assert.That(await StoreResults.OfAsync(store, _byService), Is.EqualTo(StoreResults.Expected(test.Rows, _byService)));
    }

    [Test]
    public async Task Without_it_the_first_query_reads()
    {
        await using StoreUnderTest test = await SealedAsync();
        await using EmbeddedStore store = test.Open();
        test.Disk.Fail(FileOperation.Read, times: int.MaxValue);
        Assert.That(async () => await StoreResults.OfAsync(store, _byService), Throws.InstanceOf<IOException>());
    }

    [Test]
    public async Task A_disk_that_fails_is_left_for_the_query_that_needs_it()
    {
        await using StoreUnderTest test = await SealedAsync();
        await using EmbeddedStore store = test.Open();
        test.Disk.Fail(FileOperation.Read, times: 1);
        Assert.DoesNotThrow(() => store.ReadAhead(CancellationToken.None));
        Assert.That(await StoreResults.OfAsync(store, _byService), Is.EqualTo(StoreResults.Expected(test.Rows, _byService)));
    }

    [Test]
    public async Task A_store_without_blocks_has_nothing_to_read()
    {
        await using StoreUnderTest test = new();
        Assert.DoesNotThrow(() => test.Store.ReadAhead(CancellationToken.None));
    }

    private static async Task<StoreUnderTest> SealedAsync()
    {
        StoreUnderTest test = new();
        await test.WriteAsync(RowGenerator.Transactions(1, 500, 1_000, Start));
        await test.Store.SealAsync();
        return test;
    }
}
