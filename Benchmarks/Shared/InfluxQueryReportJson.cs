using System.Text.Json.Serialization;

namespace TimeSeries.Benchmarks.Shared;

/// <summary>How the report is written: camel case, one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InfluxQueryReport))]
internal sealed partial class InfluxQueryReportJson : JsonSerializerContext;
