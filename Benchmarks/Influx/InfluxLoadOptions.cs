using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>What a measurement of writes to InfluxDB is asked to do; checked by the command.</summary>
internal sealed record InfluxLoadOptions
{
    /// <summary>The program influxd.</summary>
    public required string Influxd { get; init; }

    /// <summary>The built Ingest, a <c>.dll</c>.</summary>
    public required string Ingest { get; init; }

    /// <summary>How long each phase writes.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>How long each phase writes before it is measured: the runtime compiles what it finds hot, and influxd begins to compact.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>How often both phases are run.</summary>
    public required int RoundCount { get; init; }

    /// <summary>How long influxd is away in a last phase at half of what Ingest reached; zero for no such phase.</summary>
    public required TimeSpan Outage { get; init; }

    /// <summary>Connections of the plain loader; 0 to try some and take the best.</summary>
    public required int ConnectionCount { get; init; }

    /// <summary>Samples in a push.</summary>
    public required int BatchSamples { get; init; }

    public required SampleForm Form { get; init; }

    /// <summary>Whether writes to InfluxDB are compressed, the plain loader's and Ingest's alike.</summary>
    public required bool Gzip { get; init; }

    /// <summary>Lines at which a write is sent.</summary>
    public required int LineCount { get; init; }

    /// <summary>Bytes at which a write is sent.</summary>
    public required int LineBytes { get; init; }
}
