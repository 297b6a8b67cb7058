using TimeSeries.Simulation.Model;

namespace TimeSeries.Simulation.Rules;

/// <summary>An alert that a rule has raised.</summary>
internal sealed class RaisedAlert(ExpectedRule rule, ExpectedTransition transition, ExpectedSample sample)
{
    private bool _isAcknowledged;

    public ExpectedRule Rule => rule;

    public ExpectedTransition Transition => transition;

    /// <summary>Whether the store shows it.</summary>
    public bool IsSeen => sample.Observed > 0;

    /// <summary>Whether its writer was told that it is durable, or the store shows it.</summary>
    public bool IsDurable => _isAcknowledged || IsSeen;

    /// <summary>Whether its rule does not know yet that it is durable: its push took too long, and is made again when the clock has passed its time.</summary>
    public bool IsAsked => rule.Asked?.Raised.Contains(transition) == true;

    /// <summary>Whether it ended before its receiver was first seen, which needs not be told of it then, also when the clock is set back later.</summary>
    public bool IsPassed { get; private set; }

    /// <summary>Takes note of when its receiver was first seen, in ms.</summary>
    public void NoteReceiver(long since) => IsPassed |= !transition.IsFiring && transition.Time < since;

    public void Acknowledge() => _isAcknowledged = true;

    public override string ToString() => $"{transition} of {rule.Rule.Name}, {sample}";
}
