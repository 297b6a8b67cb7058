using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>What queries over a day in InfluxDB took.</summary>
internal sealed record InfluxQueryReport
{
    public required int Transactions { get; init; }

    /// <summary>Seconds that writing the day took; 0 when it was there.</summary>
    public required double WriteSeconds { get; init; }

    public required IReadOnlyList<EndpointTimes> Endpoints { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, InfluxQueryReportJson.Default.InfluxQueryReport);

    /// <summary>A table in Markdown.</summary>
    public string ToTable()
    {
        StringBuilder table = new();
        table.AppendLine("| endpoint | rows | from | first ms | median ms | p99 ms | CPU ms | raw ms | raw CPU ms | same |");
        table.AppendLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (EndpointTimes endpoint in Endpoints)
        {
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {endpoint.Name} | {endpoint.Rows} | {endpoint.Source} | {endpoint.First:0} | {endpoint.Median:0} | {endpoint.P99:0} | "
                    + $"{endpoint.Processor:0.0} | {endpoint.Raw:0} | {endpoint.RawProcessor:0} | {(endpoint.IsSame ? "yes" : "NO")} |");
        }

        return table.ToString().TrimEnd();
    }
}

/// <summary>How the report is written: camel case, one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InfluxQueryReport))]
internal sealed partial class InfluxQueryReportJson : JsonSerializerContext;
