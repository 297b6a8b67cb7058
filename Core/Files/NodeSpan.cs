namespace TimeSeries.Core.Files;

/// <summary>From which sequence number on the samples of a directory belong to a node of another id than the directory's own.</summary>
/// <param name="FromNumber">The first such number.</param>
/// <param name="NodeId">Random 64 bits.</param>
public readonly record struct NodeSpan(long FromNumber, ulong NodeId);
