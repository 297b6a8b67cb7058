using TimeSeries.Alerting.Rules;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>Makes, changes and removes rules while others are evaluated. One change at a time. Thread safe.</summary>
internal sealed class RuleEditor(RuleBook book, RuleEngine engine, IRuleReader reader, AlertingOptions options, TimeProvider clock) : IDisposable
{
    public const int MostRules = 1_000;

    // A change that comes with the start waits for the rules of before: they are there within a moment, unless the store hangs.
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly TaskCompletionSource _recovered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the rules of before the start are back, so that rules may be changed.</summary>
    public bool IsRecovered => _recovered.Task.IsCompleted;

    /// <summary>The rules of before the start are back: changes that wait go on.</summary>
    public void NoteRecovered() => _recovered.TrySetResult();

    /// <summary>Makes or changes a rule. One that says the same already stays as it is, with its alerts.</summary>
    /// <exception cref="DefinitionException">It asks for what there is not.</exception>
    public Task<RuleChange> PutAsync(long pcode, AlertRule rule, CancellationToken cancellationToken)
    {
        if (RuleBatch.TryMake(reader, [new StoredRule(pcode, rule, 1, 0)], out _) is { } wrong)
        {
            throw new DefinitionException($"query: {wrong}");
        }

        return ChangeAsync(pcode, rule.Name, rule, cancellationToken);
    }

    /// <summary>Removes a rule; what fires is resolved.</summary>
    public Task<RuleChange> RemoveAsync(long pcode, string name, CancellationToken cancellationToken) =>
        ChangeAsync(pcode, name, rule: null, cancellationToken);

    public void Dispose() => _gate.Dispose();

    private async Task<RuleChange> ChangeAsync(long pcode, string name, AlertRule? rule, CancellationToken cancellationToken)
    {
        if (options.ReadOnly)
        {
            return new RuleChange(RuleChangeOutcome.ReadOnly, null, "Rules are deployed as files here (Alerting:ReadOnly).");
        }

        try
        {
            await _recovered.Task.WaitAsync(_longestWait, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new RuleChange(RuleChangeOutcome.Unavailable, null, "Rules wait for the store since the start.");
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            StoredRule? old = book.Find(pcode, name);
            return old is null && rule is null ? new RuleChange(RuleChangeOutcome.NotFound, null, null)
                : old is not null && rule is not null && RuleFormat.AreEqual(old.Rule, rule) ? new RuleChange(RuleChangeOutcome.Done, old, null)
                : old is null && book.List(pcode).Length >= MostRules
                    ? new RuleChange(RuleChangeOutcome.TooMany, null, $"A project has at most {MostRules} rules.")
                : await ReplaceAsync(pcode, old, rule);
        }
        finally
        {
            _gate.Release();
        }
    }

    // Not cancelled in the middle.
    private async Task<RuleChange> ReplaceAsync(long pcode, StoredRule? old, AlertRule? rule)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        RuleRuntime? running = old is null ? null : engine.Find(pcode, old.Rule.Name);
        if (running is not null)
        {
            // After everything that was recorded, whatever the clock says.
            now = Math.Max(now, running.Progress.NextTime - running.Stored.Every);
            if (await engine.EndAsync(running, now, CancellationToken.None) is { } fault)
            {
                return new RuleChange(RuleChangeOutcome.Unavailable, null, $"What fires could not be resolved: {fault}");
            }
        }

        try
        {
            if (rule is null)
            {
                book.Remove(old!);
                engine.Remove(old!);
                return new RuleChange(RuleChangeOutcome.Done, null, null);
            }

            StoredRule stored = new(pcode, rule, (old?.Revision ?? 0) + 1, Math.Max(now, (old?.ChangedAt ?? 0) + 1));
            book.Put(stored);
            engine.Put(new RuleRuntime(stored, stored.FirstTimeFrom(stored.ChangedAt)));
            return new RuleChange(old is null ? RuleChangeOutcome.Made : RuleChangeOutcome.Done, stored, null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (running is not null)
            {
                engine.Put(new RuleRuntime(running.Stored, running.Progress.NextTime));
            }

            return new RuleChange(RuleChangeOutcome.Unavailable, null, "The rule's file can't be written; the disk says why in the log.");
        }
    }
}

/// <summary>What became of a change.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Rule">The rule as it is now; null when there is none.</param>
/// <param name="Detail">Why it was not made, as a sentence.</param>
public sealed record RuleChange(RuleChangeOutcome Outcome, StoredRule? Rule, string? Detail);

/// <summary>What became of a change of a rule.</summary>
public enum RuleChangeOutcome : byte
{
    Done,
    Made,
    NotFound,
    TooMany,
    ReadOnly,

    /// <summary>Store or disk did not take it; nothing is changed, but alerts may be resolved.</summary>
    Unavailable,
}
