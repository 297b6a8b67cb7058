using TimeSeries.Core.Codecs;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Idempotency;

namespace TimeSeries.Ingest.Commit;

/// <summary>
/// A batch's way through the committer: begun unless it repeats another, remembered once it is durable, and ended. Ending releases what was held for it,
/// counts its samples and answers its request and those that repeat it. The committer alone begins and remembers; the rest is thread safe.
/// </summary>
internal sealed class BatchLifecycle(IdempotencyCache ids, AlertDeduplicator alerts, SampleLedger ledger)
{
    private int _underWay;

    /// <summary>How many batches are on their way. Any thread may call this.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Counts a batch that is on its way from now on. Any thread may call this.</summary>
    public void Receive(ValidBatch batch)
    {
        Interlocked.Increment(ref _underWay);
        ledger.Receive(batch);
    }

    /// <summary>Whether the batch is new. A repeat is answered here, or with the batch that it repeats.</summary>
    public bool TryBegin(PendingBatch batch)
    {
        CommitResult known = default;
        IdempotencyState state = batch.Id is null ? IdempotencyState.New : ids.Begin(batch, out known);
        if (state == IdempotencyState.Known)
        {
            EndRepeat(batch, CommitOutcome.Stored, known);
        }

        return state == IdempotencyState.New;
    }

    /// <summary>Takes alerts out of the batch that the project has already.</summary>
    public void RemoveRepeatedAlerts(PendingBatch batch)
    {
        int repeats = alerts.RemoveRepeats(batch);
        if (repeats == 0)
        {
            return;
        }

        ledger.FinishAlerts(batch.Batch.Pcode, repeats);
        batch.Counts = batch.Counts with { Accepted = batch.Counts.Accepted - repeats, Duplicates = repeats };
        batch.Payload.Clear();
        if (batch.Batch.Samples.RowCount > 0)
        {
            BatchCodec.Write(batch.Batch, batch.Payload);
        }

        batch.PayloadChecksum = Crc32C.Of(batch.Payload.Written.Span);
    }

    /// <summary>Counts a push's samples against its project's day. One with more than are left ends here, and is no part of the project's samples.</summary>
    public bool TryClaim(PendingBatch batch)
    {
        if (batch.Claim is not { } claim || claim.TryTake(batch.Batch.Samples.RowCount))
        {
            return true;
        }

        End(batch, CommitOutcome.OverQuota);
        return false;
    }

    /// <summary>Remembers the idempotency key of a batch that is durable.</summary>
    public void Remember(PendingBatch batch, Timestamp now)
    {
        if (batch.Id is { } key)
        {
            ids.Remember(new IdempotencyRecord(key, now, batch.Position, batch.Counts), batch.ResendWindow);
        }
    }

    /// <summary>Ends a batch that went through the committer.</summary>
    public void End(PendingBatch batch, CommitOutcome outcome)
    {
        alerts.Release(batch, outcome);
        if (outcome is not (CommitOutcome.Stored or CommitOutcome.Stopping))
        {
            batch.Claim?.GiveBack();
        }

        Finish(batch, FateOf(outcome, SampleLedger.Fate.Stored));
        if (batch.Id is not null)
        {
            CommitOutcome forFollowers = outcome == CommitOutcome.Stored ? CommitOutcome.Resent : outcome;
            foreach (PendingBatch follower in ids.End(batch))
            {
                EndRepeat(follower, outcome, new CommitResult(forFollowers, batch.Counts, batch.Position));
            }
        }

        batch.Complete(outcome);
    }

    /// <summary>Ends a batch that the committer never took, since the host stops.</summary>
    public void Refuse(PendingBatch batch)
    {
        Finish(batch, SampleLedger.Fate.Unavailable);
        batch.Complete(CommitOutcome.Stopping);
    }

    private void Finish(PendingBatch batch, SampleLedger.Fate fate)
    {
        ledger.Finish(batch.Batch, fate);
        Interlocked.Decrement(ref _underWay);
    }

    // A batch that repeats another has that one's response.
    private void EndRepeat(PendingBatch batch, CommitOutcome outcome, CommitResult result)
    {
        Finish(batch, FateOf(outcome, SampleLedger.Fate.Resent));
        batch.Complete(result);
    }

    private static SampleLedger.Fate FateOf(CommitOutcome outcome, SampleLedger.Fate whenStored) => outcome switch
    {
        CommitOutcome.Stored => whenStored,
        CommitOutcome.OverQuota => SampleLedger.Fate.OverQuota,
        _ => SampleLedger.Fate.Unavailable,
    };
}
