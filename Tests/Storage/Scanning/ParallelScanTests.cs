using System.Collections.Immutable;
using NUnit.Framework;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Tests.Aggregate;

namespace TimeSeries.Tests.Storage.Scanning;

/// <summary>Threads that share a scan give the answer that one alone gives.</summary>
internal sealed class ParallelScanTests
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    private StoreUnderTest _alone = null!;
    private StoreUnderTest _shared = null!;

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        _alone = new StoreUnderTest(new EmbeddedStoreOptions { ScanParallelism = 1 });
        _shared = new StoreUnderTest(new EmbeddedStoreOptions { ScanParallelism = 4 });
        foreach (StoreUnderTest under in new[] { _alone, _shared })
        {
            // Two blocks that overlap, and a head.
            for (int batch = 1; batch <= 9; batch++)
            {
                ValidBatch rows = GeneratedBatch.Make(Kind.Transaction, 30_000, batch, shiftMilliseconds: batch % 5 * 700);
                await under.Store.WriteAsync(rows, new LogPosition(batch), CancellationToken.None);
                if (batch % 4 == 0)
                {
                    await under.Store.SealAsync();
                }
            }
        }
    }

    [OneTimeTearDown]
    public async Task RemoveAsync()
    {
        await _alone.DisposeAsync();
        await _shared.DisposeAsync();
    }

    [Test]
    public async Task Answers_are_those_of_one_thread([Values(0, 1_000)] long window, [Values("", "service", "user_id", "service,method,status")] string by, [Values] bool filtered)
    {
        SampleQuery query = Query(window, by, filtered);

        using QueryResult alone = await _alone.Store.QueryAsync(query, CancellationToken.None);
        using QueryResult shared = await _shared.Store.QueryAsync(query, CancellationToken.None);

        Assert.That(ResultLines.Of(query, shared), Is.EqualTo(ResultLines.Of(query, alone)));
        Assert.That(shared.TotalGroups, Is.EqualTo(alone.TotalGroups));
    }

    [Test]
    public void A_limit_that_one_of_the_threads_meets_is_the_scans()
    {
        SampleQuery query = Query(window: 0, "user_id", filtered: false) with { MaxGroups = 1_000 };

        Assert.That(async () => await _shared.Store.QueryAsync(query, CancellationToken.None), Throws.TypeOf<QueryLimitException>());
    }

    [Test]
    public void Rows_of_all_threads_count_together()
    {
        SampleQuery query = Query(window: 0, "", filtered: false) with { MaxRows = 269_999 };

        Assert.That(async () => await _shared.Store.QueryAsync(query, CancellationToken.None), Throws.TypeOf<QueryLimitException>());
        Assert.That(async () => await _shared.Store.QueryAsync(query with { MaxRows = 270_000 }, CancellationToken.None), Throws.Nothing);
    }

    private static SampleQuery Query(long window, string by, bool filtered)
    {
        int elapsed = _schema.Ordinal("elapsed");
        ImmutableArray<Filter> filters = filtered ? [Filter.OfTexts(_schema.Ordinal("method"), FilterOperator.AnyOf, "GET")] : [];
        return new SampleQuery
        {
            Pcode = GeneratedBatch.Pcode,
            Kind = Kind.Transaction,
            Range = TimeRange.All,
            WindowMilliseconds = window,
            GroupBy = [.. by.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => new GroupField(_schema.Ordinal(name)))],
            Measures =
            [
                new(MeasureKind.Count), new(MeasureKind.Sum, elapsed), new(MeasureKind.Min, elapsed), new(MeasureKind.Max, elapsed),
                new(MeasureKind.SumOfSquares, elapsed), new(MeasureKind.Sketch, elapsed), new(MeasureKind.Count, Condition: RowCondition.Failed),
                new(MeasureKind.Latest, _schema.Ordinal("remote_ip")), new(MeasureKind.Set, KindSchema.Oid),
            ],
            Filters = filters,
            Order = [new OrderTerm(OrderBy.Measure, 0) { Descending = true }],
            Limit = 500,
            UseRollups = false,
        };
    }
}
