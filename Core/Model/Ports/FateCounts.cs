using System.Collections.Immutable;

namespace TimeSeries.Core.Model.Ports;

/// <summary>What became of the samples of a kind, or the items of a signal, as of one moment. Immutable.</summary>
public sealed record FateCounts
{
    /// <summary>The kind or signal.</summary>
    public required string Name { get; init; }

    public required long Received { get; init; }

    public required long Stored { get; init; }

    /// <summary>Received, and not yet stored, rejected or duplicate.</summary>
    public required long InFlight { get; init; }

    public required ImmutableArray<ReasonCount> Rejected { get; init; }

    public required ImmutableArray<ReasonCount> Duplicates { get; init; }

    /// <summary>What is fine and no sample.</summary>
    public ImmutableArray<ReasonCount> Unmapped { get; init; } = [];

    /// <summary>How many are received of which it is not known what became; 0 unless something is counted wrong.</summary>
    public long Unexplained => Received - Stored - InFlight - TotalOf(Rejected) - TotalOf(Duplicates) - TotalOf(Unmapped);

    /// <summary>The sum of reasons.</summary>
    public static long TotalOf(ImmutableArray<ReasonCount> reasons) => reasons.Sum(reason => reason.Count);
}

/// <summary>How many had a reason, as metrics name it. Reasons that none had are left out.</summary>
public readonly record struct ReasonCount(string Reason, long Count);
