using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Ui.Data;

namespace TimeSeries.Tests.Ui.Data;

/// <summary>Live results are made as seldom as it takes for all pages together to use a 20th of the time.</summary>
public sealed class LiveBudgetTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();

    [Test]
    public void A_quick_result_stands_a_second()
    {
        LiveBudget budget = new(_clock);
        for (int i = 0; i < 100; i++)
        {
            Assert.That(budget.Take(TimeSpan.FromMilliseconds(50)), Is.EqualTo(_second));
            _clock.Advance(_second);
        }
    }

    [Test]
    public void A_slow_one_stands_twenty_times_as_long_as_it_took_and_none_more_than_a_minute()
    {
        Assert.That(new LiveBudget(_clock).Take(_second), Is.EqualTo(20 * _second));
        LiveBudget budget = new(_clock);
        Assert.That(budget.Take(TimeSpan.FromMinutes(10)), Is.EqualTo(60 * _second));
        Assert.That(budget.Take(TimeSpan.Zero), Is.EqualTo(60 * _second), "The time is used up for others too.");
        _clock.Advance(60 * _second);
        Assert.That(budget.Take(TimeSpan.Zero), Is.EqualTo(_second));
    }

    [TestCase(8, 100)]
    [TestCase(100, 20)]
    [TestCase(3, 900)]
    public void Many_results_together_take_a_twentieth_of_the_time(int results, int milliseconds)
    {
        LiveBudget budget = new(_clock);
        var work = TimeSpan.FromMilliseconds(milliseconds);
        TimeSpan[] due = new TimeSpan[results];
        TimeSpan now = default, worked = default;
        TimeSpan half = TimeSpan.FromMinutes(30);
        while (now < 2 * half)
        {
            for (int i = 0; i < results; i++)
            {
                if (due[i] <= now)
                {
                    // The first half hour is that in which all began at once.
                    worked += now >= half ? work : default;
                    due[i] = now + budget.Take(work);
                }
            }

            now += _second;
            _clock.Advance(_second);
        }

        Assert.That(worked / half, Is.GreaterThan(0.02).And.LessThanOrEqualTo(0.051));
    }
}
