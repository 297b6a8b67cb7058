using System.Collections.Immutable;
using System.Globalization;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Simulation.Model;
using TimeSeries.Simulation.Node;
using TimeSeries.Simulation.Running;

namespace TimeSeries.Simulation.Rules;

/// <summary>
/// What the contract of alert rules says of a run: which groups are pending or firing after each evaluation, which alerts are raised, each under one id, and
/// what a start goes on from. Values are counted from the samples that the last look has seen.
/// </summary>
internal sealed class ExpectedRules(ExpectedSamples samples, VirtualClock clock, SimulatedDisk disk, Action<PushAttempt> track)
{
    private readonly ImmutableArray<ExpectedRule> _rules =
        [.. SimulatedRule.Projects.SelectMany(pcode => SimulatedRule.All.Select(rule => new ExpectedRule(pcode, rule)))];

    private readonly Dictionary<Guid, RaisedAlert> _raised = [];
    private readonly Dictionary<(ExpectedRule Rule, string Group, long PendingSince, bool IsFiring), Guid> _ids = [];
    private readonly HashSet<long> _recovered = [];
    private readonly Dictionary<long, SavedStates> _saved = SimulatedRule.Projects.ToDictionary(pcode => pcode, _ => new SavedStates());
    private RuleEngine? _engine;
    private long _readsBefore;
    private long _began;

    /// <summary>What the receivers were told.</summary>
    public ExpectedNotices Notices { get; } = new(clock, disk);

    /// <summary>All alerts that were raised.</summary>
    public IEnumerable<RaisedAlert> Raised => _raised.Values;

    /// <summary>What went wrong first, where the product would only log it; null when nothing did.</summary>
    public Exception? Fault { get; private set; }

    // What damaged files say of rules is no matter of the contract.
    private bool IsLax => disk.Damage.Any;

    /// <summary>A process begins.</summary>
    public void Begin(RuleEngine engine, Func<long, byte[]?> stateFile)
    {
        (_engine, _readsBefore) = (engine, disk.FailedReads);
        _recovered.Clear();
        foreach ((long pcode, SavedStates saved) in _saved)
        {
            saved.Begin(stateFile(pcode));
        }

        Notices.Begin();
    }

    /// <summary>A step begins: the states are those that it may save.</summary>
    public void BeginStep()
    {
        _began = clock.Milliseconds;
        foreach ((long pcode, SavedStates saved) in _saved)
        {
            saved.Note(_rules.Where(rule => rule.Pcode == pcode && _engine!.Find(pcode, rule.Rule.Name) is not null));
        }
    }

    /// <summary>A step has ended. Compares where every rule stands.</summary>
    /// <param name="stateFile">The file of a project's states.</param>
    /// <param name="hasFailed">Whether the disk has failed in it.</param>
    /// <param name="hasKept">Whether what receivers were told by now is in their files for certain.</param>
    public void EndStep(Func<long, byte[]?> stateFile, bool hasFailed, bool hasKept)
    {
        foreach ((long pcode, SavedStates saved) in _saved)
        {
            saved.End(stateFile(pcode), hasFailed);
        }

        Notices.EndStep(Raised, hasKept);

        Guard(() =>
        {
            foreach (ExpectedRule rule in _rules)
            {
                if (!IsLax && _engine!.Find(rule.Pcode, rule.Rule.Name) is { } runtime)
                {
                    Recover(rule.Pcode);
                    Follow(rule, runtime);
                    Compare(rule, runtime);
                }
            }
        });
        if (Fault is not null)
        {
            throw Fault as SimulationFault ?? new SimulationFault(Fault.ToString(), Fault);
        }
    }

    /// <summary>Notes a fault that must not be lost in a log.</summary>
    public void NoteFault(Exception fault) => Fault ??= fault;

    /// <summary>A rule's query has a result.</summary>
    public void NoteQuery(SampleQuery query) => Guard(() =>
    {
        long time = query.Range.To + SimulatedRule.Delay;
        foreach (ExpectedRule rule in _rules.Where(rule => rule.Pcode == query.Pcode && rule.Rule.Kind == query.Kind
            && rule.Rule.IsByService == !query.GroupBy.IsEmpty && !IsLax))
        {
            if (_engine!.Find(rule.Pcode, rule.Rule.Name) is { IsRunning: true } runtime && runtime.Progress.NextTime == time)
            {
                Recover(rule.Pcode);
                Follow(rule, runtime);
                if (rule.Asked is null)
                {
                    Require(query.Range.From == query.Range.To - rule.Rule.Window, rule, "asks for another window");
                    rule.Ask(Count(rule, query.Range));
                }
            }
        }
    });

