namespace TimeSeries.Benchmarks.Page;

/// <summary>From the end of a drag over the hit map to the list of its transactions, in ms.</summary>
internal sealed record BrushTimes(double Median, double Greatest, int Rounds);
