namespace TimeSeries.Alerting.Evaluation;

/// <summary>Writes transitions as alert samples. Thread safe.</summary>
public interface IAlertWriter
{
    /// <summary>
    /// Writes transitions of one project. Those that the store has already are not written again, so all may be written again when it is not known
    /// what became of them.
    /// </summary>
    /// <returns>Null when all are durable; else why not, as a sentence.</returns>
    Task<string?> WriteAsync(IReadOnlyList<AlertTransition> transitions, CancellationToken cancellationToken);
}
