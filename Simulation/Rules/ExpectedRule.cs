using System.Globalization;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Simulation.Rules;

/// <summary>A rule of a project as it must be by the contract: a plain machine of states over values that are counted from the model's own samples.</summary>
internal sealed class ExpectedRule(long pcode, SimulatedRule rule)
{
    private const string All = "";

    // Through which time a group's alerts are recorded; nothing of it changes before.
    private Dictionary<string, long> _recorded = [];

    public long Pcode => pcode;

    public SimulatedRule Rule => rule;

    /// <summary>The next evaluation time, in ms.</summary>
    public long Next { get; private set; }

    /// <summary>The groups that are pending or firing.</summary>
    public Dictionary<string, ExpectedGroup> Groups { get; private set; } = [];

    /// <summary>What the evaluation that has asked must change; null when none has.</summary>
    public ExpectedStep? Asked { get; private set; }

    /// <summary>Starts again from what was saved and what is recorded since.</summary>
    /// <param name="next">The next evaluation time that was saved.</param>
    /// <param name="groups">The groups that were saved.</param>
    /// <param name="recorded">The newest alert of each group that is not older than what was saved.</param>
    public void Restore(long next, IReadOnlyDictionary<string, ExpectedGroup> groups, IEnumerable<ExpectedTransition> recorded)
    {
        (Next, Groups, Asked, _recorded) = (next, new(groups), null, []);
        foreach (ExpectedTransition alert in recorded)
        {
            _recorded[alert.Group] = alert.Time;
            Groups.Remove(alert.Group);
            if (alert.IsFiring)
            {
                Groups[alert.Group] = new ExpectedGroup(alert.PendingSince, alert.Time, null);
            }
        }
    }

    /// <summary>An evaluation has read these values, by group.</summary>
    public void Ask(IReadOnlyDictionary<string, long> values)
    {
        Asked = new ExpectedStep(Next, new(Groups), []);
        foreach ((string group, long value) in values)
        {
            Change(Asked, group, rule.Holds(value, Groups.TryGetValue(group, out ExpectedGroup state) && state.FiringSince is not null));
        }

        IEnumerable<string> absent = Groups.Keys.Where(group => !values.ContainsKey(group));
        if (!rule.IsByService && rule.NoData == AbsenceAction.Alert && values.Count == 0)
        {
            absent = absent.Append(All).Distinct();
        }

        foreach (string group in absent.ToArray())
        {
            bool isPending = Groups.TryGetValue(group, out ExpectedGroup state) && state.FiringSince is null;
            if (isPending && rule.IsByService)
            {
                Change(Asked, group, holds: false);
            }
            else if (rule.NoData != AbsenceAction.Keep)
            {
                Change(Asked, group, holds: rule.NoData == AbsenceAction.Alert);
            }
        }
    }

    /// <summary>The evaluation that has asked is done.</summary>
    public void Apply()
    {
        (Groups, Next) = (Asked!.Groups, Next + SimulatedRule.Every);
        foreach ((string group, _) in _recorded.Where(pair => pair.Value <= Asked.Time).ToArray())
        {
            _recorded.Remove(group);
        }

        Asked = null;
    }

    /// <summary>Evaluations up to a time are left out: nothing is known any more of how long conditions hold or fail.</summary>
    public void Jump(long next)
    {
        Next = next;
        Groups = Groups.Where(pair => pair.Value.FiringSince is not null).ToDictionary(pair => pair.Key, pair => pair.Value with { FailingSince = null });
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"rule {rule.Name} of {pcode}, next {Next}, groups {string.Join(' ', Groups)}");

    private void Change(ExpectedStep step, string group, bool holds)
    {
        long time = step.Time;
        if (_recorded.TryGetValue(group, out long recorded) && time <= recorded)
        {
            return;
        }

        bool isKnown = Groups.TryGetValue(group, out ExpectedGroup state);
        if (!isKnown && holds)
        {
            state = new ExpectedGroup(time, null, null);
        }

        if (state.FiringSince is { } firingSince)
        {
            long failing = holds ? 0 : time - (state.FailingSince ?? time);
            if (!holds && failing >= rule.KeepFiringFor)
            {
                step.Groups.Remove(group);
                step.Raised.Add(new ExpectedTransition(group, false, time, state.PendingSince, firingSince));
            }
            else
            {
                step.Groups[group] = state with { FailingSince = holds ? null : state.FailingSince ?? time };
            }
        }
        else if (!holds)
        {
            step.Groups.Remove(group);
        }
        else if (time - state.PendingSince >= rule.For)
        {
            step.Groups[group] = state with { FiringSince = time };
            step.Raised.Add(new ExpectedTransition(group, true, time, state.PendingSince, time));
        }
        else
        {
            step.Groups[group] = state;
        }
    }
}

/// <summary>Where a group of a rule must stand: pending, or firing, or firing while its condition fails. All in ms.</summary>
internal readonly record struct ExpectedGroup(long PendingSince, long? FiringSince, long? FailingSince);

/// <summary>An alert that an evaluation must raise.</summary>
internal readonly record struct ExpectedTransition(string Group, bool IsFiring, long Time, long PendingSince, long FiringSince);

/// <summary>What an evaluation must change.</summary>
internal sealed record ExpectedStep(long Time, Dictionary<string, ExpectedGroup> Groups, List<ExpectedTransition> Raised);
