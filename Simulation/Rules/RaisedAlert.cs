using TimeSeries.Simulation.Model;

namespace TimeSeries.Simulation.Rules;

/// <summary>An alert that a rule has raised.</summary>
internal sealed class RaisedAlert(ExpectedRule rule, ExpectedTransition transition, ExpectedSample sample)
{
    private bool _isAcknowledged;
    private int _pushes;
    private bool _wasSeen;

    public ExpectedRule Rule => rule;

    public ExpectedTransition Transition { get; private set; } = transition;

    /// <summary>Whether the store shows it.</summary>
    public bool IsSeen => sample.Observed > 0;

    /// <summary>Whether its writer was told that it is durable, or the store has shown it.</summary>
    public bool IsDurable => _isAcknowledged || _wasSeen || IsSeen;

    /// <summary>Whether it may be in the log, as the last word on one of its pushes was not that nothing was kept.</summary>
    public bool IsInDoubt => _pushes > 0;

    /// <summary>Whether its rule does not know yet that it is durable: its push took too long, and is made again when the clock has passed its time.</summary>
    public bool IsAsked => rule.Asked?.Raised.Contains(Transition) == true;

    /// <summary>Whether it ended before its receiver was first seen, which needs not be told of it then, also when the clock is set back later.</summary>
    public bool IsPassed { get; private set; }

    /// <summary>A step has ended.</summary>
    /// <param name="since">When its receiver was first seen, in ms.</param>
    public void EndStep(long since)
    {
        _wasSeen |= IsSeen;
        IsPassed |= !Transition.IsFiring && Transition.Time < since;
    }

    /// <summary>It was raised again, at another time perhaps; of what is durable already the first stays.</summary>
    public void RaiseAgain(ExpectedTransition other) => Transition = sample.Time == other.Time ? other : Transition;

    /// <summary>It is pushed.</summary>
    public void Push() => _pushes++;

    /// <summary>Its push was refused: nothing was kept.</summary>
    public void Refuse() => _pushes--;

    public void Acknowledge() => _isAcknowledged = true;

    public override string ToString() => $"{Transition} of {rule.Rule.Name}, {sample}";
}
