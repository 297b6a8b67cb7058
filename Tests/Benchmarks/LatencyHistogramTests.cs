using NUnit.Framework;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Tests.Contract.Oracle;

namespace TimeSeries.Tests.Benchmarks;

internal sealed class LatencyHistogramTests
{
    private static readonly double[] _shares = [0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1];

    [Test]
    public void Percentiles_are_within_a_hundredth_of_the_exact_ones()
    {
        Random random = new(3);
        long[] values = [.. Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 18))];
        LatencyHistogram histogram = Of(values);
        Array.Sort(values);
        foreach (double share in _shares)
        {
            long exact = values[(int)Math.Ceiling(share * values.Length) - 1];
            Assert.That(histogram.Percentile(share) * 1_000, Is.InRange(exact - 1e-6, exact * 1.008), $"p{share}");
        }
    }

    [Test]
    public void Short_latencies_are_exact([Range(0, 255, 15)] long value) =>
        Assert.That(Of(value, 100_000).Percentile(0.5) * 1_000, Is.EqualTo((double)value).Within(0.1).Percent);

    [TestCase(0.5, 50)]
    [TestCase(0.99, 99)]
    [TestCase(1, 100)]
    public void A_percentile_is_the_smallest_time_that_so_many_do_not_exceed(double share, double expected) =>
        Assert.That(
            Of([.. Enumerable.Range(1, 100).Reverse().Select(milliseconds => milliseconds * 1_000L)]).Percentile(share),
            Is.EqualTo(expected).Within(0.1).Percent);

    [Test]
    public void The_maximum_is_exact_and_bounds_every_percentile()
    {
        LatencyHistogram histogram = Of(1_234_567);
        Assert.That(histogram.Longest, Is.EqualTo(1_234.567));
        Assert.That(histogram.Percentile(0.999), Is.EqualTo(1_234.567));
    }

    [Test]
    public void Histograms_add_up()
    {
        LatencyHistogram first = Of(10);
        first.Add(Of(20, 30));
        Assert.That((first.Count, first.Median, first.Longest), Is.EqualTo((3L, 0.02, 0.03)));
    }

    [Test]
    public void An_empty_histogram_says_zero() => Assert.That(new LatencyHistogram().P99, Is.Zero);

    [Test]
    public void A_latency_of_days_is_counted_as_one_of_a_day_and_stays_the_longest()
    {
        LatencyHistogram histogram = new();
        histogram.Record(TimeSpan.FromDays(3));
        histogram.Record(TimeSpan.FromDays(3));
        Assert.That(TimeSpan.FromMilliseconds(histogram.Median).TotalDays, Is.EqualTo(1).Within(0.1).Percent);
        Assert.That(histogram.Longest, Is.EqualTo(TimeSpan.FromDays(3).TotalMilliseconds));
    }

    private static LatencyHistogram Of(params long[] microseconds)
    {
        LatencyHistogram histogram = new();
        Array.ForEach(microseconds, value => histogram.Record(TimeSpan.FromMicroseconds(value)));
        return histogram;
    }
}
