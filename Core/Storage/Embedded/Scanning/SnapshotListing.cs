using TimeSeries.Core.Aggregate.Listing;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Embedded.Catalog;

namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>
/// Lists samples of one snapshot. First pieces are counted, most of them by their index alone; the counts tell the times that the page lies in;
/// there its rows are chosen by time and place; and of those alone the other fields are read.
/// </summary>
internal sealed class SnapshotListing(StoreSnapshots snapshots, ulong nodeId, ListQuery query, TimeRange range, CancellationToken cancellationToken)
{
    private readonly RowListing _rows = new(query, range, nodeId, cancellationToken);
    private readonly TextPruner _texts = new(query);
    private readonly List<ListPiece> _pieces = [];

    public SampleList Run()
    {
        if (range.IsEmpty)
        {
            return new ListedSamples(query, [], 0, hasMore: false);
        }

        using SnapshotLease held = snapshots.Hold(query.Kind, range);
        using ChunkCursor reader = new();
        new ChunkPruner(query, query.CountTotal ? range : _rows.Listed, _texts, _pieces).Find(held);
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
        foreach (ListPiece piece in _pieces)
        {
            Count(reader, piece);
        }
    }

    // From the latest piece on, until enough rows for the page and one more are later than all that is left.
    private void CountLatest(ChunkCursor reader)
    {
        _pieces.Sort((left, right) => right.LastTime.CompareTo(left.LastTime));
        PriorityQueue<long, long> undecided = new();
        long later = 0;
        for (int i = 0; i < _pieces.Count; i++)
        {
            while (undecided.TryPeek(out long rows, out long order) && -order > _pieces[i].LastTime)
            {
                undecided.Dequeue();
                later += rows;
            }

            if (later > PageEnd)
            {
                _pieces.RemoveRange(i, _pieces.Count - i);
                return;
            }

            Count(reader, _pieces[i]);
            undecided.Enqueue(_pieces[i].Listed, -_pieces[i].FirstTime);
        }
    }

    private void Count(ChunkCursor reader, ListPiece piece)
    {
        if (_rows.CountUnread(piece.RowCount, piece.FirstTime, piece.LastTime) is { } known)
        {
            (piece.Matching, piece.Listed) = known;
        }
        else if (_texts.MayHold(piece))
        {
            piece.WasRead = true;
            (piece.Matching, piece.Listed) = _rows.Count(reader.Open(piece));
        }
    }

    private ListedSamples Page(ChunkCursor reader)
    {
        long total = 0;
        long listed = 0;
        var counts = new (long First, long Last, long Rows)[_pieces.Count];
        for (int i = 0; i < counts.Length; i++)
        {
            ListPiece piece = _pieces[i];
            total += piece.Matching;
            listed += piece.Listed;
            counts[i] = (Math.Max(piece.FirstTime, _rows.Listed.From), Math.Min(piece.LastTime, _rows.Listed.To - 1), piece.Listed);
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
        for (int i = 0; i < _pieces.Count; i++)
        {
            if (_pieces[i].FirstTime >= window.To)
            {
                later += _pieces[i].Listed;
            }
            else if (_pieces[i].Listed > 0 && _pieces[i].LastTime >= window.From)
            {
                inside.Add(i);
            }
        }

        // The latest first: they rule out rows of the others.
        inside.Sort((left, right) => _pieces[right].LastTime.CompareTo(_pieces[left].LastTime));
        TopNSelector chosen = new(query.Order, PageEnd - later, query.MaxRows);
        foreach (int i in inside)
        {
            ListPiece piece = _pieces[i];
            if (piece.LastTime < chosen.EarliestTime)
            {
                break;
            }

            _rows.CountRead(piece.WasRead ? 0 : piece.RowCount);
            later += _rows.Collect(reader.Open(piece), i, window, chosen);
        }

        return chosen.Page(query.Offset - later, query.Limit);
    }

    private void Fill(ChunkCursor reader, ListedRow[] rows, ListedSamples page)
    {
        Dictionary<int, (List<int> From, List<int> To)> byPiece = [];
        for (int i = 0; i < rows.Length; i++)
        {
            if (!byPiece.TryGetValue(rows[i].Piece, out (List<int> From, List<int> To) places))
            {
                byPiece[rows[i].Piece] = places = ([], []);
            }

            places.From.Add(rows[i].Row);
            places.To.Add(i);
        }

        foreach ((int piece, (List<int> from, List<int> to)) in byPiece)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] ascending = [.. from];
            int[] places = [.. to];
            Array.Sort(ascending, places);
            page.Copy(reader.Open(_pieces[piece]), ascending, places);
        }
    }
}
