using NUnit.Framework;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Tests.Benchmarks;

/// <summary>How several systems are measured in the same minutes.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RequesterTests
{
    [Test]
    public void Systems_are_asked_by_turns_and_warming_up_does_not_count()
    {
        List<char> order = [];
        LatencyHistogram[] latencies = Requester.MeasureByTurns([Ask('a', 1), Ask('b', 3)], warmUp: 1, count: 2, TimeSpan.FromMinutes(1), TimeProvider.System);
        Assert.That(string.Concat(order), Is.EqualTo("ababab"));
        Assert.That(latencies.Select(one => one.Count), Is.EqualTo(new[] { 2, 2 }));
        Assert.That(latencies[0].Median, Is.EqualTo(1).Within(0.1));
        Assert.That(latencies[1].Median, Is.EqualTo(3).Within(0.1));

        Func<TimeSpan> Ask(char name, int milliseconds) => () =>
        {
            order.Add(name);
            return TimeSpan.FromMilliseconds(milliseconds);
        };
    }

    [Test]
    public void What_takes_longer_than_it_may_is_measured_once()
    {
        int asked = 0;
        LatencyHistogram[] latencies = Requester.MeasureByTurns([Ask], warmUp: 5, count: 5, TimeSpan.Zero, TimeProvider.System);
        Assert.That((asked, latencies[0].Count), Is.EqualTo((2, 1L)));

        TimeSpan Ask()
        {
            asked++;
            return TimeSpan.FromSeconds(1);
        }
    }
}
