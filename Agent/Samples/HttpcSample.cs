namespace TimeSeries.Agent.Samples;

/// <summary>A call to another service.</summary>
public sealed record HttpcSample
{
    /// <summary>When it ended; the time of the push when absent.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Path that was called, without the query.</summary>
    public required string Url { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    public string? Host { get; init; }

    public int? Port { get; init; }

    public string? Method { get; init; }

    /// <summary>HTTP status, 0 to 999.</summary>
    public int? Status { get; init; }

    public bool Error { get; init; }

    /// <summary>Id of its transaction.</summary>
    public string? Txid { get; init; }

    /// <summary>Endpoint of its transaction.</summary>
    public string? Service { get; init; }
}
