using System.Collections.Immutable;

namespace TimeSeries.Alerting.Rules;

/// <summary>A rule: what is asked at regular times, which responses are an alert, and what the alert says. Immutable.</summary>
public sealed record AlertRule
{
    /// <summary>Unique in its project.</summary>
    public required string Name { get; init; }

    public bool Enabled { get; init; } = true;

    public required RuleQuery Query { get; init; }

    public required RuleCondition Condition { get; init; }

    /// <summary>How long the condition must hold before the alert fires.</summary>
    public TimeSpan For { get; init; }

    /// <summary>How long it must fail before the alert is resolved.</summary>
    public TimeSpan KeepFiringFor { get; init; }

    /// <summary>Evaluation times are multiples of this since the epoch.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(30);

    public AbsenceAction NoData { get; init; }

    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    /// <summary>Template of the alert's source.</summary>
    public required string Source { get; init; }

    /// <summary>Template of the alert's title.</summary>
    public required string Title { get; init; }

    /// <summary>Template of the alert's description.</summary>
    public string Description { get; init; } = "";

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}

/// <summary>What a rule asks, as a caller of <c>/api/v1/aggregate</c> writes it. Immutable.</summary>
public sealed record RuleQuery
{
    public required string Kind { get; init; }

    public required string Measure { get; init; }

    public ImmutableArray<string> By { get; init; } = [];

    public ImmutableArray<string> Where { get; init; } = [];

    /// <summary>How much time before an evaluation counts.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>A group with fewer samples has no data.</summary>
    public long MinCount { get; init; } = 1;
}

/// <summary>What values are alerts. Immutable.</summary>
public sealed record RuleCondition
{
    public required RuleOperator Operator { get; init; }

    /// <summary>What values are compared with; NaN where <see cref="Baseline"/> gives it.</summary>
    public double Threshold { get; init; } = double.NaN;

    /// <summary>What values are compared with once the alert fires.</summary>
    public double ResolveThreshold { get; init; } = double.NaN;

    /// <summary>Makes the threshold from the days before; null when it is a number.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>Whether a value is over the bound.</summary>
    public bool Holds(double value, double threshold) => Operator switch
    {
        RuleOperator.Greater => value > threshold,
        RuleOperator.GreaterOrEqual => value >= threshold,
        RuleOperator.Less => value < threshold,
        RuleOperator.LessOrEqual => value <= threshold,
        RuleOperator.Equal => value.Equals(threshold),

        // Without a threshold there is no bound to break.
        RuleOperator.NotEqual => !double.IsNaN(threshold) && !value.Equals(threshold),
        _ => throw new InvalidOperationException($"There is no operator {Operator}."),
    };
}

/// <summary>A threshold of so many times the mean of the same window on the days before that have data.</summary>
/// <param name="Days">How many days are looked at.</param>
/// <param name="Factor">How many times.</param>
/// <param name="MinDays">With data on fewer days there is no threshold, and nothing is an alert.</param>
public sealed record Baseline(int Days, double Factor, int MinDays);

/// <summary>How a value is compared.</summary>
public enum RuleOperator : byte
{
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
}

/// <summary>What an alert that fires, or a rule without groups, does when there is no data.</summary>
public enum AbsenceAction : byte
{
    /// <summary>The condition fails.</summary>
    Resolve,

    /// <summary>All stays as it is.</summary>
    Keep,

    /// <summary>The condition holds.</summary>
    Alert,
}

/// <summary>How bad an alert is, as the alert history names it.</summary>
public enum AlertSeverity : byte
{
    Info,
    Warning,
    Critical,
}
