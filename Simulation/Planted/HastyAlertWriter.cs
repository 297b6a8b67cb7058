using TimeSeries.Alerting.Evaluation;

namespace TimeSeries.Simulation.Planted;

/// <summary>Calls alerts durable as soon as they wait for the log.</summary>
internal sealed class HastyAlertWriter(IAlertWriter writer) : IAlertWriter
{
    public Task<string?> WriteAsync(IReadOnlyList<AlertTransition> transitions, CancellationToken cancellationToken)
    {
        Task<string?> durable = writer.WriteAsync(transitions, cancellationToken);
        return durable.IsCompleted ? durable : Task.FromResult<string?>(null);
    }
}
