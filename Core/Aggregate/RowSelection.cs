namespace TimeSeries.Core.Aggregate;

/// <summary>Some rows of a chunk and the group of each; reused from batch to batch. Measures take it column by column.</summary>
internal sealed class RowSelection
{
    // Rows, groups and one column of a batch stay in the first-level cache together.
    public const int Capacity = 4_096;

    public int[] Rows { get; } = new int[Capacity];

    public int[] Groups { get; } = new int[Capacity];

    public int Count { get; set; }

    public ReadOnlySpan<int> SelectedRows => Rows.AsSpan(0, Count);

    public ReadOnlySpan<int> SelectedGroups => Groups.AsSpan(0, Count);

    /// <summary>Selects <paramref name="count"/> rows, one behind the other.</summary>
    public void SelectRun(int firstRow, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Rows[i] = firstRow + i;
        }

        Count = count;
    }

    /// <summary>Keeps only the rows that have a time in the range.</summary>
    public void KeepTimes(ReadOnlySpan<long> times, long from, long to)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            int row = Rows[i];
            long time = times[row];
            Rows[kept] = row;
            kept += time >= from && time < to ? 1 : 0;
        }

        Count = kept;
    }
}
