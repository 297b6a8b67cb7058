using TimeSeries.Alerting.Evaluation;
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

/// <summary>Calls alerts durable as soon as they wait for the log.</summary>
internal sealed class HastyAlertWriter(IAlertWriter writer) : IAlertWriter
{
    public Task<string?> WriteAsync(IReadOnlyList<AlertTransition> transitions, CancellationToken cancellationToken)
    {
        Task<string?> durable = writer.WriteAsync(transitions, cancellationToken);
        return durable.IsCompleted ? durable : Task.FromResult<string?>(null);
    }
}
