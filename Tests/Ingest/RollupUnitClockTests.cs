using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Ingest.Commit;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest;

public sealed class RollupUnitClockTests
{
    private const long MaxBytes = 10_000;

    private readonly FakeTimeProvider _clock = new(TestTime.Start);

    [Test]
    public void A_mark_comes_before_the_first_samples_since_the_start()
    {
        RollupUnitClock marks = Make();
        bool before = marks.IsDue;
        marks.Begin();

        Assert.That((before, marks.IsDue), Is.EqualTo((true, false)));
    }

    [TestCase(299_999, false)]
    [TestCase(300_000, true)]
    public void A_unit_ends_5_minutes_after_its_first_samples(long milliseconds, bool expected)
    {
        RollupUnitClock marks = MakeOpen();
        _clock.Advance(TimeSpan.FromHours(1));
        marks.Add(1, 1);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds / 2));
        marks.Add(1, 1);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds - milliseconds / 2));

        Assert.That(marks.IsDue, Is.EqualTo(expected));
    }

    [TestCase(999_999, false)]
    [TestCase(1_000_000, true)]
    public void A_unit_ends_after_a_million_samples(int samples, bool expected)
    {
        RollupUnitClock marks = MakeOpen();
        marks.Add(samples - 5, 1);
        marks.Add(5, 1);

        Assert.That(marks.IsDue, Is.EqualTo(expected));
    }

    [TestCase(9_999, false)]
    [TestCase(10_000, true)]
    public void A_unit_ends_when_its_records_take_too_much_of_the_log(int bytes, bool expected)
    {
        RollupUnitClock marks = MakeOpen();
        marks.Add(1, bytes - 5);
        marks.Add(1, 5);

        Assert.That(marks.IsDue, Is.EqualTo(expected));
    }

    [Test]
    public void A_mark_begins_the_counts_again()
    {
        RollupUnitClock marks = MakeOpen();
        marks.Add(1_000_000, (int)MaxBytes);
        _clock.Advance(TimeSpan.FromMinutes(5));
        marks.Begin();
        marks.Add(1, 1);

        Assert.That((marks.IsDue, marks.TimeLeft), Is.EqualTo((false, (TimeSpan?)TimeSpan.FromMinutes(5))));
    }

    [Test]
    public void A_unit_without_samples_stays_open()
    {
        RollupUnitClock marks = MakeOpen();
        _clock.Advance(TimeSpan.FromDays(1));

        Assert.That((marks.IsDue, marks.TimeLeft), Is.EqualTo((false, (TimeSpan?)null)));
    }

    [Test]
    public void Units_are_numbered_behind_those_that_were_there()
    {
        RollupUnitClock marks = Make();
        marks.SkipTo(6);
        marks.SkipTo(3);
        long first = marks.NextUnit;
        marks.Begin();

        Assert.That((first, marks.NextUnit), Is.EqualTo((7L, 8L)));
    }

    [Test]
    public void A_store_that_is_fed_from_memory_wants_none()
    {
        RollupUnitClock marks = new(isWanted: false, _clock, MaxBytes);
        marks.Add(2_000_000, (int)MaxBytes);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.That((marks.IsDue, marks.TimeLeft), Is.EqualTo((false, (TimeSpan?)null)));
    }

    private RollupUnitClock Make() => new(isWanted: true, _clock, MaxBytes);

    private RollupUnitClock MakeOpen()
    {
        RollupUnitClock marks = Make();
        marks.Begin();
        return marks;
    }
}
