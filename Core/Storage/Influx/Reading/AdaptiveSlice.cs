namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>How long the slices of time are in which rows are asked for, so that no request is longer than it must be.</summary>
internal static class AdaptiveSlice
{
    /// <summary>Length in ms of the first slice.</summary>
    public const long First = 3_600_000;

    // A slice of fewer rows makes the next one twice as long, a slice of more half as long.
    private const long FewRows = 50_000;
    private const long ManyRows = 500_000;

    /// <summary>Length in ms of the slice after one of a length that had so many rows.</summary>
    public static long After(long milliseconds, long rows) =>
        rows < FewRows ? Math.Min(milliseconds * 2, long.MaxValue >> 2) : rows > ManyRows ? Math.Max(1, milliseconds / 2) : milliseconds;
}
