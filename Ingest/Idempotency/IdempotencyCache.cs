using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Idempotency;

/// <summary>
/// The idempotency keys of the last <c>Ingest:IdWindow</c>, at most <see cref="MaxIds"/>, oldest out first, and the batches with a key that
/// are on their way. Thread safe: a short lock per batch that has a key.
/// </summary>
internal sealed class IdempotencyCache(TimeSpan window, TimeProvider clock, IngestInstruments instruments, int maxIds = IdempotencyCache.MaxIds)
{
    /// <summary>About 100 MB: a bound that only a flood of tiny batches meets.</summary>
    public const int MaxIds = 1_000_000;

    private readonly long _windowMilliseconds = (long)window.TotalMilliseconds;

    // Guards everything below.
    private readonly Lock _lock = new();
    private readonly Dictionary<IdempotencyKey, IdempotencyRecord> _remembered = [];

    // By age. Keys with a shorter window of their own are forgotten earlier, and go first when there are too many.
    private readonly Queue<(IdempotencyKey Key, Timestamp Committed)> _byAge = [];
    private readonly Queue<(IdempotencyKey Key, Timestamp Committed, TimeSpan Window)> _shortByAge = [];
    private readonly Dictionary<IdempotencyKey, PendingBatch> _onTheWay = [];
    private List<IdempotencyRecord> _notInJournal = [];

    /// <summary>Registers a batch with a key. When it repeats another it gets its response with that one, if that is on its way.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="known">The response of the batch that is known already, if it repeats one.</param>
    public IdempotencyState Begin(PendingBatch batch, out CommitResult known)
    {
        IdempotencyKey key = batch.Id!.Value;
        known = default;
        lock (_lock)
        {
            if (_onTheWay.TryGetValue(key, out PendingBatch? first))
            {
                (first.Followers ??= []).Add(batch);
                return IdempotencyState.OnTheWay;
            }

            if (!_remembered.TryGetValue(key, out IdempotencyRecord remembered) || IsOld(remembered.Committed, batch.ResendWindow))
            {
                _onTheWay.Add(key, batch);
                return IdempotencyState.New;
            }

            known = new CommitResult(CommitOutcome.Resent, remembered.Counts, remembered.Position);
            return IdempotencyState.Known;
        }
    }

    /// <summary>Remembers a batch that is durable. Its key stays among those on the way until <see cref="End"/>.</summary>
    /// <param name="id">What is remembered.</param>
    /// <param name="window">How long, where that is shorter than the window of all.</param>
    public void Remember(IdempotencyRecord id, TimeSpan? window = null)
    {
        lock (_lock)
        {
            Add(id, window);
            _notInJournal.Add(id);
        }
    }

    /// <summary>Takes back what was remembered before this start, from journal or log.</summary>
    public void Restore(IdempotencyRecord id, RestoredFrom from)
    {
        lock (_lock)
        {
            if (_remembered.ContainsKey(id.Key))
            {
                return;
            }

            Add(id, null);
            if (from == RestoredFrom.Log)
            {
                _notInJournal.Add(id);
            }
        }
    }

    /// <summary>Ends a batch's way, and gives those that came to repeat it.</summary>
    public IReadOnlyList<PendingBatch> End(PendingBatch batch)
    {
        lock (_lock)
        {
            _onTheWay.Remove(batch.Id!.Value);
            return batch.Followers ?? [];
        }
    }

    /// <summary>Everything remembered that the journal does not have yet; the caller writes it there.</summary>
    public List<IdempotencyRecord> TakeForJournal()
    {
        lock (_lock)
        {
            List<IdempotencyRecord> taken = _notInJournal;
            _notInJournal = [];
            return taken;
        }
    }

    /// <summary>Puts back what could not be written to the journal.</summary>
    public void PutBack(List<IdempotencyRecord> ids)
    {
        lock (_lock)
        {
            ids.AddRange(_notInJournal);
            _notInJournal = ids;
        }
    }

    private void Add(IdempotencyRecord id, TimeSpan? window)
    {
        _remembered[id.Key] = id;
        if (window is { } shorter)
        {
            _shortByAge.Enqueue((id.Key, id.Committed, shorter));
        }
        else
        {
            _byAge.Enqueue((id.Key, id.Committed));
        }

        while (_shortByAge.TryPeek(out (IdempotencyKey Key, Timestamp Committed, TimeSpan Window) oldest)
            && (IsOld(oldest.Committed, oldest.Window) || _remembered.Count > maxIds))
        {
            _shortByAge.Dequeue();
            Forget(oldest.Key, oldest.Committed, isEarly: !IsOld(oldest.Committed, oldest.Window));
        }

        while (_byAge.TryPeek(out (IdempotencyKey Key, Timestamp Committed) oldest) && (IsOld(oldest.Committed) || _remembered.Count > maxIds))
        {
            _byAge.Dequeue();
            Forget(oldest.Key, oldest.Committed, isEarly: !IsOld(oldest.Committed));
        }
    }

    private void Forget(IdempotencyKey key, Timestamp committed, bool isEarly)
    {
        // A key used again after its window stands in the queue twice; only its last use counts.
        if (_remembered.TryGetValue(key, out IdempotencyRecord kept) && kept.Committed == committed)
        {
            _remembered.Remove(key);
            instruments.IdsForgotten.Add(isEarly ? 1 : 0);
        }
    }

    private bool IsOld(Timestamp committed, TimeSpan? window = null) =>
        Timestamp.Now(clock).Milliseconds - committed.Milliseconds > Math.Min(_windowMilliseconds, (long)(window ?? TimeSpan.MaxValue).TotalMilliseconds);
}

/// <summary>What is known of a batch's idempotency key when it arrives.</summary>
internal enum IdempotencyState : byte
{
    /// <summary>Nothing: the batch is taken.</summary>
    New,

    /// <summary>It was taken before; the batch has its response.</summary>
    Known,

    /// <summary>The first batch with it is on its way; the batch is answered with it.</summary>
    OnTheWay,
}

/// <summary>Where a remembered key was found at the start.</summary>
internal enum RestoredFrom : byte
{
    Journal,

    /// <summary>Only the log has it for certain, so it must go to the journal before the log forgets it.</summary>
    Log,
}
