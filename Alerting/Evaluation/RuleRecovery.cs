using System.Collections.Immutable;
using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>
/// Brings rules back to where they were at the last stop: from the checkpoint, and from the alerts that the store has, which are newer where a stop was none.
/// </summary>
internal sealed class RuleRecovery(
    RuleBook book, RuleCheckpoint checkpoint, RecordedAlerts recorded, AlertRecorder recorder, IRuleReader reader, AlertingOptions options,
    TimeProvider clock)
{
    // What was raised before a kill may still be in the WAL when a shared store is back. Another node's may stay there for long.
    private static readonly TimeSpan _longestStoreWait = TimeSpan.FromMinutes(1);

    // Alerts that are not older are told to receivers that were not told before; those that the rules' states know of are, however old they are.
    private static readonly TimeSpan _toldAgain = TimeSpan.FromDays(1);

    private long _began = long.MaxValue;
    private long? _answered;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Makes the runtimes of a project's rules.</summary>
    /// <returns>The runtimes; or why they can't be made yet, as a sentence.</returns>
    public async Task<(ImmutableArray<RuleRuntime> Rules, string? Fault)> RecoverAsync(long pcode, CancellationToken cancellationToken)
    {
        if (await WaitsForStoreAsync(cancellationToken) is { } wait)
        {
            return ([], wait);
        }

        ImmutableDictionary<string, SavedRule> saved = checkpoint.Load(pcode);
        ImmutableArray<StoredRule> stored = book.List(pcode);
        long from = stored.All(rule => saved.ContainsKey(rule.Rule.Name))
            ? saved.Values.Select(rule => rule.NextTime).Append(Now - (long)_toldAgain.TotalMilliseconds).Min()
            : 0;
        (ImmutableArray<AlertTransition> newest, string? fault) = await recorded.FindNewestAsync(
            pcode, from, Now + (long)TimeSpan.FromDays(1).TotalMilliseconds, cancellationToken);
        if (fault is not null)
        {
            return ([], fault);
        }

        ImmutableArray<RuleRuntime> rules = [.. stored.Select(rule => Make(rule, saved.GetValueOrDefault(rule.Rule.Name), newest))];
        return (rules, await ResolveOrphansAsync(pcode, rules, newest, cancellationToken));
    }

    // Why alerts of before the start can't be read yet; null when they can.
    private async Task<string?> WaitsForStoreAsync(CancellationToken cancellationToken)
    {
        // A clock that steps back would have it wait for as long.
        _began = Math.Min(_began, Now);
        if (await reader.WatermarkAsync(cancellationToken) is not { } watermark)
        {
            return "The store can't be read.";
        }

        _answered ??= clock.GetTimestamp();
        return watermark >= _began || clock.GetElapsedTime(_answered.Value) >= _longestStoreWait ? null
            : "The store does not have everything yet from before the start.";
    }

    private RuleRuntime Make(StoredRule stored, SavedRule? saved, ImmutableArray<AlertTransition> newest)
    {
        bool isSaved = saved?.Revision == stored.Revision;
        long next = isSaved ? saved!.NextTime : stored.FirstTimeFrom(Math.Max(stored.ChangedAt, Now - (long)options.CatchUp.TotalMilliseconds));
        RuleRuntime rule = new(stored, next);
        foreach (SavedGroup group in isSaved ? saved!.Groups : [])
        {
            rule.States.Restore(group.ToState(stored.Rule.Condition.Threshold));
        }

        // What was saved knows of the alerts before.
        Restore(rule, newest, from: isSaved ? next : long.MinValue);
        rule.Advance(next);
        TellFiring(rule);
        return rule;
    }

    private void Restore(RuleRuntime rule, ImmutableArray<AlertTransition> newest, long from)
    {
        ImmutableArray<string> by = rule.Stored.Rule.Query.By;
        foreach (AlertTransition transition in newest.Where(transition => transition.Rule == rule.Stored.Rule.Name))
        {
            GroupKey key = GroupKey.Of(by, transition.Labels, transition.Annotations);
            if (IsOf(rule.Stored, transition, key))
            {
                // The sample of an end is Info, whatever the rule says.
                recorder.Tell(transition with { Severity = rule.Stored.Rule.Severity });
                if (transition.Time >= from)
                {
                    rule.States.Restore(transition, key);
                }
            }
        }
    }

    // The rule's files may have been deleted, or replaced, while nothing ran; and a change may have been cut between the file and the alerts.
    private async Task<string?> ResolveOrphansAsync(
        long pcode, ImmutableArray<RuleRuntime> rules, ImmutableArray<AlertTransition> newest, CancellationToken cancellationToken)
    {
        List<AlertTransition> ended = [];
        foreach (AlertTransition firing in newest.Where(transition => transition.IsFiring && !book.IsUnreadable(pcode, transition.Rule)))
        {
            RuleRuntime? rule = rules.FirstOrDefault(rule => rule.Stored.Rule.Name == firing.Rule);
            if (rule is null || !IsOf(rule.Stored, firing, GroupKey.Of(rule.Stored.Rule.Query.By, firing.Labels, firing.Annotations)))
            {
                long time = Math.Max(rule is { Stored.ChangedAt: > 0 and var changed } ? changed : Now, firing.Time);
                ended.Add(firing with
                {
                    Id = AlertId.Of(pcode, firing.Rule, 0, firing.Group, firing.PendingSince, isFiring: false),
                    IsFiring = false,
                    Time = time,
                    Annotations = firing.Annotations.SetItem("firingSince", Transitions.Moment(firing.FiringSince)).SetItem("reason", "rule changed"),
                });
            }
        }

        return await recorder.RecordAsync(ended, cancellationToken);
    }

    private void TellFiring(RuleRuntime rule)
    {
        foreach (GroupState state in rule.Progress.Groups.Where(state => state.IsFiring))
        {
            recorder.Tell(Transitions.Fired(rule.Stored, state, state.FiringSince!.Value));
        }
    }

    // An id tells the revision that wrote the alert, and whether a rule did.
    private static bool IsOf(StoredRule rule, AlertTransition transition, GroupKey key) =>
        transition.Id == AlertId.Of(rule, rule.Revision, key.Text, transition.PendingSince, transition.IsFiring);
}
