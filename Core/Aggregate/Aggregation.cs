using System.Buffers;
using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Measures;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate;

/// <summary>
/// Turns columns into the groups and measures of a query, alike over the head, over blocks and over rows from elsewhere. The result does not
/// depend on how samples are split over chunks, blocks, rollups and partial aggregations, nor on their order. Not thread safe: blocks that are
/// scanned side by side get an aggregation each, which are merged.
/// </summary>
public sealed class Aggregation
{
    private readonly SampleQuery _query;
    private readonly KindSchema _schema;
    private readonly HashAggregatorPool? _pool;
    private readonly HashAggregator _grouped;
    private readonly RowFilter[] _filters;
    private readonly CancellationToken _cancellationToken;
    private long _rowsRead;
    private bool _usedRollup;
    private bool _usedRaw;

    public Aggregation(SampleQuery query, CancellationToken cancellationToken = default)
        : this(query, pool: null, cancellationToken)
    {
    }

    /// <param name="query">The query.</param>
    /// <param name="pool">Where memory comes from and goes back to when the result is disposed; null for memory of its own.</param>
    /// <param name="cancellationToken">Of the caller, who may leave.</param>
    internal Aggregation(SampleQuery query, HashAggregatorPool? pool, CancellationToken cancellationToken)
    {
        _query = query;
        _cancellationToken = cancellationToken;
        _schema = SampleSchema.Of(query.Kind);
        _filters = new RowFilter[query.Filters.Length];
        for (int i = 0; i < _filters.Length; i++)
        {
            _filters[i] = RowFilter.Of(_schema, query.Filters[i]);
        }

        _pool = pool;
        _grouped = pool?.Rent(query) ?? HashAggregator.Of(query);
    }

    /// <summary>
    /// Whether rollups hold what the query asks, apart from the parts of five minutes at the ends of its range and from what is in no block yet.
    /// </summary>
    public static bool IsServedByRollups(SampleQuery query)
    {
        KindSchema schema = SampleSchema.Of(query.Kind);
        return query.UseRollups && RollupBuilder.LengthOf(RollupLevel.FiveMinutes) is var shortest
            && query.WindowMilliseconds % shortest == 0 && query.WindowOffsetMilliseconds % shortest == 0
            && schema.Rollups.Any(spec => RollupMatch.Fits(schema, spec, query));
    }

    /// <summary>Adds the rows with a time in <paramref name="range"/> (the query's own range is for the caller to apply).</summary>
    /// <exception cref="QueryLimitException">More rows are read, or groups made, than the query may.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public void Add(IColumnChunk chunk, TimeRange range) => Add(chunk, 0, chunk.RowCount, range);

    /// <summary>Adds those of the rows <c>[firstRow, endRow)</c> that have a time in <paramref name="range"/>.</summary>
    public void Add(IColumnChunk chunk, int firstRow, int endRow, TimeRange range)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (!range.Overlaps(chunk.FirstTime, chunk.LastTime))
        {
            return;
        }

        if (_filters.Length > 0)
        {
            AddFiltered(chunk, firstRow, endRow, range);
        }
        else
        {
            for (int first = firstRow; first < endRow; first += SelectionVector.Capacity)
            {
                Select(chunk, first, endRow, range);
                _grouped.Add(chunk);
                CheckGroups();
            }
        }

