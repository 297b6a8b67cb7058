namespace TimeSeries.Query.Families.Tyk;

/// <summary>What rows may be sorted by: <c>by</c>.</summary>
internal enum TykColumn : byte
{
    Hits,
    Success,
    Error,
    Latency,
}
