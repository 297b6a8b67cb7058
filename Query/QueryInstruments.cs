using System.Diagnostics;
using System.Diagnostics.Metrics;
using TimeSeries.Hosting.Telemetry;

namespace TimeSeries.Query;

/// <summary>
/// The metrics of the Query host, made once a host. Names follow OpenTelemetry, units UCUM; tags are the API family and the HTTP status. Thread safe.
/// </summary>
public sealed class QueryInstruments : IDisposable
{
    // What alerts are made of. Others appear with their first request.
    private static readonly int[] _statuses = [200, 400, 401, 403, 404, 500, 503];

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
        StreamsOpen = _meter.CreateUpDownCounter<long>("timeseries.query.streams.open", "{stream}", "Streams that are open.");
        StreamsMissed = _meter.CreateCounter<long>(
            "timeseries.query.streams.missed", "{sample}", "Samples that streams did not send: more than they may in a second, or than their clients read.");
        ScansRunning = _meter.CreateUpDownCounter<long>("timeseries.query.scans.running", "{scan}", "Requests that scan.");

        // From the start, so that a rate sees the first increase.
        StreamsOpen.Add(0);
        StreamsMissed.Add(0);
        foreach (string family in QueryEndpoints.Modules.Select(module => module.Name))
        {
            foreach (int status in _statuses)
            {
                Requests.Add(0, new TagList { { "family", family }, { "status", status } });
            }
        }
    }

    public Counter<long> Requests { get; }

    public Histogram<double> Duration { get; }

    public UpDownCounter<long> ScansWaiting { get; }

    public UpDownCounter<long> ScansRunning { get; }

    public UpDownCounter<long> StreamsOpen { get; }

    public Counter<long> StreamsMissed { get; }

    public void Dispose() => _meter.Dispose();
}
