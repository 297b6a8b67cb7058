using System.Collections.Immutable;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>
/// A rule that is evaluated: its states, when it is next, how it fares. <see cref="Progress"/> and <see cref="Health"/> may be read by any thread; the rest
/// belongs to whoever holds the <see cref="Gate"/>.
/// </summary>
internal sealed class RuleRuntime
{
    public RuleRuntime(StoredRule stored, long nextTime)
    {
        Stored = stored;
        ScanKey = RuleBatch.ScanKey(stored);
        States = new RuleStates(stored);
        Progress = new RuleProgress(nextTime, []);
    }

    public StoredRule Stored { get; }

    /// <summary>What rules with one scan have in common.</summary>
    public string ScanKey { get; }

    public SemaphoreSlim Gate { get; } = new(1);

    public RuleStates States { get; }

    /// <summary>How far the rule is.</summary>
    public RuleProgress Progress { get; private set; }

    public RuleHealth Health { get; set; } = new();

    /// <summary>A step whose transitions could not be written yet.</summary>
    public RuleStep? Unwritten { get; set; }

    /// <summary>Not before this timestamp of the clock, after something failed.</summary>
    public long RetryAt { get; set; }

    /// <summary>Whether its queries take too long for the slot of rules.</summary>
    public bool IsLong { get; set; }

    /// <summary>Whether an evaluation runs; the engine's.</summary>
    public bool IsRunning { get; set; }

    /// <summary>Whether the rule was changed or removed.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Applies a step whose transitions are durable.</summary>
    public void Apply(RuleStep step, long nextTime)
    {
        States.Apply(step);
        Advance(nextTime);
    }

    /// <summary>Goes on at another time, with the states as they are.</summary>
    public void Advance(long nextTime) => Progress = new RuleProgress(nextTime, [.. States.All]);
}

/// <summary>How far a rule is. Immutable.</summary>
/// <param name="NextTime">The next evaluation time, in ms.</param>
/// <param name="Groups">The groups that are pending or firing.</param>
internal sealed record RuleProgress(long NextTime, ImmutableArray<GroupState> Groups);

/// <summary>How a rule fares. Immutable.</summary>
public sealed record RuleHealth
{
    /// <summary>Why the last evaluation failed, as a sentence; null when it did not.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether evaluations take longer than the time between them, or come late.</summary>
    public bool IsSlow { get; init; }

    /// <summary>What is to be known of the last evaluation, as a sentence; null when nothing is.</summary>
    public string? Note { get; init; }

    /// <summary>Which evaluations were left out since they were missed for too long, as a sentence; null when none were.</summary>
    public string? Gap { get; init; }

    /// <summary>The time of the last evaluation, in ms; null before the first.</summary>
    public long? LastEvaluation { get; init; }

    /// <summary>How long its queries took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Groups with data at the last evaluation that are neither pending nor firing.</summary>
    public int Inactive { get; init; }

    /// <summary><c>ok</c>, <c>slow</c>, or <c>failing</c> with the reason.</summary>
    public string Text => Fault is not null ? $"failing: {Fault}" : IsSlow ? "slow" : "ok";
}
