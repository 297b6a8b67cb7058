namespace TimeSeries.Benchmarks.Influx;

/// <summary>What one endpoint took, in ms.</summary>
internal sealed record EndpointTimes
{
    public required string Name { get; init; }

    /// <summary>The first request of a new host: nothing is kept yet, and code is compiled.</summary>
    public required double First { get; init; }

    public required double Median { get; init; }

    public required double P99 { get; init; }

    /// <summary>Processor time of this process (the Query host and the client) in a request but the first, on average; InfluxDB's is not in it.</summary>
    public required double Processor { get; init; }

    /// <summary>Records of the response, or objects, or points where there is one series.</summary>
    public required int Rows { get; init; }

    /// <summary>What the response was computed from: Rollup, Raw or Both.</summary>
    public required string Source { get; init; }

    /// <summary>The same without rollups, once.</summary>
    public required double Raw { get; init; }

    /// <summary>Processor time of this process in that request; InfluxDB's is not in it.</summary>
    public required double RawProcessor { get; init; }

    /// <summary>Whether the response without rollups has the same bytes.</summary>
    public required bool IsSame { get; init; }
}
