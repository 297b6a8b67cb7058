namespace TimeSeries.Benchmarks.Influx;

/// <summary>What a measurement of queries over InfluxDB is asked to do; checked by the command.</summary>
internal sealed record InfluxQueryOptions
{
    /// <summary>The program influxd, to start one; null to look for it.</summary>
    public required string? Program { get; init; }

    /// <summary>A server that runs already; null to start one.</summary>
    public required Uri? Host { get; init; }

    /// <summary>Folder of the server that is started, which is kept; null for one that goes with it.</summary>
    public required string? DataDirectory { get; init; }

    public required string Database { get; init; }

    /// <summary>Transactions of the day; the other kinds are in proportion.</summary>
    public required int Transactions { get; init; }

    /// <summary>Requests to each endpoint, behind the first.</summary>
    public required int Requests { get; init; }

    /// <summary>Whether the report is one JSON line instead of a table.</summary>
    public required bool Json { get; init; }
}
