using NUnit.Framework;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Tests.Benchmarks;

internal sealed class LatencyHistogramTests
{
    private static readonly double[] _shares = [0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1];

    [Test]
    public void Percentiles_are_within_a_hundredth_of_the_exact_ones()
    {
        Random random = new(3);
        long[] values = [.. Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 18))];
        LatencyHistogram histogram = new();
        Array.ForEach(values, histogram.Record);
        Array.Sort(values);
        foreach (double share in _shares)
        {
            long exact = values[(int)Math.Ceiling(share * values.Length) - 1];
            Assert.That(histogram.Percentile(share), Is.InRange(exact, exact * 1.008), $"p{share}");
        }
    }

    [Test]
    public void Short_latencies_are_exact([Range(0, 255, 15)] long value)
    {
        LatencyHistogram histogram = new();
        histogram.Record(value);
        histogram.Record(100_000);
        Assert.That(histogram.Percentile(0.5), Is.EqualTo(value));
    }

    [Test]
    public void The_maximum_is_exact_and_bounds_every_percentile()
    {
        LatencyHistogram histogram = new();
        histogram.Record(1_234_567);
        Assert.That(histogram.MaxMicroseconds, Is.EqualTo(1_234_567));
        Assert.That(histogram.Percentile(0.999), Is.EqualTo(1_234_567));
    }

    [Test]
    public void Histograms_add_up()
    {
        LatencyHistogram first = new(), second = new();
        first.Record(10);
        second.Record(20);
        second.Record(30);
        first.Add(second);
        Assert.That((first.Count, first.Percentile(0.5), first.MaxMicroseconds), Is.EqualTo((3L, 20L, 30L)));
    }

    [Test]
    public void An_empty_histogram_says_zero() => Assert.That(new LatencyHistogram().Percentile(0.99), Is.Zero);

    [Test]
    public void A_latency_beyond_all_bounds_is_counted_in_the_last_bucket()
    {
        LatencyHistogram histogram = new();
        histogram.Record(long.MaxValue);
        Assert.That(histogram.Percentile(1), Is.EqualTo((1L << 40) - 1));
    }
}
