using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using TimeSeries.Hosting.Telemetry;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Quotas;
using TimeSeries.Ingest.Receive;
using TimeSeries.Ingest.Shipping;

namespace TimeSeries.Ingest;

/// <summary>The metrics of Ingest, made once a host. Names follow OpenTelemetry, units UCUM. Thread safe.</summary>
public sealed class IngestInstruments : IDisposable
{
    internal const string MeterName = "TimeSeries.Ingest";

    // What docs/ingest.md tells of, and the status of a mistake of ours.
    private static readonly int[] _statuses = [200, 400, 401, 403, 408, 413, 415, 429, 500, 503];

    private readonly Meter _meter;

    /// <param name="meters">Makes the host's meters; without one nobody but a listener of this process sees what is measured.</param>
    public IngestInstruments(IMeterFactory? meters = null)
    {
        _meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        Requests = _meter.CreateCounter<long>("timeseries.ingest.requests", "{request}", "Pushes answered, by status.");
        BodyBytes = _meter.CreateCounter<long>("timeseries.ingest.received", "By", "Bytes of bodies as sent.");
        Duration = _meter.CreateHistogram("timeseries.ingest.duration", "s", "Time from the head of a push to its response.", advice: Latencies.Advice);
        GroupBatches = _meter.CreateHistogram<int>(
            "timeseries.ingest.group_batches", "{batch}", "Batches made durable by one flush.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024] });
        IdsForgotten = _meter.CreateCounter<long>(
            "timeseries.ingest.ids.forgotten", "{id}", "Idempotency keys forgotten before their window ended, since there were too many.");
        StoreFailures = _meter.CreateCounter<long>("timeseries.ingest.store.failures", "{failure}", "Writes to the store that failed and are tried again.");

        HostEvents = _meter.CreateCounter<long>(
            "timeseries.ingest.host.events", "{event}",
            "Events that the host writes, of quotas that are used up and a disk that is nearly full, by whether they were written.");

        // Their series are there from the start: a rate sees the first increase, and an alert that nothing failed.
        foreach (int status in _statuses)
        {
            Requests.Add(0, new KeyValuePair<string, object?>("status", status));
        }

        BodyBytes.Add(0);
        IdsForgotten.Add(0);
        StoreFailures.Add(0);
        HostEvents.Add(0, new KeyValuePair<string, object?>("outcome", "stored"));
        HostEvents.Add(0, new KeyValuePair<string, object?>("outcome", "lost"));
    }

    public Counter<long> Requests { get; }

    public Counter<long> BodyBytes { get; }

    public Histogram<double> Duration { get; }

    public Histogram<int> GroupBatches { get; }

    public Counter<long> IdsForgotten { get; }

    public Counter<long> StoreFailures { get; }

    private Counter<long> HostEvents { get; }

    public void Dispose() => _meter.Dispose();

    /// <summary>Counts an event of the host.</summary>
    internal void CountEvent(bool isStored) => HostEvents.Add(1, new KeyValuePair<string, object?>("outcome", isStored ? "stored" : "lost"));

    /// <summary>Shows which pushes were refused for a quota of their project.</summary>
    internal void Observe(ProjectQuotas quotas) => _meter.CreateObservableCounter(
        "timeseries.ingest.quota.refused",
        () => quotas.FindAll().Select(all => new Measurement<long>(
            all.Refused.Count, new("pcode", all.Pcode.ToString(CultureInfo.InvariantCulture)), new("reason", all.Refused.Reason))),
        "{request}", "Pushes refused with 429, since their project exceeded a limit, by limit.");

    /// <summary>
    /// Shows what became of samples. A metric has one name, so there are five, but all that one collection shows of them is of one moment:
    /// received = stored + rejected + duplicate + in flight in every scrape.
    /// </summary>
    internal void Observe(SampleLedger ledger)
    {
        SampleCountsOfCollection counts = new(ledger);
        _meter.CreateObservableCounter("timeseries.ingest.samples.received", () => counts.Of(SampleCounts.Metric.Received), "{sample}", "Samples received.");
        _meter.CreateObservableCounter(
            "timeseries.ingest.samples.stored", () => counts.Of(SampleCounts.Metric.Stored), "{sample}",
            "Samples durable and in the store, or in the WAL that feeds it (timeseries_store_waiting_bytes).");
        _meter.CreateObservableUpDownCounter(
            "timeseries.ingest.samples.in_flight", () => counts.Of(SampleCounts.Metric.InFlight), "{sample}",
            "Samples received and not yet stored, rejected or duplicate.");
        _meter.CreateObservableCounter(
            "timeseries.ingest.samples.duplicate", () => counts.Of(SampleCounts.Metric.Duplicate), "{sample}",
            "Samples that were there already: repeated alerts, batches sent again.");
        _meter.CreateObservableCounter(
            "timeseries.ingest.samples.rejected", () => counts.Of(SampleCounts.Metric.Rejected), "{sample}",
            "Samples rejected, by reason; unavailable: WAL or host could not take them (503); quota: the project has used up its day (429).");
    }

    /// <summary>Shows by which protocol samples came.</summary>
    internal void Observe(PushLedger pushes) => _meter.CreateObservableCounter(
        "timeseries.ingest.protocol.samples",
        () => pushes.FindAll().Select(all => new Measurement<long>(
            all.Pushed.Samples, new("pcode", all.Pcode.ToString(CultureInfo.InvariantCulture)), new("kind", all.Pushed.Kind),
            new("protocol", all.Pushed.Protocol))),
        "{sample}", "Samples received by pushes, by protocol.");

    /// <summary>Shows the log's size and, when the store is fed from the log, how far it has got.</summary>
    internal void Observe(ShippingLag progress)
    {
        _meter.CreateObservableGauge("timeseries.log.bytes", () => progress.LogBytes, "By", "Bytes that the WAL holds.");
        if (!progress.IsLogFed)
        {
            return;
        }

        _meter.CreateObservableGauge(
            "timeseries.store.waiting.bytes", () => progress.Waiting().Bytes, "By", "Bytes of the WAL with samples that the store does not have yet.");
        _meter.CreateObservableGauge(
            "timeseries.store.waiting.seconds", () => progress.Waiting().Age.TotalSeconds, "s", "Age of the oldest batch that the store does not have yet.");
        _meter.CreateObservableGauge("timeseries.log.end_position", () => progress.LogEnd.Offset, null, "Position behind the last record of the WAL.");
        _meter.CreateObservableGauge(
            "timeseries.store.confirmed_position", () => progress.Confirmed.Offset, null, "Through this position the store has the samples.");
        _meter.CreateObservableGauge(
            "timeseries.store.stored_position", () => progress.Stored.Offset, null,
            "Through this position the store has samples and rollups, and the WAL may forget them.");
        _meter.CreateObservableGauge(
            "timeseries.store.takes_samples", () => progress.TakesSamples ? 1 : 0, null,
            "1 when the store takes samples, 0 when it refuses them or can't be reached.");
    }

    // A collection asks every instrument once, one after the other, on one thread; another exporter may collect meanwhile on another one.
    private sealed class SampleCountsOfCollection(SampleLedger ledger)
    {
        private readonly ConcurrentDictionary<int, (SampleCounts Counts, int Shown)> _byThread = [];

        public IReadOnlyList<Measurement<long>> Of(SampleCounts.Metric metric)
        {
            int thread = Environment.CurrentManagedThreadId;
            int bit = 1 << (int)metric;

            // What is asked for again begins the next collection.
            if (!_byThread.Remove(thread, out (SampleCounts Counts, int Shown) current) || (current.Shown & bit) != 0)
            {
                current = (ledger.Count(), 0);
            }

            current.Shown |= bit;
            if (current.Shown != SampleCounts.AllMetrics)
            {
                _byThread[thread] = current;
            }

            return current.Counts[metric];
        }
    }
}
