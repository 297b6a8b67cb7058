using System.Collections.Frozen;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Receive;

/// <summary>Hands valid batches to the committer and waits for the store. Thread safe.</summary>
internal sealed class BatchSubmitter(
    IngestQueue queue, AlertDeduplicator alerts, BatchLifecycle lifecycle, StoreRoute route, IngestOptions options, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    /// <summary>
    /// The batch's alerts that a store on another machine has. Ids that were made here just now are nowhere else.
    /// When the host stops meanwhile the committer refuses the batch.
    /// </summary>
    public async ValueTask<IReadOnlySet<Guid>> FindStoredAlertsAsync(ValidBatch batch, int madeIds)
    {
        if (madeIds == (batch.Find(Kind.Alert)?.RowCount ?? 0))
        {
            return FrozenSet<Guid>.Empty;
        }

        try
        {
            return await alerts.FindStoredAsync(batch, lifetime.ApplicationStopping);
        }
        catch (OperationCanceledException)
        {
            return FrozenSet<Guid>.Empty;
        }
    }

    /// <summary>
    /// Queues the batch. The task completes when the batch is durable and, for a store that is fed from memory, in the store.
    /// It must be waited for even when the caller leaves: log and store read the batch's buffers until then.
    /// </summary>
    public Task<CommitResult> SubmitAsync(PendingBatch pending)
    {
        if (!queue.TryWrite(pending))
        {
            lifecycle.Refuse(pending);
        }

        return pending.Completion;
    }

    /// <summary>Waits until a store that is fed from the log has the batch. Returns whether it has; null when there is nothing to wait for.</summary>
    public async ValueTask<bool?> WaitStoredAsync(CommitResult committed)
    {
        if (route.LogFed is not { } store || committed.Outcome is not (CommitOutcome.Stored or CommitOutcome.Resent))
        {
            return null;
        }

        if (committed.Counts.Accepted == 0)
        {
            return true;
        }

        using CancellationTokenSource timeout = new(options.StoredTimeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, lifetime.ApplicationStopping);
        try
        {
            await store.WaitStoredAsync(committed.Position, either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
