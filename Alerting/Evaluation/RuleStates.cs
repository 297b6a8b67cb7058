using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>
/// The states of a rule's groups and how they change: inactive → pending → firing → inactive. Knows no clock and no store: the same readings
/// at the same times give the same transitions, live, made up for after a start, or in a back-test. Not thread safe.
/// </summary>
internal sealed class RuleStates
{
    private const string NoData = "no data";

    private readonly StoredRule _rule;
    private readonly Dictionary<string, GroupState> _states = new(StringComparer.Ordinal);

    // Through which time each group's transitions are recorded already; only after a start.
    private readonly Dictionary<string, long> _recorded = new(StringComparer.Ordinal);

    public RuleStates(StoredRule rule)
    {
        _rule = rule;
    }

    /// <summary>The groups that are pending or firing.</summary>
    public IReadOnlyCollection<GroupState> All => _states.Values;

    /// <summary>Puts a group where it was before a stop.</summary>
    public void Restore(GroupState state) => _states[state.Key.Text] = state;

    /// <summary>Puts a group where its newest recorded transition left it. Nothing of it changes at times through that one's.</summary>
    public void Restore(AlertTransition recorded, GroupKey key)
    {
        _recorded[key.Text] = recorded.Time;
        if (!recorded.IsFiring)
        {
            _states.Remove(key.Text);
        }
        else
        {
            _states[key.Text] = new GroupState
            {
                Key = key,
                PendingSince = recorded.PendingSince,
                FiringSince = recorded.Time,
                Value = recorded.Annotations.GetValueOrDefault("value", NoData),
                Threshold = _rule.Rule.Condition.Threshold,
            };
        }
    }

    /// <summary>Forgets what only holds while evaluations follow one another: since when conditions hold or fail.</summary>
    public void Interrupt()
    {
        foreach (GroupState state in _states.Values.ToArray())
        {
            if (state.IsFiring)
            {
                _states[state.Key.Text] = state with { FailingSince = null };
            }
            else
            {
                _states.Remove(state.Key.Text);
            }
        }
    }

    /// <summary>What changes at an evaluation time. Nothing is changed before <see cref="Apply"/>.</summary>
    public RuleStep Next(long time, RuleReading reading)
    {
        RuleStep step = new(time);
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (GroupReading group in reading.Groups)
        {
            seen.Add(group.Key.Text);
            GroupState? state = _states.GetValueOrDefault(group.Key.Text);
            RuleCondition condition = _rule.Rule.Condition;
            double threshold = state is { IsFiring: true } && condition.Baseline is null ? condition.ResolveThreshold : group.Threshold;
            Advance(step, state, group, condition.Holds(group.Value.Number, threshold), reason: null);
        }

        foreach (GroupState state in _states.Values.Where(state => !seen.Contains(state.Key.Text)))
        {
            // An absent group of a reading that is cut may have data all the same.
            if (!reading.IsCut && HoldsWithoutData(state) is { } holds)
            {
                Advance(step, state, Absent(state.Key), holds, NoData);
            }
        }

        GroupKey all = new([]);
        if (_rule.Rule.Query.By.IsEmpty && _rule.Rule.NoData == AbsenceAction.Alert && !seen.Contains(all.Text) && !_states.ContainsKey(all.Text))
        {
            Advance(step, state: null, Absent(all), holds: true, NoData);
        }

        return step;
    }

    /// <summary>What changes when the rule is changed or removed: whatever fires is resolved.</summary>
    public RuleStep End(long time)
    {
        RuleStep step = new(time);
        foreach (GroupState state in _states.Values)
        {
            step.Changes.Add((state.Key, null));
            if (state.IsFiring)
            {
                step.Transitions.Add(Transitions.Resolved(_rule, _rule.Revision, state, time, "rule changed"));
            }
        }

        return step;
    }

    /// <summary>Changes the states as a step says, when its transitions are durable.</summary>
    public void Apply(RuleStep step)
    {
        foreach ((GroupKey key, GroupState? state) in step.Changes)
        {
            if (state is null)
            {
                _states.Remove(key.Text);
            }
            else
            {
                _states[key.Text] = state;
            }
        }

        if (_recorded.Count > 0)
        {
            foreach (string group in _recorded.Where(entry => entry.Value <= step.Time).Select(entry => entry.Key).ToArray())
            {
                _recorded.Remove(group);
            }
        }
    }

    // Null: all stays as it is.
    private bool? HoldsWithoutData(GroupState state) =>
        !state.IsFiring && _rule.Rule.Query.By.Length > 0 ? false : _rule.Rule.NoData switch
        {
            AbsenceAction.Resolve => false,
            AbsenceAction.Keep => null,
            AbsenceAction.Alert => true,
            _ => throw new InvalidOperationException($"There is no action {_rule.Rule.NoData}."),
        };

    private GroupReading Absent(GroupKey key) => new(key, new RuleValue(double.NaN, NoData), _rule.Rule.Condition.Threshold);

    private void Advance(RuleStep step, GroupState? state, GroupReading group, bool holds, string? reason)
    {
        if ((state is null && !holds) || (_recorded.TryGetValue(group.Key.Text, out long recorded) && step.Time <= recorded))
        {
            return;
        }

        long time = step.Time;
        GroupState now = (state ?? new GroupState { Key = group.Key, PendingSince = time, Value = "", Threshold = double.NaN }) with
        {
            Value = group.Value.Text,
            Threshold = group.Threshold,
        };
        if (!now.IsFiring)
        {
            Wait(step, now, holds);
        }
        else if (holds)
        {
            step.Changes.Add((now.Key, now with { FailingSince = null }));
        }
        else if (time - (now.FailingSince ?? time) < (long)_rule.Rule.KeepFiringFor.TotalMilliseconds)
        {
            step.Changes.Add((now.Key, now with { FailingSince = now.FailingSince ?? time }));
        }
        else
        {
            step.Changes.Add((now.Key, null));
            step.Transitions.Add(Transitions.Resolved(_rule, _rule.Revision, now, time, reason));
        }
    }

    private void Wait(RuleStep step, GroupState now, bool holds)
    {
        if (!holds)
        {
            step.Changes.Add((now.Key, null));
        }
        else if (step.Time - now.PendingSince < (long)_rule.Rule.For.TotalMilliseconds)
        {
            step.Changes.Add((now.Key, now));
        }
        else
        {
            GroupState firing = now with { FiringSince = step.Time };
            step.Changes.Add((firing.Key, firing));
            step.Transitions.Add(Transitions.Fired(_rule, firing, step.Time));
        }
    }
}

/// <summary>What an evaluation changes. Its lists are filled by <see cref="RuleStates"/>.</summary>
/// <param name="Time">The evaluation time, in ms.</param>
internal sealed record RuleStep(long Time)
{
    /// <summary>New states of groups; null for one that is inactive from now on.</summary>
    public List<(GroupKey Key, GroupState? State)> Changes { get; } = [];

    /// <summary>What is to be written before the states change.</summary>
    public List<AlertTransition> Transitions { get; } = [];
}
