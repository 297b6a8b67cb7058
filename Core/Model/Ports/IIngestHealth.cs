using System.Collections.Immutable;

namespace TimeSeries.Core.Model.Ports;

/// <summary>
/// What the part of a host that takes samples knows of itself, for people who look. Thread safe and quick: nothing waits for a store.
/// </summary>
public interface IIngestHealth
{
    /// <summary>What became of all that was received since the start, as of now.</summary>
    /// <param name="pcode">The project; null for all together, without examples.</param>
    IngestCounts Count(long? pcode);

    /// <summary>How queue, WAL, store and disk of the node are now.</summary>
    NodeHealth FindNode();
}

/// <summary>What became of what was received. The counts of a kind or signal are of one moment. Immutable.</summary>
public sealed record IngestCounts
{
    /// <summary>Samples by kind, every kind.</summary>
    public required ImmutableArray<FateCounts> Samples { get; init; }

    /// <summary>Spans, data points and log records of OpenTelemetry; those that are no sample are unmapped.</summary>
    public required ImmutableArray<FateCounts> Items { get; init; }

    /// <summary>Samples of <see cref="Samples"/> that were pushed, by protocol and kind; those that the host itself makes are not among them.</summary>
    public required ImmutableArray<PushedCount> Pushed { get; init; }

    /// <summary>Lines of line protocol that could not be parsed.</summary>
    public required long MalformedLines { get; init; }

    /// <summary>Lines of line protocol whose measurement is no kind.</summary>
    public required long UnmappedLines { get; init; }

    /// <summary>Pushes that were refused whole since their project exceeded a limit, by limit.</summary>
    public ImmutableArray<ReasonCount> RefusedPushes { get; init; } = [];

    /// <summary>The last rejection of each cause.</summary>
    public required ImmutableArray<RejectionExample> Examples { get; init; }
}

/// <summary>Samples that came by a protocol.</summary>
public sealed record PushedCount(string Protocol, string Kind, long Samples);

/// <summary>Something that was rejected.</summary>
/// <param name="What">Its kind, or the signal or protocol where it did not become a sample.</param>
/// <param name="Reason">The reason, as metrics name it.</param>
/// <param name="Sentence">What is wrong with it, as its sender was told.</param>
/// <param name="At">When, in ms since the Unix epoch.</param>
public sealed record RejectionExample(string What, string Reason, string Sentence, long At);
