using System.Collections.Immutable;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>A group of a rule began to break its bound, or ended: what is written as an alert sample, and told to receivers. Immutable.</summary>
public sealed record AlertTransition
{
    public required long Pcode { get; init; }

    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>The sample's id: equal for equal transitions, whoever finds them.</summary>
    public required Guid Id { get; init; }

    /// <summary>The group among those of its rule, as a text that no other has.</summary>
    public required string Group { get; init; }

    /// <summary>Whether it fires from now on; else it is resolved.</summary>
    public required bool IsFiring { get; init; }

    /// <summary>Whether somebody pushed it, so that nothing will tell of its end.</summary>
    public bool IsEvent { get; init; }

    /// <summary>Whether it fires until another transition ends it.</summary>
    public bool Lasts => IsFiring && !IsEvent;

    /// <summary>The evaluation time, in ms since the Unix epoch.</summary>
    public required long Time { get; init; }

    /// <summary>Since when the condition held before the alert fired, in ms.</summary>
    public required long PendingSince { get; init; }

    /// <summary>When it fired, in ms; <see cref="Time"/> when it does so now.</summary>
    public required long FiringSince { get; init; }

    /// <summary>The rule's severity, when it is resolved too.</summary>
    public required AlertSeverity Severity { get; init; }

    public required string Source { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    /// <summary>The rule's labels, the group's fields and <c>rule</c>; without <c>state</c>.</summary>
    public required ImmutableSortedDictionary<string, string> Labels { get; init; }

    /// <summary>The labels of its sample: <see cref="Labels"/> and <c>state</c>.</summary>
    public ImmutableSortedDictionary<string, string> StoredLabels =>
        Labels.SetItem(TransitionLabels.State, IsFiring ? TransitionLabels.Firing : TransitionLabels.Resolved);

    /// <summary>The rule's annotations and the transition's own.</summary>
    public required ImmutableSortedDictionary<string, string> Annotations { get; init; }
}

/// <summary>Who is told of transitions, after they are durable. Thread safe, and quick: nothing waits for a receiver.</summary>
public interface ITransitionListener
{
    /// <summary>
    /// Takes a transition. After a start it also gets the newest one of each group as the store has it, which it may have had before the stop.
    /// </summary>
    void Add(AlertTransition transition);
}

/// <summary>The labels by which alerts that rules raise are known in the store.</summary>
internal static class TransitionLabels
{
    public const string Rule = "rule";
    public const string State = "state";
    public const string Firing = "firing";
    public const string Resolved = "resolved";

    public static string StateOf(AlertTransition transition) => transition.IsFiring ? Firing : Resolved;
}
