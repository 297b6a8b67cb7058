namespace TimeSeries.Agent.Samples;

/// <summary>A statement that was run.</summary>
public sealed record SqlSample
{
    /// <summary>When it ended; the time of the push when absent.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The statement. Its literals become <c>#</c> before it is sent.</summary>
    public required string Sql { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>System, host, port and name, without user and password: <c>postgresql://db1:5432/shop</c>.</summary>
    public string? Db { get; init; }

    public bool Error { get; init; }

    /// <summary>Rows fetched.</summary>
    public long? FetchCount { get; init; }

    public TimeSpan? FetchTime { get; init; }

    /// <summary>Id of its transaction.</summary>
    public string? Txid { get; init; }

    /// <summary>Endpoint of its transaction.</summary>
    public string? Service { get; init; }
}
