using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>The rows of results that follow each other, and where a page of them begins and ends.</summary>
internal sealed class TykRows
{
    private readonly QueryResult[] _results;
    private readonly TykPage _page;

    public TykRows(QueryResult[] results, TykPage page)
    {
        _results = results;
        _page = page;
        foreach (QueryResult result in results)
        {
            Total += result.TotalGroups;
        }
    }

    /// <summary>How many rows there are on all pages.</summary>
    public long Total { get; }

    public long Pages => _page.PagesOf(Total);

    /// <summary>The rows of the page, in order.</summary>
    public IEnumerable<(QueryResult Result, int Row)> OfPage()
    {
        long before = 0;
        foreach (QueryResult result in _results)
        {
            // Each result has its first rows only, but always those that the page may need.
            long first = Math.Max(_page.First - before, 0);
            long end = Math.Min(result.RowCount, _page.End - before);
            for (long row = first; row < end; row++)
            {
                yield return (result, (int)row);
            }

            before += result.TotalGroups;
        }
    }
}

/// <summary>Which rows of the response are wanted: <c>p</c> and <c>page_size</c>.</summary>
/// <param name="Number">The page, from 1; 0 for all rows.</param>
/// <param name="Size">Rows a page, at least 1.</param>
internal readonly record struct TykPage(long Number, long Size)
{
    public const long DefaultSize = 10;

    public bool IsAll => Number == 0;

    /// <summary>The first row of the page, as far as there may be one.</summary>
    public int First => IsAll ? 0 : RowsOf(Number - 1);

    /// <summary>The row behind the last of the page, as far as there may be one.</summary>
    public int End => IsAll ? int.MaxValue : RowsOf(Number);

    /// <summary>How many pages so many rows have.</summary>
    public long PagesOf(long rows) => IsAll ? Math.Min(rows, 1) : (rows / Size) + (rows % Size > 0 ? 1 : 0);

    // No result has more rows than an int counts.
    private int RowsOf(long pages) => (int)Int128.Min((Int128)pages * Size, int.MaxValue);
}
