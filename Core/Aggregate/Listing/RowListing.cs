using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Listing;

/// <summary>
/// Finds the samples that a <see cref="ListQuery"/> wants in chunks of any source: counts them, or hands them to the choice of the page's rows.
/// Not thread safe.
/// </summary>
internal sealed class RowListing
{
    private readonly ListQuery _query;
    private readonly TimeRange _range;
    private readonly TimeRange _behind;
    private readonly ulong _node;
    private readonly CancellationToken _cancellationToken;
    private readonly RowFilter[] _filters;
    private readonly ListedOrder _order;
    private readonly SelectionVector _selection = new();
    private readonly int _id;
    private long _rowsRead;

    /// <param name="query">The query.</param>
    /// <param name="range">The part of its range whose samples are not too old.</param>
    /// <param name="node">The node of rows whose chunk names none.</param>
    /// <param name="cancellationToken">Whether the caller left.</param>
    /// <param name="others">What rows must pass in addition to the query's filters.</param>
    public RowListing(ListQuery query, TimeRange range, ulong node, CancellationToken cancellationToken, params ReadOnlySpan<RowFilter> others)
    {
        if (query.Order == ListOrder.ById && (query.After is not null || query.Kind != Kind.Alert))
        {
            throw new ArgumentException("Only alerts are ordered by id, and not from a place on.", nameof(query));
        }

        _query = query;
        _range = range;
        _behind = query.After is { Time: < long.MaxValue } after ? range with { To = Math.Min(range.To, after.Time + 1) } : range;
        _node = node;
        _cancellationToken = cancellationToken;
        _order = new ListedOrder(query.Order);
        KindSchema schema = SampleSchema.Of(query.Kind);
        _id = query.Order == ListOrder.ById ? schema.Ordinal("id") : -1;
        _filters = new RowFilter[query.Filters.Length + others.Length];
        others.CopyTo(_filters.AsSpan(query.Filters.Length));
        for (int i = 0; i < query.Filters.Length; i++)
        {
            _filters[i] = RowFilter.Of(schema, query.Filters[i]);
        }
    }

    /// <summary>The times of samples that may be on the page: those of the range that are not before the cursor.</summary>
    public TimeRange Listed => _behind;

    /// <summary>
    /// What <see cref="Count"/> gives for so many rows between two times, when it can be told without reading them; else null.
    /// </summary>
    public (long Matching, long Listed)? CountUnread(long rows, long firstTime, long lastTime)
    {
        if (_filters.Length > 0 || !_range.Covers(firstTime, lastTime))
        {
            return null;
        }

        return _query.After is not { } after || lastTime < after.Time ? (rows, rows) : firstTime > after.Time ? (rows, 0) : null;
    }

    /// <summary>Counts the rows of a chunk that are in the range and pass the filters, and those of them that come after the cursor.</summary>
    /// <exception cref="QueryLimitException">More rows are read than the query may.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public (long Matching, long Listed) Count(IIdentifiedChunk chunk)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        CountRead(chunk.RowCount);
        bool isCovered = _range.Covers(chunk.FirstTime, chunk.LastTime);
        long matching = 0;
        long listed = 0;
        for (int first = 0; first < chunk.RowCount; first += SelectionVector.Capacity)
        {
            _selection.SelectRun(first, Math.Min(SelectionVector.Capacity, chunk.RowCount - first));
            if (!isCovered)
            {
                _selection.KeepTimes(chunk.Numbers(KindSchema.Time), _range.From, _range.To);
            }

            Filter(chunk);
            matching += _selection.Count;
            KeepBehind(chunk);
            listed += _selection.Count;
        }

