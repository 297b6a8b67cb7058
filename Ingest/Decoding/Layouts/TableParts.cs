namespace TimeSeries.Ingest.Decoding.Layouts;

/// <summary>What of a table was met so far.</summary>
[Flags]
internal enum TableParts : byte
{
    None = 0,
    Fields = 1,
    Rows = 2,

    /// <summary>The last rows were read with the last fields.</summary>
    Decoded = 4,
}
