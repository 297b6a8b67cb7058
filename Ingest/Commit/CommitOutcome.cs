namespace TimeSeries.Ingest.Commit;

/// <summary>What became of a batch.</summary>
internal enum CommitOutcome : byte
{
    /// <summary>Durable, and in the store.</summary>
    Stored,

    /// <summary>Another batch with the same idempotency key was taken before; its counts and position are this one's answer.</summary>
    Resent,

    /// <summary>The log can't be written; nothing was kept.</summary>
    LogUnavailable,

    /// <summary>The host stops before the batch is in the store. It may be in the log.</summary>
    Stopping,
}
