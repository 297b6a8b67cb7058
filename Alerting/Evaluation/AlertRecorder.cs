namespace TimeSeries.Alerting.Evaluation;

/// <summary>Writes transitions, and tells those who listen when they are durable. Thread safe.</summary>
internal sealed class AlertRecorder(IAlertWriter writer, ISilences silences, IEnumerable<ITransitionListener> listeners, AlertingInstruments instruments)
{
    private readonly ITransitionListener[] _listeners = [.. listeners];

    /// <summary>Writes transitions of one project.</summary>
    /// <returns>Null when all are durable; else why not, as a sentence.</returns>
    public async Task<string?> RecordAsync(IReadOnlyList<AlertTransition> transitions, CancellationToken cancellationToken)
    {
        if (transitions.Count == 0)
        {
            return null;
        }

        AlertTransition[] marked = [.. transitions.Select(Mark)];
        if (await writer.WriteAsync(marked, cancellationToken) is { } fault)
        {
            return fault;
        }

        foreach (AlertTransition transition in marked)
        {
            instruments.Transitions.Add(1, new KeyValuePair<string, object?>(TransitionLabels.State, TransitionLabels.StateOf(transition)));
            Tell(transition);
        }

        return null;
    }

    /// <summary>Tells those who listen of a transition that is durable.</summary>
    public void Tell(AlertTransition transition)
    {
        foreach (ITransitionListener listener in _listeners)
        {
            listener.Add(transition);
        }
    }

    private AlertTransition Mark(AlertTransition transition)
    {
        string? silence = silences.FindActive(transition.Pcode, transition.Labels, DateTimeOffset.FromUnixTimeMilliseconds(transition.Time));
        return silence is null ? transition : transition with { Annotations = transition.Annotations.SetItem("silencedBy", silence) };
    }
}

/// <summary>Who may not be told of which alerts. Thread safe.</summary>
public interface ISilences
{
    /// <summary>The id of a silence that an alert falls under at a moment; null when it falls under none.</summary>
    string? FindActive(long pcode, IReadOnlyDictionary<string, string> labels, DateTimeOffset at);
}
