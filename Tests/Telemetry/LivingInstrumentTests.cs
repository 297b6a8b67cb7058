using System.Diagnostics.Metrics;
using NUnit.Framework;

namespace TimeSeries.Tests.Telemetry;

/// <summary>Who makes instruments disposes of them: each that stays is looked at by every host that starts in the process later.</summary>
// In a whole run it comes after the fixtures that run beside each other; in a part of one it may come first and see nothing.
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
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name.StartsWith("TimeSeries", StringComparison.Ordinal))
            {
                living[instrument.Meter.Name] = living.GetValueOrDefault(instrument.Meter.Name) + 1;
            }
        };
        listener.Start();
        Assert.That(living.Values.Sum(), Is.LessThan(Most), string.Join(", ", living.Select(meter => $"{meter.Key} {meter.Value}")));
    }
}
