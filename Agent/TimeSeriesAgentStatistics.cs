namespace TimeSeries.Agent;

/// <summary>What became of the agent's samples so far. Collected = sent + dropped + rejected + queued + those in the batch on its way.</summary>
/// <param name="Collected">Samples that were collected or pushed.</param>
/// <param name="Sent">Samples that the server has stored, or had already.</param>
/// <param name="Dropped">Samples that were dropped: the oldest of a full queue, and those that a stop could not send in time.</param>
/// <param name="Rejected">Samples that the server rejected.</param>
/// <param name="Retries">Requests that sent a batch once more.</param>
/// <param name="Queued">Samples that wait now.</param>
/// <param name="Faults">Faults inside the agent, each of which cost one sample; the log has the last one.</param>
public readonly record struct TimeSeriesAgentStatistics(
    long Collected, long Sent, long Dropped, long Rejected, long Retries, long Queued, long Faults);
