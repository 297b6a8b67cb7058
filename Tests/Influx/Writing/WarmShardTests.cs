using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Influx.Writing;

public sealed class WarmShardTests
{
    private readonly FakeTimeProvider _clock = new(TestTime.Start);

    [Test]
    public void Hours_are_awake_for_a_minute_after_each_write()
    {
        WarmShards hours = new(_clock);
        Assert.That(hours.Contain([7]), Is.False);
        hours.Add([7, 8]);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.That(hours.Contain([7, 8]), Is.True);
        hours.Add([8]);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That((hours.Contain([7, 8]), hours.Contain([8])), Is.EqualTo((false, true)));
    }

    [Test]
    public void After_a_fault_no_hour_is_awake()
    {
        WarmShards hours = new(_clock);
        hours.Add([7]);
        hours.Clear();
        Assert.That(hours.Contain([7]), Is.False);
    }
}
