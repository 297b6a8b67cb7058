using NUnit.Framework;
using TimeSeries.Benchmarks.Compare.Asking;

namespace TimeSeries.Tests.Benchmarks;

/// <summary>Percentiles of a report.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class TimingsTests
{
    [TestCase(0.5, 50)]
    [TestCase(0.99, 99)]
    [TestCase(1, 100)]
    public void A_percentile_is_the_smallest_time_that_so_many_do_not_exceed(double share, double expected)
    {
        Timings timings = new();
        for (int milliseconds = 100; milliseconds >= 1; milliseconds--)
        {
            timings.Add(TimeSpan.FromMilliseconds(milliseconds));
        }

        Assert.That(timings.Percentile(share), Is.EqualTo(expected));
    }

    [Test]
    public void Nothing_has_no_time() => Assert.That(new Timings().Median, Is.Zero);
}
