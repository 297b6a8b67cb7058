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

    public void Acknowledge() => _isAcknowledged = true;

    public override string ToString() => $"{transition} of {rule.Rule.Name}, {sample}";
}
