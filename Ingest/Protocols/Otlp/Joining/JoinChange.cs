using TimeSeries.Core.Model.Ports;

namespace TimeSeries.Ingest.Protocols.Otlp.Joining;

/// <summary>
/// What one request does to what requests share: calls taken for its transactions, calls that wait for one, exceptions that were seen. It takes effect when
/// the batch is durable; otherwise what was taken is given back. Exceptions count as seen at once: spans and log records of one exception are often exported
/// at the same time. Used by one thread at a time.
/// </summary>
internal sealed class JoinChange(JoinTables tables)
{
    private readonly List<(SpanKey Key, CallSums Sums)> _taken = [];
    private readonly List<(SpanKey Key, CallSums Sums)> _waiting = [];
    private readonly List<ulong> _exceptions = [];
    private long _sameRequest;
    private long _earlierRequest;
    private long _orphans;

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

    /// <summary>Whether an exception is new; if so, it counts as seen from now on.</summary>
    public bool TryAddException(ulong hash, long milliseconds)
    {
        bool isNew = tables.Exceptions.TryAdd(hash, milliseconds);
        if (isNew)
        {
            _exceptions.Add(hash);
        }

        return isNew;
    }

    /// <summary>Puts the change into effect, or takes it back. Called once.</summary>
    public void End(CommitOutcome outcome)
    {
        if (outcome == CommitOutcome.Stored)
        {
            tables.Count(_sameRequest, _earlierRequest, _orphans);
            AddAll(_waiting);
            return;
        }

        AddAll(_taken);

        // What a resend repeats is stored, though this start may not have seen it.
        if (outcome != CommitOutcome.Resent)
        {
            foreach (ulong hash in _exceptions)
            {
                tables.Exceptions.Remove(hash);
            }
        }
    }

    private void AddAll(List<(SpanKey Key, CallSums Sums)> entries)
    {
        foreach ((SpanKey key, CallSums sums) in entries)
        {
            tables.Waiting.Add(key, sums);
        }
    }
}

/// <summary>What all requests of OTLP share, with what became of calls. Thread safe.</summary>
internal sealed class JoinTables(OtlpOptions options, TimeProvider clock)
{
    private long _sameRequest;
    private long _earlierRequest;
    private long _orphans;

    public WaitingSums Waiting { get; } = new(options.JoinEntries, options.JoinWindow, clock);

    public SeenExceptions Exceptions { get; } = new(clock);

    public long SameRequest => Volatile.Read(ref _sameRequest);

    public long EarlierRequest => Volatile.Read(ref _earlierRequest);

    public long Orphans => Volatile.Read(ref _orphans);

    /// <summary>Starts after a stop that was not clean: how many calls waited then is not known.</summary>
    public long Restarts { get; set; }

    public void Count(long sameRequest, long earlierRequest, long orphans)
    {
        Interlocked.Add(ref _sameRequest, sameRequest);
        Interlocked.Add(ref _earlierRequest, earlierRequest);
        Interlocked.Add(ref _orphans, orphans);
    }
}
