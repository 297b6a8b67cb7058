using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Core.Aggregate.Listing;

/// <summary>
/// Takes the rows of a list's page from rows that come from the latest time to the earliest, those of one time in any order. Only the page and the rows
/// of one time are in memory. Not thread safe.
/// </summary>
internal sealed class PageCollector(ListQuery query)
{
    private readonly ListedOrder _order = new(query.Order);
    private readonly List<ListedRow> _ofOneTime = [];
    private readonly List<ListedRow> _page = [];
    private long _passed;

    /// <summary>Whether the page is complete and a row is behind it, whatever else comes.</summary>
    public bool IsFull => _passed > PageEnd || (_passed == PageEnd && _ofOneTime.Count > 0);

    /// <summary>Whether rows follow behind the page, once <see cref="Complete"/> was called.</summary>
    public bool HasMore => _passed > PageEnd;

    /// <summary>How many of the rows that come next are not on the page in any case.</summary>
    public long ToPass => Math.Max(0, query.Offset - _passed - _ofOneTime.Count);

    // How many rows from the latest on are passed over or on the page; the greatest number where there can't be so many.
    private long PageEnd => query.Offset > long.MaxValue - query.Limit ? long.MaxValue : query.Offset + query.Limit;

    /// <summary>Takes a row that is no later than those before it.</summary>
    /// <exception cref="QueryLimitException">More rows of one time would be kept than may be.</exception>
    public void Add(in ListedRow row)
    {
        if (_ofOneTime.Count > 0 && _ofOneTime[0].Place.Time != row.Place.Time)
        {
            EndTime();
        }

        if (_ofOneTime.Count >= query.MaxRows)
        {
            throw new QueryLimitException("Query:MaxRows", query.MaxRows);
        }

        _ofOneTime.Add(row);
    }

    /// <summary>Passes over rows that were only counted: all of them later than what comes next, and no more than <see cref="ToPass"/>.</summary>
    public void Pass(long rows)
    {
        EndTime();
        _passed += rows;
    }

    /// <summary>The page, once all rows were added or it is full.</summary>
    public ListedRow[] Complete()
    {
        EndTime();
        return [.. _page];
    }

    private void EndTime()
    {
        long first = Math.Max(0, query.Offset - _passed);
        long end = Math.Min(_ofOneTime.Count, PageEnd - _passed);
        if (first < end)
        {
            // The order of the rest does not matter.
            _ofOneTime.Sort(_order);
            _page.AddRange(_ofOneTime[(int)first..(int)end]);
        }

        _passed += _ofOneTime.Count;
        _ofOneTime.Clear();
    }
}
