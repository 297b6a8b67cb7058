using HdrHistogram;

namespace TimeSeries.Benchmarks.Load;

/// <summary>Latencies in ms: percentiles within 0.1 % (HdrHistogram), the longest exact. Recording allocates nothing. Not thread safe.</summary>
internal sealed class LatencyHistogram
{
    // 0.1 %, for 250 kB.
    private const int SignificantDigits = 3;

    // Longer ones count as one of a day.
    private readonly LongHistogram _ticks = new(TimeSpan.TicksPerDay, SignificantDigits);
    private TimeSpan _longest;

    public long Count => _ticks.TotalCount;

    public double Median => Percentile(0.5);

    public double P99 => Percentile(0.99);

    public double Longest => _longest.TotalMilliseconds;

    public void Record(TimeSpan latency)
    {
        _ticks.RecordValue(Math.Clamp(latency.Ticks, 0, TimeSpan.TicksPerDay));
        _longest = latency > _longest ? latency : _longest;
    }

    /// <summary>Adds what another histogram counted.</summary>
    public void Add(LatencyHistogram other)
    {
        _ticks.Add(other._ticks);
        _longest = other._longest > _longest ? other._longest : _longest;
    }

    /// <summary>The latency that the given share of all, from 0 to 1, does not exceed; 0 when nothing was recorded.</summary>
    public double Percentile(double share) =>
        Count == 0 ? 0 : Math.Min(TimeSpan.FromTicks(_ticks.GetValueAtPercentile(share * 100)).TotalMilliseconds, Longest);
}
