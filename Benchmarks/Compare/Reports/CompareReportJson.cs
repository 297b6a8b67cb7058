using System.Text.Json.Serialization;

namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>How the report is written: camel case, indented, numbers that are none as words.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(CompareReport))]
internal sealed partial class CompareReportJson : JsonSerializerContext;
