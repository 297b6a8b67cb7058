using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Replay;

/// <summary>What a replay is asked to do; checked by the command.</summary>
internal sealed record ReplayOptions
{
    public required string Directory { get; init; }

    public required ServerAddress Address { get; init; }

    public required string Token { get; init; }

    public required SampleForm Form { get; init; }

    public required bool Json { get; init; }

    public required int BatchSamples { get; init; }

    public required int ConnectionCount { get; init; }

    /// <summary>How much faster than recorded; null for full speed.</summary>
    public required double? Speed { get; init; }

    /// <summary>Whether transactions are given what a gateway adds, where they lack it.</summary>
    public required bool HasGateway { get; init; }

    /// <summary>Whether times are moved so that the last sample is now.</summary>
    public required bool EndsNow { get; init; }
}
