namespace TimeSeries.Query.Families.Tyk;

/// <summary>Which parts of the time rows are grouped by: <c>res</c>.</summary>
internal enum TykResolution : byte
{
    /// <summary>None.</summary>
    Whole,

    Month,

    Day,

    Hour,
}
