namespace TimeSeries.Benchmarks.Compare.Asking;

/// <summary>How long the same question took, time after time. Not thread safe.</summary>
internal sealed class Timings
{
    private readonly List<double> _milliseconds = [];

    public int Count => _milliseconds.Count;

    public double Median => Percentile(0.5);

    public double P99 => Percentile(0.99);

    public double Maximum => Percentile(1);

    public void Add(TimeSpan taken) => _milliseconds.Add(taken.TotalMilliseconds);

    /// <summary>Adds what another one has.</summary>
    public void AddAll(Timings other) => _milliseconds.AddRange(other._milliseconds);

    /// <summary>The smallest time in ms that at least the given share of all does not exceed; 0 when there is none.</summary>
    public double Percentile(double share)
    {
        if (_milliseconds.Count == 0)
        {
            return 0;
        }

        double[] sorted = [.. _milliseconds.Order()];
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
