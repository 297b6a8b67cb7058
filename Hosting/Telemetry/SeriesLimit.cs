namespace TimeSeries.Hosting.Telemetry;

/// <summary>How many series instruments may have whose names begin so. Others have a few hundred; what is beyond a limit is added up in one series.</summary>
/// <param name="Instruments">How their names begin.</param>
/// <param name="Count">Most series of each.</param>
public sealed record SeriesLimit(string Instruments, int Count);
