using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>How the size of writes follows what the server takes.</summary>
internal sealed class AdaptiveBatchSizeTests
{
    private const int Configured = 1 << 20;

    // More than any number of successes that a step up needs.
    private const int Many = 1_000;

    private readonly FakeTimeProvider _clock = new(TestTime.Start);

    [Test]
    public void A_refused_size_is_halved()
    {
        AdaptiveBatchSize size = new(Configured, _clock);
        size.Shrink(800_000);
        Assert.That(size.MaxBytes, Is.EqualTo(400_000));
    }

    [Test]
    public void It_is_never_halved_below_what_every_server_takes()
    {
        AdaptiveBatchSize size = new(Configured, _clock);
        for (int bytes = Configured; bytes > 0; bytes /= 2)
        {
            size.Shrink(bytes);
        }

        Assert.That(size.MaxBytes, Is.EqualTo(64 << 10));
    }

    [Test]
    public void It_does_not_grow_to_a_size_that_was_refused_within_ten_minutes()
    {
        AdaptiveBatchSize size = new(Configured, _clock);
        size.Shrink(Configured);
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Store(size, Many);
        Assert.That(size.MaxBytes, Is.EqualTo(Configured / 2));
    }

    [Test]
    public void It_grows_back_to_what_is_configured_and_no_further_after_ten_minutes()
    {
        AdaptiveBatchSize size = new(Configured, _clock);
        size.Shrink(Configured);
        size.Shrink(Configured / 2);
        size.Shrink(Configured / 4);
        _clock.Advance(TimeSpan.FromMinutes(10));
        Store(size, Many);
        Assert.That(size.MaxBytes, Is.EqualTo(Configured));
    }

    [Test]
    public void Writes_that_were_under_way_when_it_was_halved_do_not_halve_it_again()
    {
        AdaptiveBatchSize size = new(Configured, _clock);
        size.Shrink(900_000);
        size.Shrink(900_000);
        Assert.That(size.MaxBytes, Is.EqualTo(450_000));
    }

    [Test]
    public void One_success_is_not_enough_to_grow()
    {
        AdaptiveBatchSize size = new(Configured, _clock);
        size.Shrink(Configured);
        _clock.Advance(TimeSpan.FromMinutes(11));
        Store(size, 1);
        Assert.That(size.MaxBytes, Is.EqualTo(Configured / 2));
    }

    [Test]
    public void A_refusal_begins_the_count_of_successes_again()
    {
        AdaptiveBatchSize size = new(Configured, _clock);
        size.Shrink(Configured);
        _clock.Advance(TimeSpan.FromMinutes(11));
        int needed = 0;
        for (; size.MaxBytes < Configured; needed++)
        {
            Store(size, 1);
        }

        size.Shrink(Configured);
        _clock.Advance(TimeSpan.FromMinutes(11));
        Store(size, needed - 1);
        size.Shrink(Configured / 2);
        _clock.Advance(TimeSpan.FromMinutes(11));
        Store(size, needed - 1);
        Assert.That(size.MaxBytes, Is.EqualTo(Configured / 4));
    }

    [Test]
    public void A_size_that_is_refused_again_after_ten_minutes_holds_for_ten_more()
    {
        AdaptiveBatchSize size = new(Configured, _clock);
        size.Shrink(Configured);
        _clock.Advance(TimeSpan.FromMinutes(11));
        Store(size, Many);
        size.Shrink(Configured);
        _clock.Advance(TimeSpan.FromMinutes(9));
        Store(size, Many);
        Assert.That(size.MaxBytes, Is.EqualTo(Configured / 2));
    }

    private static void Store(AdaptiveBatchSize size, int times)
    {
        for (int i = 0; i < times; i++)
        {
            size.Grow();
        }
    }
}
