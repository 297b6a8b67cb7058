namespace TimeSeries.Core.Model.Ports;

/// <summary>How a node that takes samples is at one moment. Immutable.</summary>
public sealed record NodeHealth
{
    /// <summary>Bytes of pushes that are under way, those included whose body still comes.</summary>
    public required long QueueBytes { get; init; }

    /// <summary>How many they may be before pushes are refused.</summary>
    public required long MaxQueueBytes { get; init; }

    /// <summary>Valid batches that are neither stored nor refused yet.</summary>
    public required int BatchesUnderWay { get; init; }

    public required long LogBytes { get; init; }

    /// <summary>How many the WAL may hold before pushes are refused.</summary>
    public required long MaxLogBytes { get; init; }

    /// <summary>When the oldest record of the WAL was written, in ms since the Unix epoch; null when it has none or can't be read.</summary>
    public required long? OldestRecord { get; init; }

    /// <summary>Why the WAL can't be written; null when it can.</summary>
    public required string? LogFault { get; init; }

    /// <summary>Whether the WAL feeds the store, which is another process.</summary>
    public required bool IsLogFed { get; init; }

    /// <summary>Why the store takes no samples; null when it does.</summary>
    public required string? StoreFault { get; init; }

    /// <summary>What is to be known of a store that takes samples; null when all is well.</summary>
    public required string? StoreNotice { get; init; }

    /// <summary>Bytes of the WAL that the store does not have.</summary>
    public required long WaitingBytes { get; init; }

    /// <summary>Age of the oldest batch among them.</summary>
    public required TimeSpan WaitingAge { get; init; }

    /// <summary>Bytes left on the disk of the storage directory, of the last seconds; null when that can't be read.</summary>
    public required long? FreeDiskBytes { get; init; }

    /// <summary>Below so many a disk is said to be nearly full.</summary>
    public required long LowDiskBytes { get; init; }
}
