using System.Diagnostics.Metrics;
using TimeSeries.Hosting.Telemetry;

namespace TimeSeries.Query;

/// <summary>
/// The metrics of the Query host, made once a host. Names follow OpenTelemetry, units UCUM; tags are the API family and the HTTP status. Thread safe.
/// </summary>
public sealed class QueryInstruments : IDisposable
{
    private readonly Meter _meter;

    /// <param name="meters">Makes the host's meters.</param>
    public QueryInstruments(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create("TimeSeries.Query");
        Requests = _meter.CreateCounter<long>("timeseries.query.requests", "{request}", "Requests answered, by API family and status.");
        Duration = _meter.CreateHistogram(
            "timeseries.query.duration", "s", "Time from the first byte of a request to the last of its response.", advice: Latencies.Advice);
        ScansWaiting = _meter.CreateUpDownCounter<long>("timeseries.query.scans.waiting", "{scan}", "Requests that wait for others to finish scanning.");
        ScansRunning = _meter.CreateUpDownCounter<long>("timeseries.query.scans.running", "{scan}", "Requests that scan.");
    }

    public Counter<long> Requests { get; }

    public Histogram<double> Duration { get; }

    public UpDownCounter<long> ScansWaiting { get; }

    public UpDownCounter<long> ScansRunning { get; }

    public void Dispose() => _meter.Dispose();
}
