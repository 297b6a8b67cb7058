using TimeSeries.Core.Model.Ports;

namespace TimeSeries.Ingest.Protocols.Otlp.Joining;

/// <summary>
/// What one request does to what requests share: calls taken for its transactions, calls that wait for one, exceptions that were seen. It takes effect when
/// the batch is durable; otherwise what was taken is given back. Exceptions count as seen at once, since spans and log records of one exception are often
/// exported at the same time: who leaves one to an earlier request waits until that is stored. So does who has a transaction whose calls are in a request that
/// is on its way, since exporters send several exports at the same time when their process ends. Used by one thread at a time.
/// </summary>
internal sealed class JoinChange(JoinTables tables)
{
    private readonly List<(SpanKey Key, CallSums Sums)> _taken = [];
    private readonly List<(SpanKey Key, CallSums Sums)> _waiting = [];
    private readonly List<ulong> _exceptions = [];

    // Calls of this request's spans in requests that were decoded before it and are not yet stored.
    private readonly List<LaterCalls> _later = [];

    // Requests before this one that have exceptions of this one and are not yet stored.
    private readonly HashSet<JoinChange> _earlier = [];
    private readonly TaskCompletionSource<bool> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Held while exceptions come. Only that of the first agent: a request that held several could wait for one that waits for it.
    private Lock? _held;
    private long _sameRequest;
    private long _earlierRequest;
    private long _orphans;

    /// <summary>Which request it is, in the order in which they came to their first exception.</summary>
    public long Number { get; private set; }

    /// <summary>Whether there is somebody to wait for.</summary>
    public bool HasEarlier => _earlier.Count > 0;

    /// <summary>Takes the calls that wait for a span; given back unless the batch is stored.</summary>
    public bool TryTake(in SpanKey key, out CallSums sums)
    {
        bool isFound = tables.Waiting.TryTake(key, out sums);
        if (isFound)
        {
            _taken.Add((key, sums));
        }

        return isFound;
    }

    /// <summary>Calls that went into a transaction of the request, from it or from an earlier one.</summary>
    public void CountJoined(in CallSums sums, bool isEarlier)
    {
        _sameRequest += isEarlier ? 0 : sums.Calls;
        _earlierRequest += isEarlier ? sums.Calls : 0;
    }

    /// <summary>Calls that belong to no transaction.</summary>
    public void CountOrphans(in CallSums sums) => _orphans += sums.Calls;

    /// <summary>Calls of a span that is not in the request.</summary>
    public void Wait(in SpanKey key, in CallSums sums) => _waiting.Add((key, sums));

    /// <summary>
    /// Tells later requests of calls that wait for their spans, and finds those of this one's spans in requests that were decoded before and are not yet
    /// stored. One that itself waits for others because of exceptions is left out: it may wait for this one.
    /// </summary>
    public IReadOnlyList<(JoinChange From, SpanKey Key)> Announce(SpanIndex spans)
    {
        List<(JoinChange, SpanKey)>? found = null;
        lock (tables.UnderWayLock)
        {
            foreach (JoinChange earlier in tables.UnderWay)
            {
                foreach ((SpanKey key, _) in earlier._waiting)
                {
                    if (spans.Find(key) != SpanIndex.None)
                    {
                        (found ??= []).Add((earlier, key));
                    }
                }
            }

            if (_waiting.Count > 0 && !HasEarlier)
            {
                tables.UnderWay.Add(this);
            }
        }

        return found ?? [];
    }

    /// <summary>Notes calls that are to be taken when the request that brings them has ended.</summary>
    public void TakeLater(in LaterCalls calls) => _later.Add(calls);

    /// <summary>Whether there are calls to be taken later.</summary>
    public bool HasLater => _later.Count > 0;

    /// <summary>Waits until the requests have ended that bring calls of this one, and takes what is stored of them.</summary>
    /// <returns>What transactions get.</returns>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public async Task<IReadOnlyList<(LaterCalls Calls, CallSums Sums)>> TakeLaterAsync(TimeSpan longest, TimeProvider clock)
    {
        await Task.WhenAll(_later.Select(calls => calls.From._end.Task)).WaitAsync(longest, clock);
        List<(LaterCalls, CallSums)> taken = [];
        foreach (LaterCalls calls in _later)
        {
            // Several requests may have had calls of one span: they are all there the first time.
            if (!TryTake(calls.Key, out CallSums sums))
            {
                continue;
            }

            if (calls.Row >= 0)
            {
                CountJoined(sums, isEarlier: true);
                taken.Add((calls, sums));
            }
            else if (calls.Next is { } next)
            {
                Wait(next, sums);
            }
            else
            {
                CountOrphans(sums);
            }
        }

        return taken;
    }

    /// <summary>
    /// Whether an exception is new; if so, it counts as seen from now on. From the first one to <see cref="EndExceptions"/>, on one thread, others bring none
    /// of its agent: so of two requests with the same exceptions one has them all.
    /// </summary>
    public bool TryAddException(int oid, ulong hash, long milliseconds)
    {
        if (_held is null)
        {
            _held = tables.LockOf(oid);
            _held.Enter();
            Number = tables.TakeNumber();
        }

        bool isNew = tables.Exceptions.TryAdd(hash, milliseconds, this, out JoinChange? owner);
        if (isNew)
        {
            _exceptions.Add(hash);
        }
        else if (owner is not null)
        {
            _earlier.Add(owner);
        }

        return isNew;
    }

    /// <summary>Says that no more exceptions come.</summary>
    public void EndExceptions() => _held?.Exit();

    /// <summary>Waits until all that exceptions were left to are stored. False when one of them is not.</summary>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public async Task<bool> WaitForEarlierAsync(TimeSpan longest, TimeProvider clock)
    {
        bool[] stored = await Task.WhenAll(_earlier.Select(earlier => earlier._end.Task)).WaitAsync(longest, clock);
        return Array.TrueForAll(stored, isStored => isStored);
    }

    /// <summary>Puts the change into effect, or takes it back. Called once.</summary>
    public void End(CommitOutcome outcome)
    {
        if (outcome == CommitOutcome.Stored)
        {
            tables.Count(_sameRequest, _earlierRequest, _orphans);
            AddAll(_waiting);
        }
        else
        {
            AddAll(_taken);
        }

        lock (tables.UnderWayLock)
        {
            tables.UnderWay.Remove(this);
        }

        // What a resend repeats is stored, though this start may not have seen it.
        bool isStored = outcome is CommitOutcome.Stored or CommitOutcome.Resent;
        foreach (ulong hash in _exceptions)
        {
            tables.Exceptions.End(hash, this, isStored);
        }

        _end.SetResult(isStored);
    }

    private void AddAll(List<(SpanKey Key, CallSums Sums)> entries)
    {
        foreach ((SpanKey key, CallSums sums) in entries)
        {
            tables.Waiting.Add(key, sums);
        }
    }
}

/// <summary>Calls of a span of a request that are in another one, which is on its way.</summary>
/// <param name="From">The other request.</param>
/// <param name="Key">The span.</param>
/// <param name="Row">The row of its transaction; less than 0 when that is not in the request.</param>
/// <param name="HasApi">Whether that is one of an API of a gateway.</param>
/// <param name="Next">Without a transaction: the span that they wait for then; null when they belong to none.</param>
internal readonly record struct LaterCalls(JoinChange From, SpanKey Key, int Row, bool HasApi, SpanKey? Next);
