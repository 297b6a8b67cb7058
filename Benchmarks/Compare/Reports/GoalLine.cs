namespace TimeSeries.Benchmarks.Compare.Reports;

/// <summary>A measure that has a bound which must be kept and a goal beyond it.</summary>
internal sealed record GoalLine
{
    public required string Measure { get; init; }

    /// <summary>What was measured; null when its part was not run or a peer is absent.</summary>
    public required double? Found { get; init; }

    public required string Unit { get; init; }

    /// <summary>The bound; null where there is a goal only.</summary>
    public required double? Must { get; init; }

    public required double Goal { get; init; }

    /// <summary>Whether less is better.</summary>
    public required bool LessIsBetter { get; init; }

    public bool? MustMet => Compare(Must);

    public bool? GoalMet => Compare(Goal);

    private bool? Compare(double? bound) => Found is { } found && bound is { } limit ? LessIsBetter ? found <= limit : found >= limit : null;
}
