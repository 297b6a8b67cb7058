namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>
/// Some rows of a response as columns, by name. They are filled part by part, so that memory stays bounded.
/// Other columns of the response are skipped. Not thread safe.
/// </summary>
internal sealed class InfluxRows(params InfluxColumn[] columns)
{
    // Four times what the aggregation takes at once.
    private const int MaxRows = 16_384;

    public InfluxColumn this[int column] => columns[column];

    public ReadOnlySpan<InfluxColumn> Columns => columns;

    public int RowCount { get; set; }

    /// <summary>Whether the part is as large as it may be, by rows or by a column's texts.</summary>
    public bool IsFull
    {
        get
        {
            bool isFull = RowCount >= MaxRows;
            foreach (InfluxColumn column in columns)
            {
                isFull |= column.IsFull;
            }

            return isFull;
        }
    }

    public void Clear()
    {
        RowCount = 0;
        foreach (InfluxColumn column in columns)
        {
            column.Clear();
        }
    }
}
