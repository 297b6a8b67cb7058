using System.Text.Json;

namespace TimeSeries.Benchmarks.Replay;

/// <summary>What a replay did: one JSON line.</summary>
internal sealed record ReplayReport
{
    /// <summary>By the name of the kind.</summary>
    public required SortedDictionary<string, KindCounts> Kinds { get; init; }

    /// <summary>Samples accepted, of all kinds.</summary>
    public required long Samples { get; init; }

    public required double Seconds { get; init; }

    public required double SamplesPerSecond { get; init; }

    /// <summary>Answers other than 200 and 429, and broken connections.</summary>
    public required long Errors { get; init; }

    /// <summary>Answers 429; each such batch was sent again.</summary>
    public required long Rejected429 { get; init; }

    public required long BytesSent { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, ReplayReportJson.Default.ReplayReport);
}
