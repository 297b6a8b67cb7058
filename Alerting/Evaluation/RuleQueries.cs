using System.Collections.Immutable;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>Asks the store what rules ask. Thread safe.</summary>
internal sealed class RuleQueries(IRuleReader reader, TimeProvider clock)
{
    private static readonly TimeSpan _longestWatermarkWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _watermarkPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _shortQueries = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc cref="RuleBatch.TryMake"/>
    public string? TryMake(ImmutableArray<StoredRule> rules, out RuleBatch? batch) => RuleBatch.TryMake(reader, rules, out batch);

    /// <summary>Runs the queries of rules with one scan: in the slot of rules, or beside requests where they took long before or do now.</summary>
    public async Task<RuleOutcome> RunAsync(ImmutableArray<RuleRuntime> rules, SampleQuery[] queries, CancellationToken cancellationToken)
    {
        bool isLong = rules.Any(rule => rule.IsLong);
        long began = clock.GetTimestamp();
        RuleOutcome outcome = await reader.QueryAsync(queries, isLong ? RuleLane.LongRules : RuleLane.Rules, cancellationToken);
        if (!isLong && outcome.IsTimedOut)
        {
            outcome.Dispose();
            SetLong(rules, isLong: true);
            return await reader.QueryAsync(queries, RuleLane.LongRules, cancellationToken);
        }

        if (isLong && clock.GetElapsedTime(began) < _shortQueries)
        {
            SetLong(rules, isLong: false);
        }

        return outcome;
    }

    private static void SetLong(ImmutableArray<RuleRuntime> rules, bool isLong)
    {
        foreach (RuleRuntime rule in rules)
        {
            rule.IsLong = isLong;
        }
    }

    /// <summary>Waits until the store has everything up to a time, for a minute at most. Returns what is to be known when it does not by then.</summary>
    public async Task<string?> WaitForStoreAsync(long time, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await reader.WatermarkAsync(cancellationToken) >= time)
            {
                return null;
            }

            if (clock.GetUtcNow().ToUnixTimeMilliseconds() >= time + (long)_longestWatermarkWait.TotalMilliseconds)
            {
                return "The store did not have everything by a minute after the evaluation time.";
            }

            await Task.Delay(_watermarkPause, clock, cancellationToken);
        }
    }
}
