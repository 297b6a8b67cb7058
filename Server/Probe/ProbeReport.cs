namespace TimeSeries.Server.Probe;

/// <summary>What a round of a prober came to.</summary>
/// <param name="Minute">The minute whose samples were written.</param>
/// <param name="Differences">What was read that is not what was written, a sentence each.</param>
/// <param name="Fault">Why the round could not be made; null when it was.</param>
internal sealed record ProbeReport(long Minute, IReadOnlyList<ProbeDifference> Differences, string? Fault)
{
    public ProbeOutcome Outcome => Differences.Count > 0 ? ProbeOutcome.Different : Fault is null ? ProbeOutcome.Equal : ProbeOutcome.Failed;
}

/// <summary>A value that was read and is not what was written.</summary>
/// <param name="Api">The family of APIs that gave it.</param>
/// <param name="Sentence">What it is, and what it should be.</param>
internal sealed record ProbeDifference(string Api, string Sentence);

internal enum ProbeOutcome
{
    Equal,
    Different,

    /// <summary>Nothing can be said: a push was refused, or a query failed.</summary>
    Failed,
}
