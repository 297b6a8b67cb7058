namespace TimeSeries.Benchmarks.Influx;

/// <summary>What an outage of InfluxDB under load did, and what its files hold afterwards.</summary>
internal sealed record OutageReport
{
    /// <summary>From the kill of influxd to its listening again.</summary>
    public required double OutageSeconds { get; init; }

    /// <summary>Samples a second that were pushed all the time.</summary>
    public required double PushedPerSecond { get; init; }

    /// <summary>Pushes not answered 200, from before the outage until it was drained.</summary>
    public required long PushErrors { get; init; }

    /// <summary>Latency of the pushes, 99th percentile.</summary>
    public required double PushP99Ms { get; init; }

    /// <summary>From influxd's listening again until all that was pushed before that moment was stored, pushes going on.</summary>
    public required double DrainSeconds { get; init; }

    /// <summary>Samples a second of those that had waited: the load × the outage ÷ the drain. The first seconds pass until the writer tries again.</summary>
    public required double DrainedPerSecond { get; init; }

    /// <summary>Samples that were answered 200.</summary>
    public required long Samples { get; init; }

    /// <summary>Samples that InfluxDB counts afterwards.</summary>
    public required long Stored { get; init; }

    /// <summary>Bytes of influxd's files after a full compaction, rollup units included.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Rollup units written.</summary>
    public required long Units { get; init; }

    /// <summary>Bytes of their rollups, as base64.</summary>
    public required long UnitBytes { get; init; }
}
