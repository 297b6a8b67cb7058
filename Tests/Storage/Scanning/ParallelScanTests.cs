using NUnit.Framework;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;

namespace TimeSeries.Tests.Storage.Scanning;

/// <summary>Threads that share a scan give the result that one alone gives.</summary>
internal sealed class ParallelScanTests
{
    private ComparedStores _stores = null!;

    private EmbeddedStore Shared => _stores.Tested.Store;

    [OneTimeSetUp]
    public async Task FillAsync() => _stores = await ComparedStores.FillAsync(
        new EmbeddedStoreOptions { ScanParallelism = 1 }, new EmbeddedStoreOptions { ScanParallelism = 4 }, async store =>
    {
        // Two blocks that overlap, and a head.
        for (int batch = 1; batch <= 9; batch++)
        {
            ValidBatch rows = GeneratedBatch.Make(Kind.Transaction, 30_000, batch, shiftMilliseconds: batch % 5 * 700);
            await store.WriteAsync(rows, new LogPosition(batch), CancellationToken.None);
            if (batch % 4 == 0)
            {
                await store.SealAsync();
            }
        }
    });

    [OneTimeTearDown]
    public async Task RemoveAsync() => await _stores.DisposeAsync();

    [Test]
    public async Task Results_are_those_of_one_thread([Values(0, 1_000)] long window,
        [Values("", "service", "user_id", "service,method,status")] string by, [Values] bool filtered)
    {
        Filter get = Filter.OfTexts(SampleSchema.Of(Kind.Transaction).Ordinal("method"), FilterOperator.AnyOf, "GET");
        await _stores.AssertSameAsync(Query(window, by) with { Filters = filtered ? [get] : [] });
    }

    [Test]
    public void A_limit_that_one_of_the_threads_meets_is_the_scans() => Assert.That(
        async () => await Shared.QueryAsync(Query(window: 0, "user_id") with { MaxGroups = 1_000 }, CancellationToken.None),
        Throws.TypeOf<QueryLimitException>());

    [Test]
    public void Rows_of_all_threads_count_together()
    {
        SampleQuery query = Query(window: 0, "") with { MaxRows = 269_999 };

        Assert.That(async () => await Shared.QueryAsync(query, CancellationToken.None), Throws.TypeOf<QueryLimitException>());
        Assert.That(async () => await Shared.QueryAsync(query with { MaxRows = 270_000 }, CancellationToken.None), Throws.Nothing);
    }

    private static SampleQuery Query(long window, string by) => ComparedStores.Query(window, by) with
    {
        Order = [new OrderTerm(OrderBy.Measure, 0) { Descending = true }],
        Limit = 500,
    };
}
