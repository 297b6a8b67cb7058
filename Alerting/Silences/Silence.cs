using System.Collections.Immutable;

namespace TimeSeries.Alerting.Silences;

/// <summary>Alerts that nobody is told of for some time. They are raised and recorded as ever. Immutable.</summary>
public sealed record Silence
{
    public required string Id { get; init; }

    /// <summary>What the labels of its alerts must be, all of them.</summary>
    public required ImmutableArray<LabelMatcher> Matchers { get; init; }

    /// <summary>The first moment.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The end, not included.</summary>
    public required DateTimeOffset To { get; init; }

    public string Comment { get; init; } = "";

    /// <summary>Whether it covers an alert of these labels at a moment.</summary>
    public bool Covers(IReadOnlyDictionary<string, string> labels, DateTimeOffset at) =>
        at >= From && at < To && Matchers.All(matcher => matcher.Matches(labels));
}
