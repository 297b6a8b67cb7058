using System.Text.Json.Serialization;

namespace TimeSeries.Benchmarks.Shared;

/// <summary>How the reports are written: camel case, one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InfluxLoadReport))]
internal sealed partial class InfluxLoadJson : JsonSerializerContext;
