using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Alerts;

/// <summary>What the alert benchmark is asked to do; checked by the command.</summary>
internal sealed record AlertsOptions
{
    /// <summary>The server; null for one of the benchmark's own.</summary>
    public required ServerAddress? Address { get; init; }

    public required string Token { get; init; }

    public required int AlertCount { get; init; }

    /// <summary>How many requests of each kind.</summary>
    public required int RequestCount { get; init; }
}
