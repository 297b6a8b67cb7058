using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Simulation.Planted;

/// <summary>Acknowledges a batch as soon as it waits for the log.</summary>
internal sealed class HastySubmitter(IBatchSubmitter submitter) : IBatchSubmitter
{
    public Task<CommitResult> SubmitAsync(ValidBatch batch, IdempotencyKey? key, BatchCounts counts, int madeIds)
    {
        Task<CommitResult> durable = submitter.SubmitAsync(batch, key, counts, madeIds);
        return durable.IsCompleted ? durable : Task.FromResult(new CommitResult(CommitOutcome.Stored, counts, default));
    }
}
