namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>Something about the machine or the run.</summary>
internal sealed record Fact(string Name, string Value);
