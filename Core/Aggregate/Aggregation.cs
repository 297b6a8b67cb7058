using TimeSeries.Core.Model;

namespace TimeSeries.Core.Aggregate;

/// <summary>
/// Turns columns into the groups and measures of a query, alike over the head, over blocks and over rows from elsewhere. The answer does not
/// depend on how samples are split over chunks, blocks, rollups and partial aggregations, nor on their order. Not thread safe: blocks that are
/// scanned side by side get an aggregation each, which are merged.
/// </summary>
public sealed class Aggregation
{
    public Aggregation(SampleQuery query, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Adds the rows with a time in <paramref name="range"/> (the query's own range is for the caller to apply).</summary>
    /// <exception cref="QueryLimitException">More rows are read, or groups made, than the query may.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public void Add(IColumnChunk chunk, TimeRange range) => Add(chunk, 0, chunk.RowCount, range);

    /// <summary>Adds those of the rows <c>[firstRow, endRow)</c> that have a time in <paramref name="range"/>.</summary>
    public void Add(IColumnChunk chunk, int firstRow, int endRow, TimeRange range) => throw new NotImplementedException();

    /// <summary>
    /// Adds what a block's rollups know of <paramref name="range"/>, the coarsest that fits first, and appends to <paramref name="rest"/> the
    /// ranges whose samples must be read one by one: ascending, disjoint, and together with the rollups' buckets exactly the block's samples
    /// in the range. Where no rollup fits the query that is the whole range (of the times that the block has).
    /// </summary>
    public void AddRollups(IRollupSource source, TimeRange range, List<TimeRange> rest) => throw new NotImplementedException();

    /// <summary>Adds what another aggregation of the same query has. The other one is left as it is and must not be used any more.</summary>
    public void Merge(Aggregation other) => throw new NotImplementedException();

    /// <summary>The sorted rows. The aggregation is used up.</summary>
    public QueryResult Complete() => throw new NotImplementedException();
}
