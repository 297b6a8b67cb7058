using System.Collections.Immutable;
using TimeSeries.Alerting.Evaluation;

namespace TimeSeries.Alerting.Notifications;

/// <summary>What a receiver is told at once: alerts of one rule, or those that were pushed. Immutable.</summary>
internal sealed record Notification
{
    public required long Pcode { get; init; }

    public required Receiver Receiver { get; init; }

    /// <summary>The rule; empty for alerts that were pushed.</summary>
    public required string Rule { get; init; }

    /// <summary>What is new first.</summary>
    public required ImmutableArray<AlertTransition> Alerts { get; init; }

    /// <summary>How many alerts of the rule were left out, since there are too many.</summary>
    public int TruncatedCount { get; init; }

    /// <summary>Whether something that is new was left out, which the next notification brings.</summary>
    public bool HasMore { get; init; }

    /// <summary>Whether an alert of the rule fires, also one that was left out.</summary>
    public required bool IsFiring { get; init; }

    /// <summary>Whether one fires until something ends it, so that it is repeated.</summary>
    public bool IsRepeated { get; init; }
}
