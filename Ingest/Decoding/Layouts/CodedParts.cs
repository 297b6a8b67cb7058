namespace TimeSeries.Ingest.Decoding.Layouts;

/// <summary>What the map of a coded column has.</summary>
[Flags]
internal enum CodedParts : byte
{
    None = 0,
    Dictionary = 1,
    Index = 2,
    Packed = 4,

    /// <summary>Something that no coded column has.</summary>
    Strange = 8,
}
