namespace TimeSeries.Benchmarks.Influx;

/// <summary>What one phase measured, from its first write until the last was confirmed.</summary>
internal sealed record PhaseReport
{
    /// <summary>Samples that were confirmed: by influxd in the loader's phase, by Ingest's responses in its own.</summary>
    public required long Samples { get; init; }

    /// <summary>Samples that InfluxDB counts afterwards.</summary>
    public required long Stored { get; init; }

    public required double Seconds { get; init; }

    public required double SamplesPerSecond { get; init; }

    /// <summary>What this process sent for a sample: line protocol to influxd, or pushes to Ingest.</summary>
    public required double BytesPerSample { get; init; }

    /// <summary>User and system time of influxd.</summary>
    public required double InfluxdCpuSeconds { get; init; }

    /// <summary>User and system time of this process: the plain loader, or the generator of pushes.</summary>
    public required double GeneratorCpuSeconds { get; init; }

    /// <summary>User and system time of Ingest; 0 in the loader's phase.</summary>
    public required double IngestCpuSeconds { get; init; }

    /// <summary>Requests that failed.</summary>
    public required long Errors { get; init; }

    public required string? FirstError { get; init; }
}
