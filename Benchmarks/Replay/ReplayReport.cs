using System.Text.Json;
using System.Text.Json.Serialization;

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

    /// <summary>Responses other than 200 and 429, and broken connections.</summary>
    public required long Errors { get; init; }

    /// <summary>Responses 429; each such batch was sent again.</summary>
    public required long Rejected429 { get; init; }

    public required long BytesSent { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, ReplayReportJson.Default.ReplayReport);
}

/// <summary>What became of the samples of one kind.</summary>
internal sealed record KindCounts
{
    /// <summary>Samples sent, whatever came of them; a resend does not count again.</summary>
    public long Sent { get; set; }

    public long Accepted { get; set; }

    public long Rejected { get; set; }

    public long Duplicates { get; set; }

    public long Truncated { get; set; }

    /// <summary>Rows of the file that are no sample.</summary>
    public long Unreadable { get; set; }
}

/// <summary>How the report is written: camel case, one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReplayReport))]
internal sealed partial class ReplayReportJson : JsonSerializerContext;
