using NUnit.Framework;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Tests.Benchmarks;

internal sealed class ShortSleepTests
{
    [Test]
    [Platform("Linux")]
    public void A_wait_is_slept_but_for_its_last_microseconds()
    {
        ShortSleep.SharpenTimers();
        TimeProvider clock = TimeProvider.System;
        long began = clock.GetTimestamp();
        ShortSleep.Approach(TimeSpan.FromMilliseconds(5));

        Assert.That(clock.GetElapsedTime(began), Is.GreaterThan(TimeSpan.FromMilliseconds(4.9)));
    }

    [Test]
    public void A_wait_of_many_steps_comes_to_its_end()
    {
        TimeProvider clock = TimeProvider.System;
        long began = clock.GetTimestamp();
        TimeSpan wait = TimeSpan.FromMilliseconds(3);
        while (clock.GetElapsedTime(began) is var passed && passed < wait)
        {
            ShortSleep.Approach(wait - passed);
        }

        Assert.That(clock.GetElapsedTime(began), Is.GreaterThanOrEqualTo(wait));
    }
}
