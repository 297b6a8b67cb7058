using System.Collections.Immutable;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>What a rule would have raised: the same states, over what the store has now. Writes nothing. Thread safe.</summary>
internal sealed class BackTest(IRuleReader reader, AlertingOptions options, TimeProvider clock)
{
    public const int MostTransitions = 10_000;

    // One request takes a slot for so many evaluations, so that others get theirs between.
    private const int EvaluationsAtOnce = 32;

    /// <summary>Runs a rule at its evaluation times in a range.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="range">The range, in ms.</param>
    /// <param name="longest">How long it may take.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    /// <exception cref="DefinitionException">The rule asks for what there is not.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async Task<BackTestResult> RunAsync(long pcode, AlertRule rule, TimeRange range, TimeSpan longest, CancellationToken cancellationToken)
    {
        StoredRule stored = new(pcode, rule, 1, 0);
        if (RuleBatch.TryMake(reader, [stored], out RuleBatch? batch) is { } wrong)
        {
            throw new DefinitionException($"query: {wrong}");
        }

        RuleStates states = new(stored);
        List<AlertTransition> found = [];
        long began = clock.GetTimestamp();
        long time = stored.FirstTimeFrom(range.From);
        while (time < range.To && found.Count < MostTransitions)
        {
            if (clock.GetElapsedTime(began) > longest)
            {
                return new BackTestResult([], BackTestFault.TimedOut, "The back-test takes longer than Query:Timeout. Ask for a shorter range.");
            }

            long[] times = [.. Enumerable.Range(0, EvaluationsAtOnce).Select(i => time + (i * stored.Every)).Where(at => at < range.To)];
            SampleQuery[][] queries = [.. times.Select(at => batch!.QueriesAt(at, (long)options.Delay.TotalMilliseconds))];
            using RuleOutcome outcome = await reader.QueryAsync([.. queries.SelectMany(query => query)], RuleLane.Request, cancellationToken);
            if (outcome.Fault is { } fault)
            {
                return new BackTestResult(
                    [], outcome.IsTimedOut ? BackTestFault.TimedOut : outcome.IsOverLimit ? BackTestFault.OverLimit : BackTestFault.Store, fault);
            }

            for (int i = 0; i < times.Length; i++)
            {
                int length = queries[i].Length;
                RuleStep step = states.Next(times[i], batch!.Read(0, queries[i], [.. outcome.Results.Skip(i * length).Take(length)]));
                states.Apply(step);
                found.AddRange(step.Transitions);
            }

            time = times[^1] + stored.Every;
        }

        return new BackTestResult([.. found.Take(MostTransitions)], BackTestFault.None, null);
    }
}

/// <summary>What a back-test found.</summary>
/// <param name="Transitions">The transitions, oldest first.</param>
/// <param name="Fault">Why there are none.</param>
/// <param name="Detail">The same as a sentence.</param>
public sealed record BackTestResult(ImmutableArray<AlertTransition> Transitions, BackTestFault Fault, string? Detail);

/// <summary>Why a back-test gave no result.</summary>
public enum BackTestFault : byte
{
    None,
    TimedOut,
    OverLimit,
    Store,
}
