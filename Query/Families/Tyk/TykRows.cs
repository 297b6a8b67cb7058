using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>The rows of answers that follow each other, and where a page of them begins and ends.</summary>
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
            // Each answer has its first rows only, but always those that the page may need.
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
