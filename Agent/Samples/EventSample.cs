namespace TimeSeries.Agent.Samples;

/// <summary>An event.</summary>
public sealed record EventSample
{
    /// <summary>When it happened; the time of the push when absent.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary><c>EVENT</c>, <c>ALARM</c> or <c>ALERT</c>.</summary>
    public required string Level { get; init; }

    /// <summary><c>ES010</c>, <c>ES020</c>, <c>EU400</c>, <c>EU410</c> or <c>EU420</c>.</summary>
    public required string Type { get; init; }

    public required string Message { get; init; }
}
