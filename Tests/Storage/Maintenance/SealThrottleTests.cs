using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Storage.Embedded.Maintenance;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Storage.Maintenance;

[TestFixture]
public sealed class SealThrottleTests
{
    private const int Rows = 1_000;
    private const int Steps = 100;

    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(1);

    private FakeTimeProvider _clock = null!;
    private FakeThrottle _throttle = null!;
    private double _filled;

    [SetUp]
    public void SealOnce()
    {
        _clock = new FakeTimeProvider(TestTime.Start);
        _filled = 0;
        _throttle = new FakeThrottle(() => _filled, _clock);
        _throttle.Begin(Rows);
        Work(Steps);
        _throttle.End();
        _throttle.Begin(Rows);
    }

    [Test]
    public void A_seal_is_calm_while_the_next_head_is_empty() => Assert.That(Work(1), Is.False);

    [Test]
    public void A_seal_that_will_be_done_long_before_the_next_head_is_full_is_calm()
    {
        // Half of it took 50 ms and the rest takes as long, while the next head is full in 450.
        _filled = 0.10;
        Assert.That(Work(Steps / 2), Is.False);
    }

    [Test]
    public void A_seal_that_will_hardly_be_done_before_the_next_head_is_full_hurries()
    {
        // The rest takes 50 ms, and the next head is full in 50 too.
        _filled = 0.50;
        Assert.That(Work(Steps / 2), Is.True);
    }

    [Test]
    public void What_was_in_the_next_head_before_the_seal_began_says_nothing_of_how_fast_it_is_filled()
    {
        // In 50 ms from 0.40 to 0.50: it is full in 250, and the rest takes 50.
        _filled = 0.40;
        _throttle.Begin(Rows);
        _filled = 0.50;
        Assert.That(Work(Steps / 2), Is.False);
    }

    [Test]
    public void A_seal_hurries_no_more_once_it_has_caught_up()
    {
        _filled = 0.50;
        Work(Steps / 2);
        Assert.That(Work(Steps / 2), Is.False);
    }

    [Test]
    public void A_seal_of_more_rows_is_expected_to_take_as_many_more_steps()
    {
        // 150 ms are left, not 50, and the next head is full in 200.
        _throttle.Begin(2 * Rows);
        _filled = 0.20;
        Assert.That(Work(Steps / 2), Is.True);
    }

    [Test]
    public void A_seal_that_takes_longer_than_the_one_before_hurries_when_the_next_head_is_full()
    {
        _filled = 1;
        Assert.That(Work(2 * Steps), Is.True);
    }

    [Test]
    public void The_time_for_which_others_ran_is_not_the_seal_s()
    {
        // Steps of 1 ms each, and 9 ms of others between them.
        _throttle.Others = () => _clock.Advance(9 * _step);
        Work(Steps);
        _throttle.End();
        _throttle.Others = () => { };
        _throttle.Begin(Rows);
        _filled = 0.10;
        Assert.That(Work(Steps / 2), Is.False);
    }

    private bool Work(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            _clock.Advance(_step);
            _throttle.Step();
        }

        return _throttle.Hurried;
    }

    /// <summary>Tells what the last step was.</summary>
    private sealed class FakeThrottle(Func<double> filled, TimeProvider clock) : SealThrottle(filled, clock)
    {
        public bool Hurried { get; private set; }

        public Action Others { get; set; } = () => { };

        protected override bool IsUrgent() => Hurried = base.IsUrgent();

        protected override void Resume()
        {
            Others();
            base.Resume();
        }
    }
}