        _grouped.LeaveChunk();
    }

    /// <summary>
    /// Adds what a block's rollups know of <paramref name="range"/>, the coarsest that fits first, and appends to <paramref name="rest"/> the
    /// ranges whose samples must be read one by one: ascending, disjoint, and together with the rollups' buckets exactly the block's samples
    /// in the range. Where no rollup fits the query that is the whole range (of the times that the block has).
    /// </summary>
    /// <exception cref="QueryLimitException">More groups are made than the query may.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public void AddRollups(IRollupSource source, TimeRange range, List<TimeRange> rest)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        List<TimeRange> ranges = [range.Intersect(new TimeRange(source.FirstTime, source.LastTime + 1))];
        if (ranges[0].IsEmpty)
        {
            return;
        }

        for (int i = 0; i < _schema.Rollups.Length && _query.UseRollups; i++)
        {
            if (!RollupMatch.Fits(_schema, _schema.Rollups[i], _query))
            {
                continue;
            }

            // What one rollup leaves over another may still know.
            List<TimeRange> left = [];
            RollupPlan plan = new(_query, source, i, left, Use);
            foreach (TimeRange open in ranges)
            {
                plan.Cover(open);
            }

            ranges = left;
        }

        rest.AddRange(ranges);
    }

    /// <summary>Adds what another aggregation of the same query has. The other one must not be used any more.</summary>
    /// <exception cref="QueryLimitException">Together they read more rows, or have more groups, than the query may.</exception>
    public void Merge(Aggregation other)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        CountRead(other._rowsRead);
        _usedRollup |= other._usedRollup;
        _usedRaw |= other._usedRaw;
        other._grouped.Close();
        _grouped.Merge(other._grouped);
        other._pool?.Return(_query, other._grouped);
        CheckGroups();
    }

    /// <summary>The sorted rows. The aggregation is used up.</summary>
    public QueryResult Complete()
    {
        _grouped.Finish();
        ResultSource source = (_usedRollup, _usedRaw) switch
        {
            (true, true) => ResultSource.Both,
            (true, false) => ResultSource.Rollup,
            _ => ResultSource.Raw,
        };
        return new AggregatedResult(_query, _grouped, _pool, source, _rowsRead);
    }

    // Rows that the first filter lets pass are found first, so that where they are few only they are read of the other columns.
    private void AddFiltered(IColumnChunk chunk, int firstRow, int endRow, TimeRange range)
    {
        SelectionVector selection = _grouped.Selection;
        int[] passing = ArrayPool<int>.Shared.Rent(Math.Max(0, endRow - firstRow));
        int count = 0;
        for (int first = firstRow; first < endRow; first += SelectionVector.Capacity)
        {
            Select(chunk, first, endRow, range);
            _filters[0].Apply(chunk, selection);
            selection.SelectedRows.CopyTo(passing.AsSpan(count));
            count += selection.Count;
        }

        chunk.Narrow(passing.AsSpan(0, count));
        for (int first = 0; first < count; first += SelectionVector.Capacity)
        {
            selection.SelectRows(passing.AsSpan(first, Math.Min(SelectionVector.Capacity, count - first)));
            foreach (RowFilter filter in _filters.AsSpan(1))
            {
                filter.Apply(chunk, selection);
            }

            _grouped.Add(chunk);
            CheckGroups();
        }

        chunk.Widen();
        ArrayPool<int>.Shared.Return(passing);
    }

    // Selects the next rows that have a time in the range.
    private void Select(IColumnChunk chunk, int firstRow, int endRow, TimeRange range)
    {
        SelectionVector selection = _grouped.Selection;
        selection.SelectRun(firstRow, Math.Min(SelectionVector.Capacity, endRow - firstRow));
        if (!range.Covers(chunk.FirstTime, chunk.LastTime))
        {
            selection.KeepTimes(chunk.Numbers(KindSchema.Time), range.From, range.To);
        }

        CountRead(selection.Count);
    }

    private void Use(Rollup rollup, int[] measures, RollupBucket bucket)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        _usedRollup = true;
        Accumulator[] states = new Accumulator[measures.Length];
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = rollup.States[measures[i]];
        }

        SelectionVector selection = _grouped.Selection;
        int end = bucket.FirstRow + bucket.RowCount;
        for (int first = bucket.FirstRow; first < end; first += SelectionVector.Capacity)
        {
            selection.SelectRun(first, Math.Min(SelectionVector.Capacity, end - first));
            for (int i = 0; i < _filters.Length; i++)
            {
                if (!RollupMatch.IsImplied(rollup.Spec, _query.Filters[i]))
                {
                    _filters[i].Apply(rollup.Keys, selection);
                }
            }

            _grouped.Merge(rollup.Keys, states);
            CheckGroups();
        }

        _grouped.LeaveChunk();
    }

    private void CountRead(long rows)
    {
        _usedRaw |= rows > 0;
        _rowsRead += rows;
        if (_rowsRead > _query.MaxRows)
        {
            throw new QueryLimitException("Query:MaxRows", _query.MaxRows);
        }
    }

    private void CheckGroups()
    {
        if (_grouped.Groups.Count > _query.MaxGroups)
        {
            throw new QueryLimitException("Query:MaxGroups", _query.MaxGroups);
        }

        if (_grouped.AllocatedBytes > _query.MaxBytes)
        {
            throw new QueryLimitException("Query:MaxResultBytes", _query.MaxBytes);
        }
    }
}
