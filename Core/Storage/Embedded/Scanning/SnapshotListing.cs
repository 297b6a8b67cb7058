using TimeSeries.Core.Aggregate.Listing;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Heads;

namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>
/// Lists samples of one snapshot. First the rows of chunks are counted, mostly by their index alone. The counts give the page's range of times, in which its
/// rows are chosen by time and id. The other fields are read for these rows only.
/// </summary>
/// <param name="snapshots">Where samples are.</param>
/// <param name="nodeId">The node of all of them.</param>
/// <param name="query">The query.</param>
/// <param name="range">The part of its range whose samples are not too old.</param>
/// <param name="numbers">Which sequence numbers are listed; null for all.</param>
/// <param name="cancellationToken">Ends the list.</param>
internal sealed class SnapshotListing(
    StoreSnapshots snapshots, ulong nodeId, ListQuery query, TimeRange range, ArrivalFilter? numbers, CancellationToken cancellationToken)
{
    private readonly RowListing _rows = new(query, range, nodeId, cancellationToken, numbers is null ? [] : [numbers]);
    private readonly TextPruner _texts = new(query.Pcode, query.Kind, query.Filters);
    private readonly List<ListChunk> _chunks = [];

    public SampleList Run()
    {
        if (range.IsEmpty)
        {
            return new ListedSamples(query, [], 0, hasMore: false);
        }

        using SnapshotLease held = snapshots.Hold(query.Kind, range);
        using ChunkCursor reader = new();
        new ChunkPruner(query, query.CountTotal ? range : _rows.Listed, _texts, _chunks) { SeenNumber = numbers?.Seen ?? -1 }.Find(held);
        if (query.CountTotal)
        {
            CountAll(reader);
        }
        else
        {
            CountLatest(reader);
        }

        return Page(reader);
    }

    // How many rows from the latest on are passed over or on the page; the greatest number where there can't be so many.
    private long PageEnd => query.Offset > long.MaxValue - query.Limit ? long.MaxValue : query.Offset + query.Limit;

    private void CountAll(ChunkCursor reader)
    {
        foreach (ListChunk chunk in _chunks)
        {
            Count(reader, chunk);
        }
    }

    // From the latest chunk on, until enough rows for the page and one more are later than all that is left.
    private void CountLatest(ChunkCursor reader)
    {
        _chunks.Sort((left, right) => right.LastTime.CompareTo(left.LastTime));
        PriorityQueue<long, long> undecided = new();
        long later = 0;
        for (int i = 0; i < _chunks.Count; i++)
        {
            while (undecided.TryPeek(out long rows, out long order) && -order > _chunks[i].LastTime)
            {
                undecided.Dequeue();
                later += rows;
            }

            if (later > PageEnd)
            {
                _chunks.RemoveRange(i, _chunks.Count - i);
                return;
            }

            Count(reader, _chunks[i]);
            undecided.Enqueue(_chunks[i].Listed, -_chunks[i].FirstTime);
        }
    }

    private void Count(ChunkCursor reader, ListChunk chunk)
    {
        if (_rows.CountUnread(chunk.RowCount, chunk.FirstTime, chunk.LastTime) is { } known)
        {
            (chunk.Matching, chunk.Listed) = known;
        }
        else if (chunk.Columns is not { } columns || _texts.MayHold(columns, chunk.Chunk))
        {
            chunk.WasRead = true;
            (chunk.Matching, chunk.Listed) = _rows.Count(reader.Open(chunk));
        }
    }

    private ListedSamples Page(ChunkCursor reader)
    {
        long total = 0;
        long listed = 0;
        var counts = new (long First, long Last, long Rows)[_chunks.Count];
        for (int i = 0; i < counts.Length; i++)
        {
            ListChunk chunk = _chunks[i];
            total += chunk.Matching;
            listed += chunk.Listed;
            counts[i] = (Math.Max(chunk.FirstTime, _rows.Listed.From), Math.Min(chunk.LastTime, _rows.Listed.To - 1), chunk.Listed);
        }

        TimeRange window = PageTimeRange.Of(counts, query.Offset, PageEnd);
        ListedRow[] rows = window.IsEmpty ? [] : Choose(reader, window);
        ListedSamples page = new(query, Array.ConvertAll(rows, row => row.Place), total, hasMore: listed - rows.Length > query.Offset);
        Fill(reader, rows, page);
        return page;
    }

    private ListedRow[] Choose(ChunkCursor reader, TimeRange window)
    {
        long later = 0;
        List<int> inside = [];
        for (int i = 0; i < _chunks.Count; i++)
        {
            if (_chunks[i].FirstTime >= window.To)
            {
                later += _chunks[i].Listed;
            }
            else if (_chunks[i].Listed > 0 && _chunks[i].LastTime >= window.From)
            {
                inside.Add(i);
            }
        }

        // The latest first: they rule out rows of the others.
        inside.Sort((left, right) => _chunks[right].LastTime.CompareTo(_chunks[left].LastTime));
        TopNSelector chosen = new(query.Order, PageEnd - later, query.MaxRows);
        foreach (int i in inside)
        {
            ListChunk chunk = _chunks[i];
            if (chunk.LastTime < chosen.EarliestTime)
            {
                break;
            }

            _rows.CountRead(chunk.WasRead ? 0 : chunk.RowCount);
            later += _rows.Collect(reader.Open(chunk), i, window, chosen);
        }

        return chosen.Page(query.Offset - later, query.Limit);
    }

    private void Fill(ChunkCursor reader, ListedRow[] rows, ListedSamples page)
    {
        Dictionary<int, (List<int> From, List<int> To)> byChunk = [];
        for (int i = 0; i < rows.Length; i++)
        {
            if (!byChunk.TryGetValue(rows[i].ChunkIndex, out (List<int> From, List<int> To) places))
            {
                byChunk[rows[i].ChunkIndex] = places = ([], []);
            }

            places.From.Add(rows[i].Row);
            places.To.Add(i);
        }

        foreach ((int chunk, (List<int> from, List<int> to)) in byChunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] ascending = [.. from];
            int[] places = [.. to];
            Array.Sort(ascending, places);
            page.Copy(reader.Open(_chunks[chunk]), ascending, places);
        }
    }
}

/// <summary>A chunk of a block or of a head that may have rows of a list, and what was found out about them.</summary>
internal sealed class ListChunk
{
    /// <summary>The chunk's block; null for a chunk of a head.</summary>
    public BlockReader? Columns { get; init; }

    /// <summary>The chunk's number in its block.</summary>
    public int Chunk { get; init; }

    /// <summary>The chunk of a head; null for a chunk of a block.</summary>
    public HeadChunkReader? Head { get; init; }

    public required int RowCount { get; init; }

    /// <summary>No row that is listed is earlier.</summary>
    public required long FirstTime { get; init; }

    /// <summary>No row that is listed is later.</summary>
    public required long LastTime { get; init; }

    /// <summary>How many rows are in the range and pass the filters.</summary>
    public long Matching { get; set; }

    /// <summary>How many of them come after the cursor.</summary>
    public long Listed { get; set; }

    /// <summary>Whether the rows had to be looked at to be counted.</summary>
    public bool WasRead { get; set; }
}
