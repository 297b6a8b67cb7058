using System.Buffers.Text;
using System.Collections.Frozen;
using TimeSeries.Core.Building;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ingest.Commit;

/// <summary>
/// Takes alerts out of a batch whose ids the project has already: in the store, in a batch before it that is on its way, or earlier in itself.
/// A store that is fed from the log knows an id only later, and has to be asked: for it
/// the newest ids are kept here, and the others are looked up before a batch is queued.
/// <see cref="RemoveRepeats"/> is the committer's; the rest is thread safe beside it.
/// </summary>
internal sealed class AlertDeduplicator(StoreRoute route)
{
    private static readonly int _idField = SampleSchema.Of(Kind.Alert).Ordinal("id");

    // Ids that are kept for a store fed from the log: minutes of alerts, 4 MB.
    private const int MaxKept = 1 << 16;

    // Of an id whose batch has no position yet.
    private static readonly LogPosition _onTheWay = new(long.MaxValue);

    // Guards _known and _kept.
    private readonly Lock _lock = new();

    // Ids with the position of their batch, so that it shows when the store has them.
    private readonly Dictionary<(long Pcode, Guid Id), LogPosition> _known = new(IdComparer.Instance);
    private readonly Queue<((long Pcode, Guid Id) Alert, LogPosition Position)> _kept = [];

    /// <summary>
    /// Finds the alerts of a batch that a store on another machine has. Waits for that machine, so it is not for the committer. An id that was known here
    /// and is gone from the store, as after its database was dropped, is forgotten.
    /// </summary>
    public async ValueTask<IReadOnlySet<Guid>> FindStoredAsync(ValidBatch batch, CancellationToken cancellationToken)
    {
        if (route.LogFed is not { } logFed || batch.Find(Kind.Alert) is not { } alerts)
        {
            return FrozenSet<Guid>.Empty;
        }

        LogPosition confirmed = logFed.ConfirmedThrough;
        HashSet<Guid> sought = new(alerts.RowCount, IdComparer.Instance);
        TextColumn ids = alerts.Texts(_idField);
        lock (_lock)
        {
            for (int row = 0; row < alerts.RowCount; row++)
            {
                if (TryParse(ids, row, out Guid id) && (!_known.TryGetValue((batch.Pcode, id), out LogPosition position) || position <= confirmed))
                {
                    sought.Add(id);
                }
            }
        }

        IReadOnlySet<Guid>? found = await logFed.FindAlertsAsync(batch.Pcode, [.. sought], cancellationToken);
        if (found is not null)
        {
            Forget(batch.Pcode, sought.Except(found), confirmed);
        }

        return found ?? FrozenSet<Guid>.Empty;
    }

    /// <summary>Removes repeats from a batch and holds the ids of the others until <see cref="Release"/>. Returns how many it removed.</summary>
    public int RemoveRepeats(PendingBatch pending)
    {
        if (pending.Batch.Find(Kind.Alert) is not { } alerts)
        {
            return 0;
        }

        List<Guid> taken = new(alerts.RowCount);
        List<int> repeats = [];
        TextColumn ids = alerts.Texts(_idField);
        for (int row = 0; row < alerts.RowCount; row++)
        {
            bool parsed = TryParse(ids, row, out Guid id);
            if (parsed && (pending.StoredAlerts.Contains(id) || route.Store.HasAlert(pending.Batch.Pcode, id) || !TryPin(pending.Batch.Pcode, id)))
            {
                repeats.Add(row);
            }
            else if (parsed)
            {
                taken.Add(id);
            }
        }

        pending.AlertIds = taken;
        if (repeats.Count > 0)
        {
            RowRemoval.Remove(pending.Batch, Kind.Alert, [.. repeats]);
        }

        return repeats.Count;
    }

    /// <summary>Lets go of a batch's ids: the batch is kept (and the store knows them, or will), or it is not.</summary>
    public void Release(PendingBatch pending, CommitOutcome outcome)
    {
        if (pending.AlertIds is not { } ids)
        {
            return;
        }

        lock (_lock)
        {
            foreach (Guid id in ids)
            {
                if (route.LogFed is not null && outcome == CommitOutcome.Stored)
                {
                    Keep((pending.Batch.Pcode, id), pending.Position);
                }
                else
                {
                    _known.Remove((pending.Batch.Pcode, id));
                }
            }
        }
    }

    private static bool TryParse(TextColumn ids, int row, out Guid id) => Utf8Parser.TryParse(ids.Symbols[ids.Codes[row]], out id, out _);

    private void Forget(long pcode, IEnumerable<Guid> ids, LogPosition confirmed)
    {
        lock (_lock)
        {
            foreach (Guid id in ids)
            {
                if (_known.TryGetValue((pcode, id), out LogPosition position) && position <= confirmed)
                {
                    _known.Remove((pcode, id));
                }
            }
        }
    }

    private void Keep((long Pcode, Guid Id) alert, LogPosition position)
    {
        _known[alert] = position;
        _kept.Enqueue((alert, position));
        if (_kept.Count > MaxKept && _kept.Dequeue() is var oldest && _known.TryGetValue(oldest.Alert, out LogPosition known) && known == oldest.Position)
        {
            _known.Remove(oldest.Alert);
        }
    }

    private bool TryPin(long pcode, Guid id)
    {
        lock (_lock)
        {
            return _known.TryAdd((pcode, id), _onTheWay);
        }
    }
}
