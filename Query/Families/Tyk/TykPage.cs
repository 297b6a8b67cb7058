namespace TimeSeries.Query.Families.Tyk;

/// <summary>Which rows of the answer are wanted: <c>p</c> and <c>page_size</c>.</summary>
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

    // No answer has more rows than an int counts.
    private int RowsOf(long pages) => (int)Int128.Min((Int128)pages * Size, int.MaxValue);
}