    /// <summary>Alerts are pushed.</summary>
    public IReadOnlyList<RaisedAlert> NoteRaised(IReadOnlyList<AlertTransition> transitions, Task<CommitResult> response)
    {
        List<RaisedAlert> raised = [];
        Guard(() =>
        {
            ImmutableArray<ExpectedSample>.Builder alerts = ImmutableArray.CreateBuilder<ExpectedSample>();
            foreach (AlertTransition transition in transitions)
            {
                ExpectedSample sample = samples.Raise(transition.Pcode, transition.Id.ToString("D"), transition.Time, transition.Source);
                alerts.Add(sample);
                raised.Add(NoteRaised(transition, sample));
            }

            PushAttempt attempt = new(samples.MakeRaised(transitions[0].Pcode, alerts.ToImmutable()), response);
            attempt.Batch.Begin(attempt);
            track(attempt);
        });
        return raised;
    }

    /// <summary>A receiver was told.</summary>
    public void NoteTold(string receiver, ReadOnlyMemory<byte> body) => Guard(() => Notices.NoteTold(receiver, body, Raised));

    /// <summary>Whether a rule has something to do.</summary>
    public bool IsBehind() => _engine!.All.Any(runtime => runtime.IsRunning || runtime.Progress.NextTime <= clock.Milliseconds);

    private static string GroupOf(GroupState state, ExpectedRule rule) => rule.Rule.IsByService ? state.Key.Label(0)! : "";

    private RaisedAlert NoteRaised(AlertTransition found, ExpectedSample sample)
    {
        ExpectedRule rule = _rules.First(rule => rule.Pcode == found.Pcode && rule.Rule.Name == found.Rule);
        string group = rule.Rule.IsByService ? found.Labels["service"] : "";
        ExpectedTransition transition = new(group, found.IsFiring, found.Time, found.PendingSince, found.FiringSince);
        if (!_raised.TryGetValue(found.Id, out RaisedAlert? raised))
        {
            raised = new RaisedAlert(rule, transition, sample);
            _raised.Add(found.Id, raised);
        }

        Guid known = _ids.GetValueOrDefault((rule, group, found.PendingSince, found.IsFiring), found.Id);
        Require(known == found.Id, rule, $"raises {transition} under two ids");
        _ids[(rule, group, found.PendingSince, found.IsFiring)] = found.Id;
        Require(raised.Rule == rule && raised.Transition.Group == group && raised.Transition.IsFiring == found.IsFiring
            && raised.Transition.PendingSince == found.PendingSince, rule, $"raises {transition} under the id of {raised}");
        raised.RaiseAgain(transition);
        Require(IsLax || rule.Asked?.Raised.Contains(transition) == true, rule, $"raises {transition}, which it must not");
        raised.Push();
        return raised;
    }

    private Dictionary<string, long> Count(ExpectedRule rule, TimeRange range)
    {
        Dictionary<string, long> values = new(StringComparer.Ordinal);
        foreach (ExpectedSample sample in samples.Samples)
        {
            if (sample.Pcode == rule.Pcode && sample.Kind == rule.Rule.Kind && sample.Observed > 0 && sample.Time >= range.From && sample.Time < range.To)
            {
                string group = rule.Rule.IsByService ? sample.Name : "";
                long value = values.GetValueOrDefault(group);
                values[group] = rule.Rule.IsOfMax ? Math.Max(value, sample.Value) : value + sample.Observed;
            }
        }

        return values;
    }

