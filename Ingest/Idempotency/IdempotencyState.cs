namespace TimeSeries.Ingest.Idempotency;

/// <summary>What is known of a batch's idempotency key when it arrives.</summary>
internal enum IdempotencyState : byte
{
    /// <summary>Nothing: the batch is taken.</summary>
    New,

    /// <summary>It was taken before; the batch has its answer.</summary>
    Known,

    /// <summary>The first batch with it is on its way; the batch is answered with it.</summary>
    OnTheWay,
}
