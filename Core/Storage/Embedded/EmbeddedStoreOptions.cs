using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>Settings of the embedded store. Never written after the store was opened.</summary>
public sealed class EmbeddedStoreOptions
{
    /// <summary>Memory of a head at which it is sealed. 48 MiB: large blocks (docs/decisions/0004), and two heads at most are in memory at one time.</summary>
    public long HeadBytes { get; init; } = 48L << 20;

    /// <summary>Samples at which a head is sealed.</summary>
    public int HeadRows { get; init; } = 1_000_000;

    /// <summary>Age of a head's first sample (since its arrival) at which it is sealed, so that the log stays short.</summary>
    public TimeSpan HeadAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Heads that may wait for their seal. Writing waits when one more is full. One is sealed while another fills, so more would only take memory.
    /// </summary>
    public int MaxFrozenHeads { get; init; } = 1;

    /// <summary>Bytes of all blocks over which the oldest are deleted; null for no bound.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>How long the samples of a kind are kept, by their time; null for no limit.</summary>
    public Func<Kind, TimeSpan?> Retention { get; init; } = _ => null;

    /// <summary>A project whose samples are kept for a shorter time, in blocks of its own, so that they can be deleted; null for none.</summary>
    public ProjectRetention? Apart { get; init; }

    /// <summary>In which time every block is read once, to find damage.</summary>
    public TimeSpan ScrubPeriod { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Whether a block that is found damaged is taken away from queries.</summary>
    public bool QuarantinesDamaged { get; init; }

    /// <summary>Memory for chunks, dictionaries and rollups read from blocks.</summary>
    public long CacheBytes { get; init; } = 128L << 20;

    /// <summary>Most samples that compaction puts into one block, which bounds its memory and the cost of one pass.</summary>
    public int MaxBlockRows { get; init; } = 8_000_000;

    /// <summary>
    /// Most threads that scan, all queries together: a scan does nothing but compute. Not for users: tests have more than there are processors.
    /// </summary>
    internal int ScanParallelism { get; init; } = Environment.ProcessorCount;
}

/// <summary>How long the samples of one project are kept, of whatever kind, unless their kind is kept for a shorter time still.</summary>
/// <param name="Pcode">The project.</param>
/// <param name="Kept">The age at which they are deleted.</param>
public readonly record struct ProjectRetention(long Pcode, TimeSpan Kept);
