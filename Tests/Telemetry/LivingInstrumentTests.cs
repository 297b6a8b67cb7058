using System.Diagnostics.Metrics;
using NUnit.Framework;

namespace TimeSeries.Tests.Telemetry;

/// <summary>Who makes instruments disposes of them: each that stays is looked at by every host that starts in the process later.</summary>
// Comes after the fixtures that run beside each other.
[NonParallelizable]
internal sealed class LivingInstrumentTests
{
    // A host has some 150. Those of a few fixtures that are not at their end may be there.
    private const int Most = 1_000;

    [Test]
    public void Those_of_other_tests_are_gone()
    {
        Dictionary<string, int> living = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) => living[instrument.Meter.Name] = living.GetValueOrDefault(instrument.Meter.Name) + 1;
        listener.Start();
        KeyValuePair<string, int>[] own = [.. living.Where(meter => meter.Key.StartsWith("TimeSeries", StringComparison.Ordinal))];
        Assert.That(own.Sum(meter => meter.Value), Is.LessThan(Most), string.Join(", ", own.Select(meter => $"{meter.Key} {meter.Value}")));
    }
}
