using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Core.Aggregate.Listing;

/// <summary>
/// Finds from counts alone the times in which the rows of a list's page lie, so that a page far down costs no more than one at the top.
/// Chunks may overlap in time.
/// </summary>
internal static class PageTimeRange
{
    /// <summary>
    /// The times of the page's rows: at most <paramref name="offset"/> rows are later, and with those inside there are
    /// <paramref name="end"/> from the latest on or all there are. Empty when the page is.
    /// </summary>
    /// <param name="chunks">The first and last time of each chunk, and how many rows it lists.</param>
    /// <param name="offset">How many rows are passed over.</param>
    /// <param name="end">How many rows are passed over or on the page.</param>
    public static TimeRange Of(ReadOnlySpan<(long First, long Last, long Rows)> chunks, long offset, long end)
    {
        (long First, long Last, long Rows)[] sorted = chunks.ToArray();
        Array.Sort(sorted, (left, right) => right.Last.CompareTo(left.Last));
        int latest = offset >= end || offset == long.MaxValue ? -1 : Reach(sorted, offset + 1);
        if (latest < 0)
        {
            return new TimeRange(0, 0);
        }

        long to = sorted[latest].Last == long.MaxValue ? long.MaxValue : sorted[latest].Last + 1;
        Array.Sort(sorted, (left, right) => right.First.CompareTo(left.First));
        int earliest = Reach(sorted, end);
        return new TimeRange(earliest < 0 ? long.MinValue : sorted[earliest].First, to);
    }

    // The chunk with which there are so many rows; −1 when there are fewer.
    private static int Reach((long First, long Last, long Rows)[] chunks, long rows)
    {
        long sum = 0;
        for (int i = 0; i < chunks.Length; i++)
        {
            sum += chunks[i].Rows;
            if (sum >= rows)
            {
                return i;
            }
        }

        return -1;
    }
}
