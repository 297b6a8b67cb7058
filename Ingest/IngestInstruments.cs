using System.Diagnostics.Metrics;

namespace TimeSeries.Ingest;

/// <summary>The metrics of Ingest, made once a host. Samples are counted by <see cref="Pipeline.SampleLedger"/>, which shows them as one snapshot. Thread safe.</summary>
public sealed class IngestInstruments : IDisposable
{
    public IngestInstruments()
    {
        Requests = Meter.CreateCounter<long>("timeseries.ingest.requests", "{request}", "Pushes answered, by status.");
        BodyBytes = Meter.CreateCounter<long>("timeseries.ingest.received", "By", "Bytes of bodies as sent.");
        Duration = Meter.CreateHistogram<double>("timeseries.ingest.duration", "s", "Time from the head of a push to its answer.");
        GroupBatches = Meter.CreateHistogram<int>("timeseries.ingest.group_batches", "{batch}", "Batches made durable by one flush.", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024] });
        IdsForgotten = Meter.CreateCounter<long>("timeseries.ingest.ids.forgotten", "{id}", "Idempotency keys forgotten before their window ended, since there were too many.");
        StoreFailures = Meter.CreateCounter<long>("timeseries.ingest.store.failures", "{failure}", "Writes to the store that failed and are tried again.");
    }

    /// <summary>Where gauges register themselves.</summary>
    public Meter Meter { get; } = new("TimeSeries.Ingest");

    public Counter<long> Requests { get; }

    public Counter<long> BodyBytes { get; }

    public Histogram<double> Duration { get; }

    public Histogram<int> GroupBatches { get; }

    public Counter<long> IdsForgotten { get; }

    public Counter<long> StoreFailures { get; }

    public void Dispose() => Meter.Dispose();
}
