using System.Collections.Immutable;
using TimeSeries.Core.Schema;

namespace TimeSeries.Ingest.Validation;

/// <summary>How far from the present a sample's time may be. Immutable.</summary>
internal sealed record BatchLimits
{
    /// <summary>How far ahead of the server's clock: clocks differ, but a time far ahead would stay in every "latest" for long.</summary>
    public TimeSpan MaxFutureSkew { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the samples of each kind are kept, indexed by <see cref="Kind"/>; null (or a default array) keeps for ever.</summary>
    public ImmutableArray<TimeSpan?> Retention { get; init; }

    /// <summary>How long samples of a kind are kept; null for ever.</summary>
    public TimeSpan? RetentionOf(Kind kind) => Retention.IsDefaultOrEmpty ? null : Retention[(int)kind];
}
