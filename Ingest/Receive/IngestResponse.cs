using TimeSeries.Ingest.Building;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Receive;

/// <summary>The answer to a batch that was taken.</summary>
internal sealed record IngestResponse
{
    public required BatchCounts Counts { get; init; }

    /// <summary>The batch repeats one that was taken before; the counts are that one's.</summary>
    public required bool IsDuplicate { get; init; }

    public required IReadOnlyList<SampleError> Errors { get; init; }

    public required IReadOnlyList<string> Unknown { get; init; }

    /// <summary>Whether the samples are in the store; null when that was not waited for, or is the same as durable.</summary>
    public bool? IsStored { get; init; }

    public required string Position { get; init; }
}
