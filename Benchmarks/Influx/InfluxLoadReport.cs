using System.Text.Json;
using System.Text.Json.Serialization;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>What a run measured: one JSON line.</summary>
internal sealed record InfluxLoadReport
{
    /// <summary>Connections of the plain loader.</summary>
    public required int LoaderConnections { get; init; }

    public required bool Gzip { get; init; }

    /// <summary>The plain loader's phases.</summary>
    public required IReadOnlyList<PhaseReport> Loader { get; init; }

    /// <summary>Ingest's phases.</summary>
    public required IReadOnlyList<PhaseReport> Ingest { get; init; }

    /// <summary>Samples a second through Ingest ÷ those of the plain loader, over all phases.</summary>
    public required double Ratio { get; init; }

    /// <summary>Ingest's processor time ÷ influxd's, over all of Ingest's phases.</summary>
    public required double IngestCpuShare { get; init; }

    /// <summary>Ingest's processor time a sample.</summary>
    public required double IngestCpuMicroseconds { get; init; }

    /// <summary>influxd's processor time a sample in Ingest's phases.</summary>
    public required double InfluxdCpuMicroseconds { get; init; }

    /// <summary>Confirmed samples that InfluxDB does not have.</summary>
    public required long Missing { get; init; }

    /// <summary>What an outage did; null when none was asked for.</summary>
    public required OutageReport? Outage { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, InfluxLoadJson.Default.InfluxLoadReport);
}

/// <summary>How the reports are written: camel case, one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InfluxLoadReport))]
internal sealed partial class InfluxLoadJson : JsonSerializerContext;
