using NUnit.Framework;
using TimeSeries.Ingest.Quotas;

namespace TimeSeries.Tests.Ingest.Quotas;

public sealed class TokenBucketTests
{
    private const long Ticks = 1_000_000_000;

    [Test]
    public void A_seconds_worth_passes_at_once_and_the_next_when_its_token_is_there()
    {
        TokenBucket bucket = new();
        for (int i = 0; i < 3; i++)
        {
            Assert.That(bucket.Fill(3, now: 7, Ticks), Is.EqualTo(TimeSpan.Zero));
            bucket.Take(1, Ticks);
        }

        Assert.That(bucket.Fill(3, 7, Ticks).TotalSeconds, Is.EqualTo(1 / 3.0).Within(1e-6));
        Assert.That(bucket.Fill(3, 7 + Ticks / 3, Ticks), Is.GreaterThan(TimeSpan.Zero));
        Assert.That(bucket.Fill(3, 7 + Ticks / 3 + 1, Ticks), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void What_takes_more_than_there_is_passes_and_is_paid_before_the_next()
    {
        TokenBucket bucket = new();
        bucket.Fill(100, 0, Ticks);
        bucket.Take(1_099, Ticks);

        // 999 are owed, and one must be there.
        Assert.That(bucket.Fill(100, 0, Ticks), Is.EqualTo(TimeSpan.FromSeconds(10)));
        Assert.That(bucket.Fill(100, 10 * Ticks - 1, Ticks), Is.GreaterThan(TimeSpan.Zero));
        Assert.That(bucket.Fill(100, 10 * Ticks, Ticks), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Over_any_time_no_more_pass_than_a_second_and_the_time_give()
    {
        Random random = new(20_261_129);
        TokenBucket bucket = new();
        long now = 0;
        List<long> passed = [];
        for (int i = 0; i < 20_000; i++)
        {
            now += random.Next((int)(Ticks / 20));
            if (bucket.Fill(7, now, Ticks) == TimeSpan.Zero)
            {
                bucket.Take(1, Ticks);
                passed.Add(now);
            }
        }

        int[] spans = [1, 5, 50, passed.Count - 1];
        foreach (int span in spans)
        {
            long shortest = Enumerable.Range(0, passed.Count - span).Min(i => passed[i + span] - passed[i]);
            Assert.That(span + 1, Is.LessThanOrEqualTo(7 + 7.0 * shortest / Ticks));
        }

        Assert.That(passed, Has.Count.GreaterThan(6.9 * now / Ticks));
    }

    [Test]
    public void A_clock_that_stands_or_steps_back_fills_nothing_and_another_rate_counts_from_now_on()
    {
        TokenBucket bucket = new();
        bucket.Fill(10, 5 * Ticks, Ticks);
        bucket.Take(10, Ticks);
        Assert.That(bucket.Fill(10, 4 * Ticks, Ticks), Is.EqualTo(TimeSpan.FromSeconds(0.1)));
        Assert.That(bucket.Fill(2, 4 * Ticks, Ticks), Is.EqualTo(TimeSpan.FromSeconds(0.5)));
    }
}
