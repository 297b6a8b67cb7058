namespace TimeSeries.Ingest.Protocols.Otlp.Joining;

/// <summary>What all requests of OTLP share, with what became of calls. Thread safe.</summary>
internal sealed class JoinTables(OtlpOptions options, TimeProvider clock)
{
    private const int AgentLocks = 64;

    private long _sameRequest;
    private long _earlierRequest;
    private long _orphans;
    private long _requests;

    // An agent's exporters push spans and log records at the same time; different agents seldom share a lock.
    private readonly Lock[] _agents = [.. Enumerable.Range(0, AgentLocks).Select(_ => new Lock())];

    public WaitingSums Waiting { get; } = new(options.JoinEntries, options.JoinWindow, clock);

    public SeenExceptions Exceptions { get; } = new(clock);

    public long SameRequest => Volatile.Read(ref _sameRequest);

    public long EarlierRequest => Volatile.Read(ref _earlierRequest);

    public long Orphans => Volatile.Read(ref _orphans);

    /// <summary>Starts after a stop that was not clean: how many calls waited then is not known.</summary>
    public long Restarts { get; set; }

    /// <summary>Requests that are not yet stored and have calls of spans that are not in them; guarded by <see cref="UnderWayLock"/>.</summary>
    public HashSet<JoinChange> UnderWay { get; } = [];

    public Lock UnderWayLock { get; } = new();

    /// <summary>What a request holds while it brings exceptions of an agent.</summary>
    public Lock LockOf(int oid) => _agents[oid & (AgentLocks - 1)];

    /// <summary>The number of a request that begins.</summary>
    public long TakeNumber() => Interlocked.Increment(ref _requests);

    public void Count(long sameRequest, long earlierRequest, long orphans)
    {
        Interlocked.Add(ref _sameRequest, sameRequest);
        Interlocked.Add(ref _earlierRequest, earlierRequest);
        Interlocked.Add(ref _orphans, orphans);
    }
}
