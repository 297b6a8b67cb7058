using System.Text.Json;
using System.Text.Json.Serialization;

namespace TimeSeries.Benchmarks.Alerts;

/// <summary>What the alert benchmark measured: one JSON line.</summary>
internal sealed record AlertsReport
{
    /// <summary>Alerts that were pushed and taken.</summary>
    public required long Alerts { get; init; }

    /// <summary>Alerts that the server had already, as it does when the benchmark runs again.</summary>
    public required long Duplicates { get; init; }

    public required double PushSeconds { get; init; }

    // The name that readers of the line know.
    [JsonPropertyName("queries")]
    public required List<AlertsRequest> Requests { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, AlertsReportJson.Default.AlertsReport);
}

/// <summary>How fast requests of one kind were answered, one after the other on one connection.</summary>
/// <param name="Name">What was asked for.</param>
/// <param name="Example">Path and query of one of them.</param>
/// <param name="Requests">How many were asked.</param>
/// <param name="Errors">How many were not answered 200.</param>
/// <param name="ResponseBytes">Length of the last response.</param>
/// <param name="P50Ms">The median.</param>
/// <param name="P99Ms">The 99th percentile.</param>
/// <param name="MaxMs">The longest.</param>
internal sealed record AlertsRequest(
    string Name, string Example, int Requests, int Errors, int ResponseBytes, double P50Ms, double P99Ms, double MaxMs);

/// <summary>How the report is written: camel case, one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AlertsReport))]
internal sealed partial class AlertsReportJson : JsonSerializerContext;
