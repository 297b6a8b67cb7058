using TimeSeries.Benchmarks.Compare.Peers;

namespace TimeSeries.Benchmarks.Compare;

/// <summary>What a comparison is asked to do; checked by the command.</summary>
internal sealed record CompareOptions
{
    public required IReadOnlyList<ComparePart> Parts { get; init; }

    public required IReadOnlyList<PeerName> Peers { get; init; }

    /// <summary>Where programs of the peers are looked for first; null for the PATH and the cache only.</summary>
    public required string? PeerFolder { get; init; }

    /// <summary>The built Server.</summary>
    public required string Server { get; init; }

    /// <summary>Where the reports go.</summary>
    public required string Output { get; init; }

    /// <summary>Transactions of the day.</summary>
    public required long Rows { get; init; }

    /// <summary>How long each system is written to.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>How long it is written to before, unmeasured.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>Connections that ours is measured with, one number after the other.</summary>
    public required IReadOnlyList<int> Connections { get; init; }

    /// <summary>Requests to each endpoint.</summary>
    public required int Requests { get; init; }

    /// <summary>How long the load of the memory part lasts.</summary>
    public required TimeSpan MemoryLength { get; init; }

    /// <summary>Bytes of blocks at least before the restart is measured; 0 for what the day has.</summary>
    public required long RestartBytes { get; init; }

    /// <summary>Numbers of transactions that growth is measured at.</summary>
    public required IReadOnlyList<long> GrowthRows { get; init; }

    /// <summary>Numbers of services that growth is measured at.</summary>
    public required IReadOnlyList<int> GrowthServices { get; init; }

    /// <summary>The command line, for the report.</summary>
    public required string CommandLine { get; init; }

    public bool Has(ComparePart part) => Parts.Contains(part);
}
