using System.Text.Json;
using System.Text.Json.Serialization;

namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>What one comparison measured, on what and how.</summary>
internal sealed record CompareReport
{
    /// <summary>Machine, versions and time.</summary>
    public required IReadOnlyList<Fact> Machine { get; init; }

    public required IReadOnlyList<Fact> Settings { get; init; }

    public required IReadOnlyList<PeerFacts> Peers { get; init; }

    public required IReadOnlyList<GoalLine> Goals { get; init; }

    public required IReadOnlyList<ResponseCheck> Checks { get; init; }

    // The name that readers of report.json know.
    [JsonPropertyName("figures")]
    public required IReadOnlyList<Metric> Metrics { get; init; }

    public required IReadOnlyList<Fact> Notes { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, CompareReportJson.Default.CompareReport);
}

/// <summary>Something that must hold for the numbers to count.</summary>
/// <param name="Name">What was compared.</param>
/// <param name="Found">What was found.</param>
/// <param name="Holds">Whether it holds.</param>
internal sealed record ResponseCheck(string Name, string Found, bool Holds);

/// <summary>Something about the machine or the run.</summary>
internal sealed record Fact(string Name, string Value);

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

/// <summary>How the report is written: camel case, indented, numbers that are none as words.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(CompareReport))]
internal sealed partial class CompareReportJson : JsonSerializerContext;
