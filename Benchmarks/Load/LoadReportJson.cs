using System.Text.Json.Serialization;

namespace TimeSeries.Benchmarks.Load;

/// <summary>How the report is written: camel case, one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class LoadReportJson : JsonSerializerContext;
