namespace TimeSeries.Alerting.Evaluation;

/// <summary>Where a group of a rule stands; one that is inactive has no state. Immutable.</summary>
internal sealed record GroupState
{
    public required GroupKey Key { get; init; }

    /// <summary>Since when the condition holds, or held when it fired: an evaluation time, in ms.</summary>
    public required long PendingSince { get; init; }

    /// <summary>When it fired, in ms; null while it is pending.</summary>
    public long? FiringSince { get; init; }

    /// <summary>Since when the condition fails while it fires, in ms; null while it holds.</summary>
    public long? FailingSince { get; init; }

    /// <summary>The value at the last evaluation, as it is shown.</summary>
    public required string Value { get; init; }

    /// <summary>The threshold at the last evaluation.</summary>
    public required double Threshold { get; init; }

    public bool IsFiring => FiringSince is not null;
}

/// <summary>What an evaluation found of a group that has data.</summary>
/// <param name="Key">The group.</param>
/// <param name="Value">Its value.</param>
/// <param name="Threshold">What it is compared with; NaN where the days before have too few data for one.</param>
internal readonly record struct GroupReading(GroupKey Key, RuleValue Value, double Threshold);

/// <summary>What an evaluation found of a rule's groups.</summary>
/// <param name="Groups">Those with data.</param>
/// <param name="IsCut">Whether there are more than are kept, so that a group which is absent may have data.</param>
internal readonly record struct RuleReading(IReadOnlyList<GroupReading> Groups, bool IsCut);
