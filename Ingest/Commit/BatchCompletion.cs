using TimeSeries.Ingest.Idempotency;

namespace TimeSeries.Ingest.Commit;

/// <summary>Ends a batch's way: lets go of what was held for it, counts its samples and answers its request and those that repeat it. Thread safe.</summary>
internal sealed class BatchCompletion(IdempotencyCache ids, AlertDeduplicator alerts, SampleLedger ledger)
{
    /// <summary>Ends a batch that went through the committer.</summary>
    public void End(PendingBatch batch, CommitOutcome outcome)
    {
        alerts.Release(batch, outcome);
        ledger.Finish(batch.Batch, outcome == CommitOutcome.Stored ? SampleLedger.Fate.Stored : SampleLedger.Fate.Unavailable);
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
        ledger.Finish(batch.Batch, SampleLedger.Fate.Unavailable);
        batch.Complete(CommitOutcome.Stopping);
    }

    /// <summary>Ends a batch that repeats another, with that one's answer.</summary>
    public void EndRepeat(PendingBatch batch, CommitOutcome outcome, CommitResult answer)
    {
        ledger.Finish(batch.Batch, outcome == CommitOutcome.Stored ? SampleLedger.Fate.Resent : SampleLedger.Fate.Unavailable);
        batch.Complete(answer);
    }
}
