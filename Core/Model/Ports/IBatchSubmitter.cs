using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Model.Ports;

/// <summary>Where valid batches go in, from a protocol or from the host's own parts. Thread safe.</summary>
public interface IBatchSubmitter
{
    /// <summary>
    /// Makes a batch durable. Completes when it is, and for a store that is fed from memory when it can be read too. The caller awaits it even when it
    /// has nobody to tell: the batch's columns are read, and alerts that the project has already are taken out of them, until then. A batch that is
    /// <see cref="CommitOutcome.Delayed"/> keeps its columns for good: they must not be used again.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="key">A batch with the same key is taken once; null when every batch is new.</param>
    /// <param name="counts">What is known of the batch's samples: accepted are all in the batch.</param>
    /// <param name="madeIds">How many of the batch's alerts got their id here; ids made here repeat none.</param>
    /// <returns>The outcome; faults of disk and store are outcomes too.</returns>
    Task<CommitResult> SubmitAsync(ValidBatch batch, IdempotencyKey? key, BatchCounts counts, int madeIds);
}

/// <summary>How many samples of a batch fared how, as its response says; remembered with its idempotency key.</summary>
/// <param name="Accepted">Durable, and new.</param>
/// <param name="Rejected">Broke a rule.</param>
/// <param name="Duplicates">Alerts that the project has already.</param>
/// <param name="Truncated">Of the accepted: had a text cut.</param>
public readonly record struct BatchCounts(int Accepted, int Rejected, int Duplicates, int Truncated);

/// <summary>What became of a batch.</summary>
public enum CommitOutcome : byte
{
    /// <summary>Durable, and in the store.</summary>
    Stored,

    /// <summary>Another batch with the same idempotency key was taken before; its counts and position are this one's.</summary>
    Resent,

    /// <summary>The WAL can't be written; nothing was kept.</summary>
    LogUnavailable,

    /// <summary>The WAL has reached its bound; nothing was kept.</summary>
    LogFull,

    /// <summary>The disk has no room for the batch; nothing was kept.</summary>
    DiskFull,

    /// <summary>A push has more samples than are left of its project's day; nothing was kept.</summary>
    OverQuota,

    /// <summary>The host stops before the batch is in the store. It may be in the WAL.</summary>
    Stopping,

    /// <summary>The WAL or the store takes too long. The batch may be in the WAL, and is stored once they go on.</summary>
    Delayed,
}

/// <summary>What became of a batch, with the counts for its response.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Counts">How its samples fared.</param>
/// <param name="Position">Where it is in the WAL.</param>
public readonly record struct CommitResult(CommitOutcome Outcome, BatchCounts Counts, LogPosition Position);
