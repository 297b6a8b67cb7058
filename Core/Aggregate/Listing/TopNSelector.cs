using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Core.Aggregate.Listing;

/// <summary>
/// Keeps the first so many rows of a list's order, whatever order they come in. It holds at most twice that number. Not thread safe.
/// </summary>
internal sealed class TopNSelector
{
    private const int SmallestCapacity = 256;

    private readonly ListedOrder _order;
    private readonly long _wanted;
    private readonly long _maxRows;
    private ListedRow[] _rows = [];
    private int _count;
    private ListedRow _last;
    private bool _hasLast;

    /// <param name="order">The order.</param>
    /// <param name="wanted">How many rows are kept; at least 1.</param>
    /// <param name="maxRows">How many may be kept.</param>
    public TopNSelector(ListOrder order, long wanted, long maxRows)
    {
        _order = new ListedOrder(order);
        _wanted = Math.Min(wanted, Array.MaxLength);
        _maxRows = maxRows;
    }

    /// <summary>Rows of an earlier time can't be among the first any more.</summary>
    public long EarliestTime => _hasLast ? _last.Place.Time : long.MinValue;

    /// <exception cref="QueryLimitException">More rows would be kept than may be.</exception>
    public void Add(in ListedRow row)
    {
        if (_hasLast && _order.Compare(row, _last) >= 0)
        {
            return;
        }

        if (_count == _rows.Length)
        {
            Grow();
        }

        _rows[_count++] = row;
        if (_count == _wanted * 2 || (_count == _wanted && !_hasLast))
        {
            Cut();
        }
    }

    /// <summary>The rows from <paramref name="skip"/> on, in order, at most <paramref name="count"/>.</summary>
    public ListedRow[] Page(long skip, int count)
    {
        int first = (int)Math.Min(skip, _count);
        int rows = Math.Min(count, _count - first);
        if (rows > 0)
        {
            Select(_rows.AsSpan(0, _count), first);
            Select(_rows.AsSpan(first, _count - first), rows - 1);
            _rows.AsSpan(first, rows).Sort(_order);
        }

        return _rows.AsSpan(first, rows).ToArray();
    }

    private void Cut()
    {
        int last = (int)_wanted - 1;
        Select(_rows.AsSpan(0, _count), last);
        _count = last + 1;
        _last = _rows[last];
        _hasLast = true;
    }

    // Brings the row that is the nth in order to its place, those before it in front of it and the others behind it (Hoare's selection):
    // a page far down needs no more than its own rows sorted.
    private void Select(Span<ListedRow> rows, int nth)
    {
        int low = 0;
        int high = rows.Length - 1;
        while (low < high)
        {
            // At random, so that no order of the samples makes it slow.
            ListedRow pivot = rows[Random.Shared.Next(low, high + 1)];
            int left = low;
            int right = high;
            while (left <= right)
            {
                while (_order.Compare(rows[left], pivot) < 0)
                {
                    left++;
                }

                while (_order.Compare(pivot, rows[right]) < 0)
                {
                    right--;
                }

                if (left <= right)
                {
                    (rows[left], rows[right]) = (rows[right], rows[left]);
                    left++;
                    right--;
                }
            }

            if (nth >= left)
            {
                low = left;
            }
            else if (nth <= right)
            {
                high = right;
            }
            else
            {
                return;
            }
        }
    }

    private void Grow()
    {
        if (_count >= _maxRows)
        {
            throw new QueryLimitException("Query:MaxRows", _maxRows);
        }

        Array.Resize(ref _rows, (int)Math.Min(Array.MaxLength, Math.Min(Math.Max(SmallestCapacity, _rows.Length * 2L), Math.Max(1, _wanted * 2))));
    }
}
