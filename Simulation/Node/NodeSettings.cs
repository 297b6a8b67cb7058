using TimeSeries.Core.Log;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;

namespace TimeSeries.Simulation.Node;

/// <summary>How a simulated node is set up: all bounds are small, so that a few dozen steps meet them.</summary>
internal sealed record NodeSettings
{
    /// <summary>The project whose samples are kept apart, where one is.</summary>
    public const long ApartProject = 3;

    /// <summary>How long idempotency keys are remembered.</summary>
    public static readonly TimeSpan IdWindow = TimeSpan.FromHours(1);

    /// <summary>How long a push waits at most.</summary>
    public static readonly TimeSpan StoredTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Samples at which a head is sealed.</summary>
    public int HeadRows { get; init; } = 60;

    /// <summary>Most bytes of the WAL; 0 for no bound.</summary>
    public long WalBytes { get; init; }

    /// <summary>Bytes of a segment of the WAL.</summary>
    public long SegmentBytes { get; init; } = WriteAheadLogOptions.MinSegmentBytes;

    /// <summary>How long exceptions are kept; null for no limit.</summary>
    public TimeSpan? ExceptionRetention { get; init; }

    /// <summary>Whether blocks that are found damaged go to quarantine.</summary>
    public bool QuarantinesDamaged { get; init; }

    /// <summary>Whether a project is kept apart.</summary>
    public bool HasApart { get; init; }

    /// <summary>Most samples of a block that compaction makes.</summary>
    public int MaxBlockRows { get; init; } = 8_000_000;

    /// <summary>Whether alert rules are evaluated.</summary>
    public bool HasRules { get; init; }

    /// <summary>Settings drawn at random.</summary>
    public static NodeSettings Draw(Random random) => new()
    {
        HeadRows = random.Next(3) switch { 0 => 12, 1 => 40, _ => 150 },
        SegmentBytes = WriteAheadLogOptions.MinSegmentBytes << random.Next(2),
        WalBytes = random.Next(5) == 0 ? 3 * (WriteAheadLogOptions.MinSegmentBytes << 1) : 0,
        ExceptionRetention = random.Next(3) == 0 ? TimeSpan.FromHours(2) : null,
        QuarantinesDamaged = random.Next(2) == 0,
        HasApart = random.Next(4) == 0,
        MaxBlockRows = random.Next(4) == 0 ? 100 : 8_000_000,
        HasRules = true,
    };

    /// <summary>How long samples of a kind are kept.</summary>
    public TimeSpan? RetentionOf(Kind kind) => kind == Kind.Exception ? ExceptionRetention : null;

    /// <summary>The settings of the store. One thread scans, so that every run is the same.</summary>
    public EmbeddedStoreOptions StoreOptions() => new()
    {
        HeadRows = HeadRows,
        HeadBytes = 1 << 20,
        CacheBytes = 1 << 20,
        MaxBlockRows = MaxBlockRows,
        Retention = RetentionOf,
        Apart = HasApart ? new ProjectRetention(ApartProject, TimeSpan.FromDays(365)) : null,
        QuarantinesDamaged = QuarantinesDamaged,
        ScrubPeriod = TimeSpan.FromMinutes(1),
        ScanParallelism = 1,
    };
}
