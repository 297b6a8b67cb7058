using TimeSeries.Core.Log;
using TimeSeries.Core.Model;
using TimeSeries.Core.Storage.Influx;
using TimeSeries.Hosting.Metrics;

namespace TimeSeries.Ingest.Pipeline;

/// <summary>
/// How far a store that is fed from the log has got, for <c>/metrics</c>: what waits for it, for how long the oldest of that has waited, and whether it takes samples.
/// The drain tells what it reads; thread safe to read beside it. Of a store that is fed from memory only the log's own size is shown.
/// </summary>
internal sealed class DrainProgress(ISampleWriter store, WriteAheadLog log, TimeProvider clock) : IMetricSource
{
    // Records of a second are told apart no further.
    private const long StepMilliseconds = 1_000;

    // Guards everything below. Entries are the ends of stretches of the log that the store has not confirmed, and when the first batch of each was committed.
    private readonly Lock _lock = new();
    private readonly LinkedList<(LogPosition End, Timestamp Received)> _waiting = [];
    private LogPosition _readThrough;
    private Timestamp _readAt;
    private LogPosition _samplesThrough;

    /// <summary>Reading begins here: the store has what is before.</summary>
    public void Begin(LogPosition from)
    {
        lock (_lock)
        {
            (_readThrough, _samplesThrough) = (from, from);
        }
    }

    /// <summary>Of what the log has at the start and the store has not, the first was committed then; null when there is nothing.</summary>
    public void Expect(Timestamp? received)
    {
        lock (_lock)
        {
            _readAt = received ?? Timestamp.Now(clock);
        }
    }

    /// <summary>The moment through which the store has all that was committed, and whether it lacks anything that was committed by now.</summary>
    public (Timestamp Through, bool Waits) Through()
    {
        // In this order: what is committed after the look at the clock is later than it, or as late.
        Timestamp now = Timestamp.Now(clock);
        LogPosition end = log.End;
        lock (_lock)
        {
            LeaveConfirmed();
            Timestamp? oldest = _waiting.First is { } first ? first.Value.Received : _readThrough < end ? _readAt : null;
            return (new Timestamp((oldest ?? now).Milliseconds - 1), oldest is not null);
        }
    }

    /// <summary>A record was read, which the store gets next when it has samples.</summary>
    public void Take(in RecordHeader header, LogPosition end)
    {
        lock (_lock)
        {
            (_readThrough, _readAt) = (end, header.Received);
            if (header.RowCount == 0)
            {
                return;
            }

            _samplesThrough = end;
            LeaveConfirmed();
            if (_waiting.Last is { } last && header.Received.Milliseconds - last.Value.Received.Milliseconds < StepMilliseconds)
            {
                last.Value = (end, last.Value.Received);
            }
            else
            {
                _waiting.AddLast((end, header.Received));
            }
        }
    }

    /// <inheritdoc/>
    public void Write(PrometheusText text)
    {
        Gauge(text, "timeseries_log_bytes", "Bytes that the log holds.", log.Bytes);
        if (store.Feed != StoreFeed.Log)
        {
            return;
        }

        (long bytes, TimeSpan age) = Waiting();
        Gauge(text, "timeseries_store_waiting_bytes", "Bytes of the log with samples that the store does not have yet.", bytes);
        Gauge(text, "timeseries_store_waiting_seconds", "Age of the oldest batch that the store does not have yet.", age.TotalSeconds);
        Gauge(text, "timeseries_log_end_position", "Position behind the last record of the log.", log.End.Offset);
        Gauge(text, "timeseries_store_confirmed_position", "Through this position the store has the samples.", store.ConfirmedThrough.Offset);
        Gauge(text, "timeseries_store_stored_position", "Through this position the store has samples and rollups, and the log may forget them.", store.StoredThrough.Offset);
        Gauge(text, "timeseries_store_takes_samples", "1 when the store takes samples, 0 when it refuses them or can't be reached.", (store as InfluxWriter)?.Fault is null ? 1 : 0);
    }

    private static void Gauge(PrometheusText text, string name, string help, double value)
    {
        text.Metric(name, "gauge", help);
        text.Value(name, value);
    }

    private (long Bytes, TimeSpan Age) Waiting()
    {
        long end = log.End.Offset;
        lock (_lock)
        {
            LeaveConfirmed();

            // Marks and probes hold no samples, so the store confirms nothing of them.
            LogPosition confirmed = store.ConfirmedThrough;
            long from = confirmed >= _samplesThrough ? Math.Max(confirmed.Offset, _readThrough.Offset) : confirmed.Offset;
            TimeSpan age = _waiting.First is { } oldest ? TimeSpan.FromMilliseconds(Math.Max(0, Timestamp.Now(clock).Milliseconds - oldest.Value.Received.Milliseconds)) : TimeSpan.Zero;
            return (Math.Max(0, end - from), age);
        }
    }

    private void LeaveConfirmed()
    {
        LogPosition confirmed = store.ConfirmedThrough;
        while (_waiting.First is { } first && first.Value.End <= confirmed)
        {
            _waiting.RemoveFirst();
        }
    }
}
