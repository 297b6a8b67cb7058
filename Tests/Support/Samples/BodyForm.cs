namespace TimeSeries.Tests.Support.Samples;

/// <summary>The ways to write a batch down. All mean the same.</summary>
public enum BodyForm
{
    JsonRows,
    JsonTable,
    JsonColumns,

    /// <summary>Columns, with texts as dictionary and index.</summary>
    JsonDictionaryColumns,
    MessagePackRows,
    MessagePackTable,
    MessagePackColumns,

    /// <summary>Columns, with texts as dictionary and index, and whatever has no nulls packed as little-endian binary.</summary>
    MessagePackPackedColumns,
}
