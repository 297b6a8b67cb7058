using TimeSeries.Core.Model;

namespace TimeSeries.Core.Aggregate;

/// <summary>
/// Keeps the first so many rows of a list's order, whatever order they come in. It holds at most twice as many as are wanted. Not thread safe.
/// </summary>
internal sealed class NewestRows
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
    public NewestRows(ListOrder order, long wanted, long maxRows)
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

    /// <summary>The rows from <paramref name="skip"/> on, in order, at most <paramref name="count"/>; and whether another one follows.</summary>
    public (ListedRow[] Rows, bool HasMore) Page(long skip, int count)
    {
        Cut();
        int first = (int)Math.Min(skip, _count);
        int rows = Math.Min(count, _count - first);
        return (_rows.AsSpan(first, rows).ToArray(), first + rows < _count);
    }

    private void Cut()
    {
        Array.Sort(_rows, 0, _count, _order);
        if (_count >= _wanted)
        {
            _count = (int)_wanted;
            _last = _rows[_count - 1];
            _hasLast = true;
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
