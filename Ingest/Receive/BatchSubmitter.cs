using System.Collections.Frozen;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Quotas;

namespace TimeSeries.Ingest.Receive;

/// <summary>Encodes valid batches for the WAL, hands them to the committer and waits for it. Thread safe.</summary>
internal sealed class BatchSubmitter(
    IngestQueue queue, AlertDeduplicator alerts, BatchLifecycle lifecycle, StoreRoute route, MemoryBudget budget, IngestOptions options,
    IHostApplicationLifetime lifetime, TimeProvider clock) : IBatchSubmitter
{
    // A first guess of a record's size that mostly saves growing.
    private const int SmallestRecordBytes = 512;
    private const int RecordBytesPerSample = 64;

    /// <inheritdoc/>
    public Task<CommitResult> SubmitAsync(ValidBatch batch, IdempotencyKey? key, BatchCounts counts, int madeIds) =>
        SubmitAsync(batch, key is { } given ? new ResendKey(given) : null, counts, madeIds, claim: null, whenEnded: null, timeLeft: null);

    /// <inheritdoc cref="SubmitAsync(ValidBatch, IdempotencyKey?, BatchCounts, int)"/>
    /// <param name="batch">The batch.</param>
    /// <param name="key">A batch with the same key is taken once; null when every batch is new.</param>
    /// <param name="counts">What is known of the batch's samples.</param>
    /// <param name="madeIds">How many of the batch's alerts got their id here.</param>
    /// <param name="claim">What the batch takes of its project's day; null when nothing bounds that.</param>
    /// <param name="whenEnded">Called once with the batch's final outcome, also after it was <see cref="CommitOutcome.Delayed"/>.</param>
    /// <param name="timeLeft">How long to wait at most, where that is less than <c>Ingest:StoredTimeout</c>.</param>
    public async Task<CommitResult> SubmitAsync(
        ValidBatch batch, ResendKey? key, BatchCounts counts, int madeIds, SampleClaim? claim, Action<CommitOutcome>? whenEnded, TimeSpan? timeLeft)
    {
        lifecycle.Receive(batch);
        PooledBuffer payload = new(Math.Max(SmallestRecordBytes, batch.Samples.RowCount * RecordBytesPerSample));
        MemoryReservation reservation = new(budget);
        bool isDelayed = false;
        try
        {
            BatchCodec.Write(batch, payload);
            reservation.SetTo(payload.Length);
            PendingBatch pending = new(batch, payload, Crc32C.Of(payload.Written.Span), key, counts, reservation)
            {
                StoredAlerts = await FindStoredAlertsAsync(batch, madeIds),
                Claim = claim,
                WhenEnded = whenEnded,
            };
            if (!queue.TryWrite(pending))
            {
                lifecycle.Refuse(pending);
            }

            CommitResult result = await WaitAsync(pending, timeLeft < options.StoredTimeout ? timeLeft.Value : options.StoredTimeout);
            isDelayed = result.Outcome == CommitOutcome.Delayed;
            return result;
        }
        finally
        {
            if (!isDelayed)
            {
                payload.Dispose();
                reservation.Dispose();
            }
        }
    }

    /// <summary>Waits until a store that is fed from the log has the batch. Returns what it has of it; null when there is nothing to wait for.</summary>
    public async ValueTask<StoredState?> WaitStoredAsync(CommitResult committed)
    {
        if (route.LogFed is not { } store || committed.Outcome is not (CommitOutcome.Stored or CommitOutcome.Resent))
        {
            return null;
        }

        if (committed.Counts.Accepted == 0)
        {
            return new StoredState(true, 0);
        }

        using CancellationTokenSource timeout = new(options.StoredTimeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, lifetime.ApplicationStopping);
        try
        {
            int? refused = await store.WaitStoredAsync(committed.Position, either.Token);
            return new StoredState(refused == 0, refused ?? 0);
        }
        catch (OperationCanceledException)
        {
            return new StoredState(false, 0);
        }
    }

    // A WAL or a store that hangs must not keep the request.
    private async Task<CommitResult> WaitAsync(PendingBatch pending, TimeSpan longest)
    {
        try
        {
            return await pending.Completion.WaitAsync(longest > TimeSpan.Zero ? longest : TimeSpan.Zero, clock);
        }
        catch (TimeoutException)
        {
            pending.TryLeave();
            return await pending.Completion;
        }
    }

    // The batch's alerts that a store on another machine has. Ids that were made here just now are nowhere else.
    private async ValueTask<IReadOnlySet<Guid>> FindStoredAlertsAsync(ValidBatch batch, int madeIds)
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
            // The host stops meanwhile; the committer refuses the batch.
            return FrozenSet<Guid>.Empty;
        }
    }
}

/// <summary>What a shared store has of a batch.</summary>
/// <param name="IsWhole">Whether it is known to have all accepted samples.</param>
/// <param name="Refused">How many it is known to have refused for good.</param>
internal readonly record struct StoredState(bool IsWhole, int Refused);
