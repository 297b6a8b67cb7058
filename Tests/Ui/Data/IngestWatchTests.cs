using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Ui.Data;

namespace TimeSeries.Tests.Ui.Data;

/// <summary>How often Ingest is looked at, and rates of two looks.</summary>
public sealed class IngestWatchTests
{
    private readonly FakeTimeProvider _clock = new();

    [Test]
    public void All_who_look_within_a_second_share_one_look()
    {
        CountedHealth health = new();
        IngestWatch watch = new([health], _clock);
        for (int i = 0; i < 100; i++)
        {
            watch.Count(1);
            watch.Count(2);
            watch.CountNode();
        }

        Assert.That(health.Looks, Is.EqualTo(new long?[] { 1, 2, null }));
        _clock.Advance(TimeSpan.FromSeconds(1));
        watch.Count(1);
        Assert.That(health.Looks, Has.Count.EqualTo(4));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.That(health.Looks, Has.Count.EqualTo(4), "nobody looked");
    }

    [Test]
    public void A_rate_is_what_came_between_two_looks()
    {
        CountedHealth health = new() { Received = 100 };
        IngestWatch watch = new([health], _clock);
        Assert.That(RateOf(watch), Is.Null);
        _clock.Advance(TimeSpan.FromSeconds(4));
        health.Received = 180;
        Assert.That(RateOf(watch), Is.EqualTo(20));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.That(RateOf(watch), Is.Zero);
        _clock.Advance(TimeSpan.FromMinutes(5));
        health.Received = 1_000_000;
        Assert.That(RateOf(watch), Is.Null, "that was no rate of now");
    }

    [Test]
    public void Where_no_samples_are_taken_there_is_nothing_to_look_at()
    {
        IngestWatch watch = new([], _clock);
        Assert.That(watch.IsHere, Is.False);
        Assert.That(() => watch.Count(1), Throws.InvalidOperationException);
    }

    private static double? RateOf(IngestWatch watch) => watch.Count(1).Rate(counts => counts.Samples[0].Received);

    private sealed class CountedHealth : IIngestHealth
    {
        public List<long?> Looks { get; } = [];

        public long Received { get; set; }

        public IngestCounts Count(long? pcode)
        {
            Looks.Add(pcode);
            return new IngestCounts
            {
                Samples = [new FateCounts { Name = "sql", Received = Received, Stored = Received, InFlight = 0, Rejected = [], Duplicates = [] }],
                Items = [],
                Pushed = [],
                MalformedLines = 0,
                UnmappedLines = 0,
                Examples = [],
            };
        }

        public NodeHealth FindNode() => throw new NotSupportedException("Nobody asks for it here.");
    }
}
