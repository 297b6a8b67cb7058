using System.Collections.Frozen;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Threads;
using TimeSeries.Ingest.Quotas;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Commit;

/// <summary>
/// A valid batch on its way from its request through log and store. Its request waits for <see cref="Completion"/> before it gives its buffers back;
/// in between, one stage after the other may change it. When the request leaves earlier, the buffers are the batch's.
/// </summary>
internal sealed class PendingBatch(
    ValidBatch batch, PooledBuffer payload, uint payloadChecksum, ResendKey? key, BatchCounts counts, MemoryReservation reservation) : IDisposable
{
    // What awaits it answers the request at once, on the thread that completes it: one wake-up less.
    private readonly TaskCompletionSource<CommitResult> _completion = new();
    private readonly byte[] _header = new byte[RecordHeader.MaxSize];
    private int _headerLength;

    public ValidBatch Batch { get; } = batch;

    /// <summary>The samples as the log keeps them; empty when none is left.</summary>
    public PooledBuffer Payload { get; } = payload;

    public uint PayloadChecksum { get; set; } = payloadChecksum;

    /// <summary>The idempotency key, in its project and agent.</summary>
    public IdempotencyKey? Id { get; } = key?.Key;

    /// <summary>How long the key is remembered, where that is shorter than <c>Ingest:IdWindow</c>.</summary>
    public TimeSpan? ResendWindow { get; } = key?.Window;

    public BatchCounts Counts { get; set; } = counts;

    /// <summary>Where the batch is in the log, once it is.</summary>
    public LogPosition Position { get; set; }

    /// <summary>Ids of its alerts, guarded against repeats until the store knows them; null when it has none.</summary>
    public List<Guid>? AlertIds { get; set; }

    /// <summary>Ids of its alerts that the store was found to have before the batch was queued.</summary>
    public IReadOnlySet<Guid> StoredAlerts { get; init; } = FrozenSet<Guid>.Empty;

    /// <summary>What it takes of its project's day; null when nothing bounds that.</summary>
    public SampleClaim? Claim { get; init; }

    /// <summary>Called once when the batch ends, whether or not its request has left.</summary>
    public Action<CommitOutcome>? WhenEnded { get; init; }

    /// <summary>Requests with the same idempotency key that came while this one was on its way.</summary>
    public List<PendingBatch>? Followers { get; set; }

    /// <summary>First bytes of the batch's log record.</summary>
    public ReadOnlyMemory<byte> Header => _header.AsMemory(0, _headerLength);

    /// <summary>Whether the batch comes into the log. When all its samples were repeats, there is only its key to keep.</summary>
    public bool NeedsRecord => Id is not null || Payload.Length > 0;

    public Task<CommitResult> Completion => _completion.Task;

    public void SetHeader(in RecordHeader header) => _headerLength = header.Write(_header);

    /// <summary>Ends the request's wait. It goes on here and now, and its buffers are gone when this returns.</summary>
    public void Complete(CommitOutcome outcome) => Complete(new CommitResult(outcome, Counts, Position));

    /// <inheritdoc cref="Complete(CommitOutcome)"/>
    public void Complete(CommitResult result)
    {
        WhenEnded?.Invoke(result.Outcome);
        if (!_completion.TrySetResult(result))
        {
            // The request has left.
            Dispose();
        }
    }

    /// <summary>The request leaves before the batch has ended. False when it has ended meanwhile.</summary>
    public bool TryLeave()
    {
        reservation.SetTo(Payload.Length + Batch.Samples.AllocatedBytes);
        return _completion.TrySetResult(new CommitResult(CommitOutcome.Delayed, Counts, default));
    }

    /// <summary>Gives the payload's memory back.</summary>
    public void Dispose()
    {
        Payload.Dispose();
        reservation.Dispose();
    }
}

/// <summary>
/// Valid batches that wait for the log: many requests write, the committer alone reads. It has no bound of its own:
/// every batch in it holds a part of the <see cref="MemoryBudget"/>, which bounds the bytes.
/// </summary>
internal sealed class IngestQueue : BlockingChannel<PendingBatch>;
