using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Ports;

namespace TimeSeries.Ingest.Receive;

/// <summary>What became of a push, for the protocol to tell in its own way.</summary>
internal sealed record IngestResult
{
    /// <summary>Why the push as a whole is refused; null when it is not.</summary>
    public IngestProblem? Problem { get; init; }

    /// <summary>Whether any sample could be used; if not, nothing was stored.</summary>
    public bool HasSamples { get; init; }

    /// <summary>How the samples fared. Of a repeat: how they fared the first time.</summary>
    public BatchCounts Counts { get; init; }

    /// <summary>Whether the push repeats one that was taken before.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>The first samples that were rejected, and why.</summary>
    public IReadOnlyList<SampleError> Errors { get; init; } = [];

    /// <summary>What the store has of the samples; null when that was not waited for, or is the same as durable.</summary>
    public StoredState? Stored { get; init; }

    /// <summary>Where the batch is in the WAL; empty when nothing was stored.</summary>
    public string Position { get; init; } = "";

    public static IngestResult Refused(IngestProblem problem) => new() { Problem = problem };
}
