using System.Diagnostics.Metrics;

namespace TimeSeries.Query;

/// <summary>
/// The metrics of the Query host, made once a host. Names follow OpenTelemetry, units UCUM; tags are the API family and the HTTP status. Thread safe.
/// </summary>
public sealed class QueryInstruments : IDisposable
{
    public QueryInstruments()
    {
        Requests = Meter.CreateCounter<long>("timeseries.query.requests", "{request}", "Requests answered, by API family and status.");
        Duration = Meter.CreateHistogram<double>("timeseries.query.duration", "s", "Time from the first byte of a request to the last of its answer.");
        ScansWaiting = Meter.CreateUpDownCounter<long>("timeseries.query.scans.waiting", "{scan}", "Requests that wait for others to finish scanning.");
        ScansRunning = Meter.CreateUpDownCounter<long>("timeseries.query.scans.running", "{scan}", "Requests that scan.");
    }

    /// <summary>Where the instruments live.</summary>
    public Meter Meter { get; } = new("TimeSeries.Query");

    public Counter<long> Requests { get; }

    public Histogram<double> Duration { get; }

    public UpDownCounter<long> ScansWaiting { get; }

    public UpDownCounter<long> ScansRunning { get; }

    public void Dispose() => Meter.Dispose();
}
