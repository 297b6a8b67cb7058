using NUnit.Framework;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>How long a write waits before it is tried again.</summary>
internal sealed class WriteBackoffTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void Delays_double_up_to_30_seconds()
    {
        Backoff backoff = new(() => 1);
        double[] seconds = [.. Enumerable.Range(0, 12).Select(_ => backoff.Next(null).TotalSeconds)];
        Assert.That(seconds, Is.EqualTo(new[] { 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30, 30 }).Within(1e-9));
    }

    [Test]
    public void The_jitter_is_full() =>
        Assert.That((new Backoff(() => 0).Next(null), new Backoff(() => 0.5).Next(null)), Is.EqualTo((TimeSpan.Zero, TimeSpan.FromMilliseconds(100))));

    [TestCase(7, 7)]
    [TestCase(100_000, 300)]
    [TestCase(0.1, 0.2)]
    [TestCase(0, 0.2)]
    [TestCase(-5, 0.2)]
    public void What_the_server_asks_for_makes_a_delay_longer_within_bounds_and_never_shorter(double seconds, double expected) =>
        Assert.That(new Backoff(() => 1).Next(TimeSpan.FromSeconds(seconds)), Is.EqualTo(TimeSpan.FromSeconds(expected)));

    [Test]
    public void Delays_double_whatever_the_server_asks_for()
    {
        Backoff backoff = new(() => 1);
        double[] seconds = [.. Enumerable.Range(0, 9).Select(_ => backoff.Next(TimeSpan.FromSeconds(1.5)).TotalSeconds)];
        Assert.That(seconds, Is.EqualTo(new[] { 1.5, 1.5, 1.5, 1.6, 3.2, 6.4, 12.8, 25.6, 30 }).Within(1e-9));
    }

    [TestCase("17", 17)]
    [TestCase(" 3 ", 3)]
    [TestCase("99999999999999999", 300)]
    [TestCase("1.5", 1.5)]
    [TestCase("Sunday, 01-Mar-26 12:00:42 GMT", 42)]
    [TestCase("Sun, 01 Mar 2026 12:00:42 GMT", 42)]
    [TestCase("Sun, 01 Mar 2026 11:00:00 GMT", 0)]
    public void Retry_After_is_seconds_or_a_date(string header, double expected) =>
        Assert.That(Backoff.ReadRetryAfter(header, _now), Is.EqualTo(TimeSpan.FromSeconds(expected)));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("soon")]
    [TestCase("-3")]
    [TestCase("NaN")]
    [TestCase("Infinity")]
    [TestCase("1.2.2026")]
    public void What_is_neither_is_nothing(string? header) => Assert.That(Backoff.ReadRetryAfter(header, _now), Is.Null);
}
