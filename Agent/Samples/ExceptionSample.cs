namespace TimeSeries.Agent.Samples;

/// <summary>An exception that was thrown.</summary>
public sealed record ExceptionSample
{
    /// <summary>When it was thrown; the time of the push when absent.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Full name of its type.</summary>
    public required string Class { get; init; }

    public string? Message { get; init; }

    public string? Stack { get; init; }

    /// <summary>Number of the agent's snapshot.</summary>
    public long? SnapSeq { get; init; }

    /// <summary>Id of its transaction.</summary>
    public string? Txid { get; init; }

    /// <summary>Endpoint of its transaction.</summary>
    public string? Service { get; init; }
}
