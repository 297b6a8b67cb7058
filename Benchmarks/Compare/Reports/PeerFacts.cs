namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>What was compared with.</summary>
internal sealed record PeerFacts
{
    public required string Name { get; init; }

    /// <summary>Where the program is; null when it could not be had.</summary>
    public string? Program { get; init; }

    public string? Version { get; init; }

    /// <summary>Why it was not measured; null when it was.</summary>
    public string? Absent { get; init; }

    public required string Settings { get; init; }
}
