namespace TimeSeries.Agent.Samples;

/// <summary>How many threads are alive in a process.</summary>
public sealed record ThreadSample
{
    /// <summary>When they were counted; the time of the push when absent.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Threads, 0 or more.</summary>
    public required double Count { get; init; }
}
