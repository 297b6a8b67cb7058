using NUnit.Framework;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage.Scanning;

/// <summary>Two stores with the same generated transactions, one believed and one tested.</summary>
internal sealed class ComparedStores : IAsyncDisposable
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    private ComparedStores(EmbeddedStoreOptions believed, EmbeddedStoreOptions tested) => (Believed, Tested) = (new(believed), new(tested));

    public StoreUnderTest Believed { get; }

    public StoreUnderTest Tested { get; }

    public static async Task<ComparedStores> FillAsync(EmbeddedStoreOptions believed, EmbeddedStoreOptions tested, Func<EmbeddedStore, Task> fill)
    {
        ComparedStores stores = new(believed, tested);
        await fill(stores.Believed.Store);
        await fill(stores.Tested.Store);
        return stores;
    }

    /// <summary>A query with every kind of measure over raw samples.</summary>
    /// <param name="window">Length of a window in ms; 0 for none.</param>
    /// <param name="by">Fields to group by, separated by commas.</param>
    public static SampleQuery Query(long window, string by)
    {
        int elapsed = _schema.Ordinal("elapsed");
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
                new(MeasureKind.SumOfSquares, elapsed), new(MeasureKind.Sketch, elapsed), new(MeasureKind.Max, KindSchema.Time),
                new(MeasureKind.Count, Condition: RowCondition.Failed), new(MeasureKind.Latest, _schema.Ordinal("remote_ip")),
                new(MeasureKind.Set, KindSchema.Oid),
            ],
            UseRollups = false,
        };
    }

    /// <summary>Both must give the same; returns how many rows.</summary>
    public async Task<int> AssertSameAsync(SampleQuery query)
    {
        using QueryResult expected = await Believed.Store.QueryAsync(query, CancellationToken.None);
        using QueryResult found = await Tested.Store.QueryAsync(query, CancellationToken.None);
        Assert.That(ResultLines.Of(query, found), Is.EqualTo(ResultLines.Of(query, expected)));
        return expected.RowCount;
    }

    public async ValueTask DisposeAsync()
    {
        await Believed.DisposeAsync();
        await Tested.DisposeAsync();
    }
}
