using System.Diagnostics.Metrics;
using TimeSeries.Hosting.Telemetry;

namespace TimeSeries.Alerting;

/// <summary>The metrics of alert rules, made once a host. Names follow OpenTelemetry, units UCUM. Thread safe.</summary>
public sealed class AlertingInstruments : IDisposable
{
    private readonly Meter _meter;

    /// <param name="meters">Makes the host's meters.</param>
    public AlertingInstruments(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create("TimeSeries.Alerting");
        Evaluations = _meter.CreateCounter<long>("timeseries.alerting.evaluations", "{evaluation}", "Evaluations of rules, by outcome.");
        Duration = _meter.CreateHistogram(
            "timeseries.alerting.evaluation.duration", "s", "Time that an evaluation's queries take.", advice: Latencies.Advice);
        Lateness = _meter.CreateHistogram(
            "timeseries.alerting.evaluation.lateness", "s", "Time from an evaluation time until its evaluation began.", advice: Latencies.Advice);
        Transitions = _meter.CreateCounter<long>("timeseries.alerting.transitions", "{alert}", "Alerts that rules wrote, by state.");
        Skipped = _meter.CreateCounter<long>(
            "timeseries.alerting.evaluations.skipped", "{evaluation}", "Evaluations that were missed for too long to be made up.");

        // From the start, so that a rate sees the first increase.
        Skipped.Add(0);
        foreach (string outcome in (ReadOnlySpan<string>)["ok", "failed"])
        {
            Evaluations.Add(0, new KeyValuePair<string, object?>("outcome", outcome));
        }

        foreach (string state in (ReadOnlySpan<string>)["firing", "resolved"])
        {
            Transitions.Add(0, new KeyValuePair<string, object?>("state", state));
        }
    }

    public Counter<long> Evaluations { get; }

    public Histogram<double> Duration { get; }

    public Histogram<double> Lateness { get; }

    public Counter<long> Transitions { get; }

    public Counter<long> Skipped { get; }

    /// <summary>Gives the numbers of rules by health and of groups by state.</summary>
    public void Observe(Func<IEnumerable<Measurement<long>>> rules, Func<IEnumerable<Measurement<long>>> groups)
    {
        _meter.CreateObservableUpDownCounter("timeseries.alerting.rules", rules, "{rule}", "Rules, by health.");
        _meter.CreateObservableUpDownCounter("timeseries.alerting.groups", groups, "{group}", "Groups of rules, by state.");
    }

    public void Dispose() => _meter.Dispose();
}