        return (matching, listed);
    }

    /// <summary>Hands the listed rows of a chunk to the choice of the page's rows.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="chunkIndex">What the caller calls it.</param>
    /// <param name="window">The times in which rows of the page lie.</param>
    /// <param name="into">The choice.</param>
    /// <returns>How many listed rows are later than the window: they are counted and not handed on.</returns>
    /// <exception cref="QueryLimitException">More rows are kept than may be.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public long Collect(IIdentifiedChunk chunk, int chunkIndex, TimeRange window, TopNSelector into)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        long later = 0;
        ReadOnlySpan<long> times = chunk.Numbers(KindSchema.Time);

        // From the end, where the latest rows mostly are: they rule out those before them.
        for (int end = chunk.RowCount; end > 0; end -= SelectionVector.Capacity)
        {
            int first = Math.Max(0, end - SelectionVector.Capacity);
            _selection.SelectRun(first, end - first);
            long from = Math.Max(Math.Max(_behind.From, window.From), into.EarliestTime);
            _selection.KeepTimes(times, from, _behind.To);
            Filter(chunk);
            KeepBehind(chunk);
            later += Take(chunk, chunkIndex, window.To, into);
        }

        return later;
    }

    /// <summary>Hands on the listed rows of a chunk in its order, for a source whose rows come in the order of their times.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="chunkIndex">What the caller calls it.</param>
    /// <param name="into">Where they are added.</param>
    /// <returns>How many rows are in the range and pass the filters.</returns>
    /// <exception cref="QueryLimitException">More rows are read than the query may.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public long Pick(IIdentifiedChunk chunk, int chunkIndex, List<ListedRow> into)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        CountRead(chunk.RowCount);
        long matching = 0;
        for (int first = 0; first < chunk.RowCount; first += SelectionVector.Capacity)
        {
            _selection.SelectRun(first, Math.Min(SelectionVector.Capacity, chunk.RowCount - first));
            Filter(chunk);
            matching += _selection.Count;
            KeepBehind(chunk);
            foreach (int row in _selection.SelectedRows)
            {
                into.Add(RowOf(chunk, chunkIndex, row));
            }
        }

        return matching;
    }

    /// <summary>Counts rows as read.</summary>
    /// <exception cref="QueryLimitException">More rows are read than the query may.</exception>
    public void CountRead(long rows)
    {
        _rowsRead += rows;
        if (_rowsRead > _query.MaxRows)
        {
            throw new QueryLimitException("Query:MaxRows", _query.MaxRows);
        }
    }

    private void Filter(IIdentifiedChunk chunk)
    {
        foreach (RowFilter filter in _filters)
        {
            if (_selection.Count == 0)
            {
                return;
            }

            filter.Apply(chunk, _selection);
        }
    }

    private void KeepBehind(IIdentifiedChunk chunk)
    {
        if (_query.After is not { } after || chunk.LastTime < after.Time || _selection.Count == 0)
        {
            return;
        }

        ReadOnlySpan<long> times = chunk.Numbers(KindSchema.Time);
        ReadOnlySpan<long> numbers = chunk.SequenceNumbers;
        ReadOnlySpan<ulong> nodes = chunk.Nodes;
        int[] rows = _selection.Rows;
        int kept = 0;
        for (int i = 0; i < _selection.Count; i++)
        {
            int row = rows[i];
            rows[kept] = row;
            bool isBehind = times[row] < after.Time
                || (times[row] == after.Time && _order.IsBehind(nodes.IsEmpty ? _node : nodes[row], numbers[row], after));
            kept += isBehind ? 1 : 0;
        }

        _selection.Count = kept;
    }

    private long Take(IIdentifiedChunk chunk, int chunkIndex, long windowTo, TopNSelector into)
    {
        ReadOnlySpan<long> times = chunk.Numbers(KindSchema.Time);
        long later = 0;
        for (int i = _selection.Count - 1; i >= 0; i--)
        {
            int row = _selection.Rows[i];
            long time = times[row];
            if (time >= windowTo)
            {
                later++;
            }
            else if (time >= into.EarliestTime)
            {
                into.Add(RowOf(chunk, chunkIndex, row));
            }
        }

        return later;
    }

    private ListedRow RowOf(IIdentifiedChunk chunk, int chunkIndex, int row)
    {
        ReadOnlySpan<ulong> nodes = chunk.Nodes;
        SampleId place = new(chunk.Numbers(KindSchema.Time)[row], nodes.IsEmpty ? _node : nodes[row], chunk.SequenceNumbers[row]);
        return new ListedRow(place, _id < 0 ? UInt128.Zero : IdOf(chunk, row), chunkIndex, row);
    }

    private UInt128 IdOf(IIdentifiedChunk chunk, int row)
    {
        ReadOnlySpan<int> codes = chunk.Codes(_id);
        return codes.IsEmpty || codes[row] == TextColumn.Missing ? UInt128.Zero : ListedOrder.IdOf(chunk.Symbols(_id)[codes[row]]);
    }
}

/// <summary>Samples as columns with the id of each.</summary>
internal interface IIdentifiedChunk : IColumnChunk
{
    /// <summary>The sequence number of each row.</summary>
    ReadOnlySpan<long> SequenceNumbers { get; }

    /// <summary>The node of each row; empty when all are of the listing's node.</summary>
    ReadOnlySpan<ulong> Nodes { get; }

    /// <summary>
    /// Copies the texts of a few rows of a field, without reading the others where the chunk can. Rows ascend; those without a text are left as they are.
    /// </summary>
    void CopyTexts(int field, ReadOnlySpan<int> from, TextColumn into, ReadOnlySpan<int> to)
    {
        ReadOnlySpan<int> codes = Codes(field);
        SymbolView symbols = Symbols(field);
        for (int i = 0; i < from.Length && !codes.IsEmpty; i++)
        {
            if (codes[from[i]] != TextColumn.Missing)
            {
                into.Set(to[i], symbols[codes[from[i]]]);
            }
        }
    }
}
