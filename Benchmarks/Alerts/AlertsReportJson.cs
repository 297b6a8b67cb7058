using System.Text.Json.Serialization;

namespace TimeSeries.Benchmarks.Alerts;

/// <summary>How the report is written: camel case, one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AlertsReport))]
internal sealed partial class AlertsReportJson : JsonSerializerContext;
