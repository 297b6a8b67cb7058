using System.Diagnostics.Metrics;

namespace TimeSeries.Hosting.Telemetry;

/// <summary>The buckets of every histogram of durations.</summary>
public static class Latencies
{
    /// <summary>Bounds in seconds, from 0.1 ms to the longest that a query may take.</summary>
    public static InstrumentAdvice<double> Advice { get; } = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };
}
