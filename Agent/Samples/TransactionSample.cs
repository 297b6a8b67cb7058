namespace TimeSeries.Agent.Samples;

/// <summary>A request or a job that the process served.</summary>
public sealed record TransactionSample
{
    /// <summary>When it ended; the time of the push when absent.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Path of the endpoint, or name of the job.</summary>
    public required string Service { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Id that its statements, calls and exceptions have too.</summary>
    public string? Txid { get; init; }

    public string? Method { get; init; }

    /// <summary>HTTP status, 0 to 999.</summary>
    public int? Status { get; init; }

    public bool Error { get; init; }

    public string? ErrorClass { get; init; }

    public string? ErrorMessage { get; init; }

    public long? SqlCount { get; init; }

    public TimeSpan? SqlTime { get; init; }

    public long? SqlFetchCount { get; init; }

    public TimeSpan? SqlFetchTime { get; init; }

    public long? HttpcCount { get; init; }

    public TimeSpan? HttpcTime { get; init; }

    /// <summary>Processor time.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>Bytes allocated.</summary>
    public long? Malloc { get; init; }

    /// <summary>Address of the client.</summary>
    public string? RemoteIp { get; init; }

    public string? Country { get; init; }

    public string? City { get; init; }

    public string? UserId { get; init; }

    public string? UserAgent { get; init; }

    public string? ApiId { get; init; }

    public string? ApiName { get; init; }

    /// <summary>Hash of the caller's key; never the key.</summary>
    public string? ApiKey { get; init; }

    public string? OauthId { get; init; }

    public string? Alias { get; init; }

    /// <summary>Time of the service behind a gateway.</summary>
    public TimeSpan? UpstreamLatency { get; init; }
}
