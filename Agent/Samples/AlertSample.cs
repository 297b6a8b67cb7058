namespace TimeSeries.Agent.Samples;

/// <summary>An alert. The project keeps the first of those with the same id.</summary>
public sealed record AlertSample
{
    /// <summary>When it arose; the time of the push when absent.</summary>
    public DateTimeOffset? Time { get; init; }

    public required AlertSeverity Severity { get; init; }

    /// <summary>What it is about.</summary>
    public required string Source { get; init; }

    public required string Title { get; init; }

    /// <summary>Made by the server when absent.</summary>
    public Guid? Id { get; init; }

    public string? Description { get; init; }

    /// <summary>At most 64.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>At most 64.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

/// <summary>How bad an alert is.</summary>
public enum AlertSeverity
{
    Info,
    Warning,
    Critical,
}
