using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Schema;

namespace TimeSeries.Simulation.Rules;

/// <summary>A rule of the simulation, in the words of the contract. Immutable.</summary>
internal sealed record SimulatedRule(string Name, Kind Kind, bool IsByService, bool IsOfMax, bool IsBelow, long Threshold)
{
    /// <summary>How long samples may be on their way, in ms.</summary>
    public const long Delay = 10_000;

    /// <summary>Ms between evaluations.</summary>
    public const long Every = 10_000;

    /// <summary>How far back missed evaluations are made up for, in ms.</summary>
    public const long CatchUp = 60_000;

    /// <summary>The projects that have the rules.</summary>
    public static IReadOnlyList<long> Projects { get; } = [1, 2];

    /// <summary>All rules: one that fires at once, one that waits and keeps what it has without data, one without groups, one for too few samples.</summary>
    public static IReadOnlyList<SimulatedRule> All { get; } =
    [
        new("busy", Kind.Transaction, IsByService: true, IsOfMax: false, IsBelow: false, 3) { Resolve = 1 },
        new("slow", Kind.Transaction, IsByService: true, IsOfMax: true, IsBelow: false, 4_000)
        {
            For = 20_000,
            KeepFiringFor = 10_000,
            NoData = AbsenceAction.Keep,
        },
        new("failing", Kind.Exception, IsByService: false, IsOfMax: false, IsBelow: false, 1) { KeepFiringFor = 20_000 },
        new("silent", Kind.Transaction, IsByService: false, IsOfMax: false, IsBelow: true, 5) { For = 10_000, NoData = AbsenceAction.Alert },
    ];

    /// <summary>What ends it; its threshold where that is not given.</summary>
    public long Resolve { get; init; } = Threshold;

    /// <summary>How long the condition must hold, in ms.</summary>
    public long For { get; init; }

    /// <summary>How long it must fail, in ms.</summary>
    public long KeepFiringFor { get; init; }

    /// <summary>What is done without data.</summary>
    public AbsenceAction NoData { get; init; }

    /// <summary>How much time before an evaluation counts, in ms. Rules with another look have another one, so that a query tells whose it is.</summary>
    public long Window { get; } = Kind == Kind.Exception ? 120_000 : 60_000;

    /// <summary>The source of its alerts.</summary>
    public string Source => $"rule-{Name}";

    /// <summary>The first evaluation time that is not before a moment.</summary>
    public static long FirstFrom(long milliseconds) => (milliseconds + Every - 1) / Every * Every;

    /// <summary>The rule as the product keeps it.</summary>
    public StoredRule ToStored(long pcode) => new(
        pcode,
        new AlertRule
        {
            Name = Name,
            Query = new RuleQuery
            {
                Kind = Kind == Kind.Exception ? "exception" : "transaction",
                Measure = IsOfMax ? "max(elapsed)" : "count",
                By = IsByService ? ["service"] : [],
                Window = TimeSpan.FromMilliseconds(Window),
            },
            Condition = new RuleCondition
            {
                Operator = IsBelow ? RuleOperator.Less : RuleOperator.Greater,
                Threshold = Threshold,
                ResolveThreshold = Resolve,
            },
            For = TimeSpan.FromMilliseconds(For),
            KeepFiringFor = TimeSpan.FromMilliseconds(KeepFiringFor),
            Every = TimeSpan.FromMilliseconds(Every),
            NoData = NoData,
            Source = Source,
            Title = Name,
        },
        Revision: 1, ChangedAt: 0);

    /// <summary>Whether a value breaks the bound of a group that fires, or of one that does not.</summary>
    public bool Holds(long value, bool isFiring) => IsBelow ? value < (isFiring ? Resolve : Threshold) : value > (isFiring ? Resolve : Threshold);
}
