using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Shipping;

/// <summary>
/// How far a store that is fed from the log has got, for <c>/metrics</c>: what waits for it, for how long the oldest of that has waited,
/// and whether it takes samples.
/// The drain tells what it reads; thread safe to read beside it. Of a store that is fed from memory only the log's own size is shown.
/// </summary>
internal sealed class ShippingLag
{
    // Records of a second are told apart no further.
    private const long StepMilliseconds = 1_000;

    private readonly StoreRoute _route;
    private readonly WriteAheadLog _log;
    private readonly ShippingGate _gate;
    private readonly TimeProvider _clock;

    // Guards everything below. Entries are the ends of stretches of the log that the store has not confirmed, and when the first batch of each was committed.
    private readonly Lock _lock = new();
    private readonly LinkedList<(LogPosition End, Timestamp Received)> _waiting = [];
    private LogPosition _readThrough;
    private Timestamp _readAt;
    private LogPosition _samplesThrough;

    public ShippingLag(StoreRoute route, WriteAheadLog log, ShippingGate gate, IngestInstruments instruments, TimeProvider clock)
    {
        (_route, _log, _gate, _clock) = (route, log, gate, clock);
        instruments.Observe(this);
    }

    /// <summary>Whether the log feeds the store; fed from memory, it has nothing to show but the log's size.</summary>
    public bool IsLogFed => _route.LogFed is not null;

    public long LogBytes => _log.Bytes;

    public LogPosition LogEnd => _log.End;

    /// <summary>Through here the store has the samples.</summary>
    public LogPosition Confirmed => _route.LogFed?.ConfirmedThrough ?? _route.Store.StoredThrough;

    /// <summary>Through here the store has samples and rollups.</summary>
    public LogPosition Stored => _route.Store.StoredThrough;

    /// <summary>Whether the store takes samples: it neither refuses them nor is out of reach.</summary>
    public bool TakesSamples => _route.LogFed is null || (_route.LogFed.Fault is null && _gate.Opened.IsCompleted);

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
            _readAt = received ?? Timestamp.Now(_clock);
        }
    }

    /// <summary>The moment through which the store has all that was committed, and whether it lacks anything that was committed by now.</summary>
    public (Timestamp Through, bool Waits) Through()
    {
        // In this order: what is committed after the look at the clock is later than it, or as late.
        Timestamp now = Timestamp.Now(_clock);
        LogPosition end = _log.End;
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

    /// <summary>Bytes of the log with samples that the store does not have yet, and the age of the oldest batch in them.</summary>
    public (long Bytes, TimeSpan Age) Waiting()
    {
        long end = _log.End.Offset;
        lock (_lock)
        {
            LeaveConfirmed();

            // Marks and probes hold no samples, so the store confirms nothing of them.
            LogPosition confirmed = Confirmed;
            long from = confirmed >= _samplesThrough ? Math.Max(confirmed.Offset, _readThrough.Offset) : confirmed.Offset;
            TimeSpan age = _waiting.First is { } oldest
                ? TimeSpan.FromMilliseconds(Math.Max(0, Timestamp.Now(_clock).Milliseconds - oldest.Value.Received.Milliseconds))
                : TimeSpan.Zero;
            return (Math.Max(0, end - from), age);
        }
    }

    private void LeaveConfirmed()
    {
        LogPosition confirmed = Confirmed;
        while (_waiting.First is { } first && first.Value.End <= confirmed)
        {
            _waiting.RemoveFirst();
        }
    }
}