    // Each time is evaluated once, in order; only what is too long ago is left out.
    private void Follow(ExpectedRule rule, RuleRuntime runtime)
    {
        long next = runtime.Progress.NextTime;
        if (next > rule.Next && rule.Asked is { } step)
        {
            foreach (ExpectedTransition transition in step.Raised)
            {
                Require(Raised.Any(raised => raised.Rule == rule && raised.Transition == transition && raised.IsDurable)
                    || Raised.Any(raised => raised.Rule == rule && IsSame(raised.Transition, transition) && raised.IsDurable),
                    rule, $"goes on, and {transition} is not durable");
            }

            rule.Apply();
        }

        if (next > rule.Next)
        {
            Require(MayJumpTo(next), rule, $"leaves out evaluations up to {next}");
            Require(runtime.Health.Gap is not null, rule, "leaves out evaluations and does not tell");
            rule.Jump(next);
        }

        Require(next == rule.Next, rule, $"is at {next}");
    }

    private static bool IsSame(ExpectedTransition left, ExpectedTransition right) =>
        (left.Group, left.IsFiring, left.PendingSince) == (right.Group, right.IsFiring, right.PendingSince);

    private bool MayJumpTo(long next) => next >= SimulatedRule.FirstFrom(_began - SimulatedRule.CatchUp)
        && next <= SimulatedRule.FirstFrom(clock.Milliseconds - SimulatedRule.CatchUp);

    private static void Compare(ExpectedRule rule, RuleRuntime runtime)
    {
        string found = Text(runtime.Progress.Groups.ToDictionary(
            group => GroupOf(group, rule), group => new ExpectedGroup(group.PendingSince, group.FiringSince, group.FailingSince)));
        Require(found == Text(rule.Groups), rule, $"has the groups {found}");
    }

    private static string Text(IReadOnlyDictionary<string, ExpectedGroup> groups) =>
        string.Join(", ", groups.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}"));

    // A start goes on from one of the states that may have been saved last, and from the alerts that the store has since.
    private void Recover(long pcode)
    {
        if (!_recovered.Add(pcode))
        {
            return;
        }

        ImmutableArray<(ExpectedRule Rule, RuleRuntime Runtime)> rules = [.. _rules
            .Where(rule => rule.Pcode == pcode && _engine!.Find(pcode, rule.Rule.Name) is not null)
            .Select(rule => (rule, _engine!.Find(pcode, rule.Rule.Name)!))];
        List<string> tried = [];
        foreach (ImmutableDictionary<string, (long Next, ImmutableDictionary<string, ExpectedGroup> Groups)> saved in
            _saved[pcode].Candidates(disk.FailedReads > _readsBefore))
        {
            string? wrong = rules.Select(pair => Restore(pair.Rule, pair.Runtime, saved)).FirstOrDefault(wrong => wrong is not null);
            if (wrong is null)
            {
                return;
            }

            tried.Add(wrong);
        }

        throw new SimulationFault($"rules of {pcode} go on from what was never saved: {string.Join(" | ", tried)}");
    }

    private string? Restore(
        ExpectedRule rule, RuleRuntime runtime, ImmutableDictionary<string, (long Next, ImmutableDictionary<string, ExpectedGroup> Groups)> saved)
    {
        bool isSaved = saved.TryGetValue(rule.Rule.Name, out (long Next, ImmutableDictionary<string, ExpectedGroup> Groups) states);
        long found = runtime.Progress.NextTime;
        if (!isSaved)
        {
            if (!MayJumpTo(found))
            {
                return $"{rule} was not saved and is at {found}";
            }

            states = (found, ImmutableDictionary<string, ExpectedGroup>.Empty);
        }

        long from = isSaved ? states.Next : long.MinValue;
        rule.Restore(states.Next, states.Groups, Raised
            .Where(raised => raised.Rule == rule && raised.IsSeen)
            .GroupBy(raised => raised.Transition.Group)
            .Select(group => group.MaxBy(raised => (raised.Transition.Time, !raised.Transition.IsFiring))!.Transition)
            .Where(newest => newest.Time >= from));
        if (found > rule.Next && MayJumpTo(found))
        {
            rule.Jump(found);
        }

        if (found != rule.Next)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{rule} is at {found}");
        }

        try
        {
            Compare(rule, runtime);
            return null;
        }
        catch (SimulationFault fault)
        {
            return fault.Message;
        }
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (SimulationFault fault)
        {
            // The product would take it for a fault of its own, and go on.
            Fault ??= fault;
        }
    }

    private static void Require(bool holds, ExpectedRule rule, string what)
    {
        if (!holds)
        {
            throw new SimulationFault($"{rule} {what}");
        }
    }
}
