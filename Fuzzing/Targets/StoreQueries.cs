using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>Queries that read every part of a store.</summary>
internal static class StoreQueries
{
    /// <summary>How many samples of a kind there are.</summary>
    public static QueryResult Count(EmbeddedStore store, KindSchema schema) => Run(store, new SampleQuery
    {
        Pcode = BuiltBatch.Pcode,
        Kind = schema.Kind,
        Range = TimeRange.All,
        Measures = [new Measure(MeasureKind.Count)],
    });

    /// <summary>
    /// Reads rollups, every column, filters of texts and the ids of alerts. What is damaged is told so; each query goes on after another's damage.
    /// </summary>
    public static void RunAll(EmbeddedStore store, KindSchema schema)
    {
        Ignore(() => Count(store, schema).Dispose());
        foreach (RollupSpec rollup in schema.Rollups)
        {
            SampleQuery query = new()
            {
                Pcode = BuiltBatch.Pcode,
                Kind = schema.Kind,
                Range = TimeRange.All,
                GroupBy = [.. rollup.Keys.Select(field => new GroupField(field))],
                Measures = rollup.Measures,
            };
            Ignore(() => Run(store, query).Dispose());
            Ignore(() => Run(store, query with { UseRollups = false, WindowMilliseconds = 60_000 }).Dispose());
        }

        ImmutableArray<int> all = [.. Enumerable.Range(0, schema.Fields.Length)];
        ListQuery list = new() { Pcode = BuiltBatch.Pcode, Kind = schema.Kind, Range = TimeRange.All, Fields = all, Limit = 1_000 };
        Ignore(() => store.ListAsync(list, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        foreach (Field field in schema.Fields.Where(field => field.IsText))
        {
            Filter filter = Filter.OfTexts(field.Ordinal, FilterOperator.AnyOf, "/cart");
            Ignore(() => store.ListAsync(list with { Filters = [filter] }, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        }

        Ignore(() => store.HasAlert(BuiltBatch.Pcode, Guid.Empty));
    }

    private static QueryResult Run(EmbeddedStore store, SampleQuery query) => store.QueryAsync(query, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static void Ignore(Action query)
    {
        try
        {
            query();
        }
        catch (DamagedFileException)
        {
            // What the store is to say of a block that it can't read.
        }
    }
}
