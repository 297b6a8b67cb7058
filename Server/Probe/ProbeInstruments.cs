using System.Diagnostics.Metrics;

namespace TimeSeries.Server.Probe;

/// <summary>The metrics of the prober, made once a host. Names follow OpenTelemetry, units UCUM. Thread safe.</summary>
internal sealed class ProbeInstruments : IDisposable
{
    private readonly Meter _meter;

    /// <param name="meters">Makes the host's meters.</param>
    public ProbeInstruments(IMeterFactory meters)
    {
        _meter = meters.Create("TimeSeries.Server");
        Rounds = _meter.CreateCounter<long>("timeseries.probe.rounds", "{round}", "Rounds of the prober, by outcome.");
        Differences = _meter.CreateCounter<long>(
            "timeseries.probe.differences", "{difference}", "Values that the prober read and that are not what it wrote, by API.");

        // From the start, so that a rate sees the first increase.
        foreach (ProbeOutcome outcome in Enum.GetValues<ProbeOutcome>())
        {
            Add(outcome, 0);
        }

        foreach (string api in (ReadOnlySpan<string>)["aggregate", "samples", "whatap", "tyk", "alert-history", "ncp"])
        {
            Differences.Add(0, new KeyValuePair<string, object?>("api", api));
        }
    }

    public Counter<long> Rounds { get; }

    public Counter<long> Differences { get; }

    /// <summary>Counts a round.</summary>
    public void Add(ProbeReport report)
    {
        Add(report.Outcome, 1);
        foreach (ProbeDifference difference in report.Differences)
        {
            Differences.Add(1, new KeyValuePair<string, object?>("api", difference.Api));
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Add(ProbeOutcome outcome, long count) =>
        Rounds.Add(count, new KeyValuePair<string, object?>("outcome", outcome.ToString().ToLowerInvariant()));
}
