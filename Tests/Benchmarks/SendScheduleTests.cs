using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Benchmarks;

internal sealed class SendScheduleTests
{
    private readonly FakeTimeProvider _clock = new(TestTime.Start);

    [Test]
    public void At_a_rate_batches_are_due_evenly_whatever_the_clock_says()
    {
        SendSchedule schedule = Schedule(seconds: 10, batchesPerSecond: 2.5);
        List<double> dues = [];
        while (schedule.TryTake(out long due))
        {
            dues.Add(TimeSpan.FromTicks(due - _clock.GetTimestamp()).TotalSeconds);
        }

        Assert.That(dues, Is.EqualTo(Enumerable.Range(0, 25).Select(k => k * 0.4)).Within(1e-6));
    }

    [Test]
    public void A_rate_below_one_batch_a_second_is_kept()
    {
        SendSchedule schedule = Schedule(seconds: 30, batchesPerSecond: 0.1);
        List<double> dues = [];
        while (schedule.TryTake(out long due))
        {
            dues.Add(TimeSpan.FromTicks(due - _clock.GetTimestamp()).TotalSeconds);
        }

        Assert.That(dues, Is.EqualTo(new[] { 0.0, 10, 20 }).Within(1e-6));
    }

    [Test]
    public void After_a_stall_the_delayed_batches_keep_their_due_times()
    {
        SendSchedule schedule = Schedule(seconds: 10, batchesPerSecond: 10);
        Assert.That(schedule.TryTake(out long first), Is.True);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.That(schedule.TryTake(out long second), Is.True);
        Assert.That(TimeSpan.FromTicks(second - first), Is.EqualTo(TimeSpan.FromMilliseconds(100)));
        Assert.That(schedule.Until(second), Is.EqualTo(TimeSpan.FromMilliseconds(-2_900)));
    }

    [Test]
    public void Batches_that_became_due_are_counted_whether_or_not_they_were_taken()
    {
        SendSchedule schedule = Schedule(seconds: 10, batchesPerSecond: 4);
        _clock.Advance(TimeSpan.FromSeconds(2.1));
        // 0, 0.25, … 2.0.
        Assert.That(schedule.DueCount(), Is.EqualTo(9));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That(schedule.DueCount(), Is.EqualTo(40));
    }

    [Test]
    public void Without_a_rate_a_batch_is_due_when_it_is_asked_for()
    {
        SendSchedule schedule = Schedule(seconds: 10, batchesPerSecond: null);
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.That(schedule.TryTake(out long due), Is.True);
        Assert.That(due, Is.EqualTo(_clock.GetTimestamp()));
    }

    [Test]
    public void Nothing_is_due_after_the_end([Values(null, 5.0)] double? batchesPerSecond)
    {
        SendSchedule schedule = Schedule(seconds: 0.1, batchesPerSecond);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(schedule.IsOver, Is.True);
        Assert.That(batchesPerSecond is null || schedule.TryTake(out _), Is.True, "the batch due at the start is handed out late");
        Assert.That(schedule.TryTake(out _), Is.False);
    }

    private SendSchedule Schedule(double seconds, double? batchesPerSecond) =>
        new(_clock, _clock.GetTimestamp(), TimeSpan.FromSeconds(seconds), batchesPerSecond);
}
