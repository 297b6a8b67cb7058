namespace TimeSeries.Ingest.Decoding.Layouts;

/// <summary>What packed numbers are.</summary>
internal enum PackedWidth : byte
{
    None,
    I32,
    I64,
    F64,
}
