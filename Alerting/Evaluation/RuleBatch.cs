using System.Collections.Immutable;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>Rules of one project that ask for the same samples and groups, so that one scan answers them all. Immutable and thread safe.</summary>
internal sealed class RuleBatch
{
    /// <summary>Most groups of a rule that are looked at, the largest by count.</summary>
    public const int MostGroups = 10_000;

    private const long DayMilliseconds = 86_400_000;

    private readonly ImmutableArray<StoredRule> _rules;
    private readonly ImmutableArray<int> _measures;
    private readonly RuleScan _scan;
    private readonly int _days;

    private RuleBatch(ImmutableArray<StoredRule> rules, ImmutableArray<int> measures, RuleScan scan)
    {
        _rules = rules;
        _measures = measures;
        _scan = scan;
        _days = rules.Max(rule => rule.Rule.Condition.Baseline?.Days ?? 0);
    }

    /// <summary>What rules must have in common to be answered by one scan.</summary>
    public static string ScanKey(StoredRule rule)
    {
        RuleQuery query = rule.Rule.Query;
        return string.Join('\n', [$"{rule.Pcode} {query.Kind} {query.Window.Ticks}", string.Join(',', query.By), .. query.Where]);
    }

    /// <summary>Prepares the scan of rules with the same <see cref="ScanKey"/>; or says what is wrong with what they ask.</summary>
    public static string? TryMake(IRuleReader reader, ImmutableArray<StoredRule> rules, out RuleBatch? batch)
    {
        batch = null;
        ImmutableArray<string> measures = [.. rules.Select(rule => rule.Rule.Query.Measure).Distinct()];
        string? wrong = reader.TryRead(rules[0].Pcode, rules[0].Rule.Query, measures, MostGroups, out RuleScan? scan);
        if (wrong is null)
        {
            batch = new RuleBatch(rules, [.. rules.Select(rule => measures.IndexOf(rule.Rule.Query.Measure))], scan!);
        }

        return wrong;
    }

    /// <summary>The queries of an evaluation: of the window, then of the same window on the days before, as far as baselines need them.</summary>
    /// <param name="time">The evaluation time, in ms.</param>
    /// <param name="delay">How long samples may be on their way, in ms.</param>
    public SampleQuery[] QueriesAt(long time, long delay)
    {
        long window = (long)_rules[0].Rule.Query.Window.TotalMilliseconds;
        var queries = new SampleQuery[1 + _days];
        for (int day = 0; day < queries.Length; day++)
        {
            long end = time - delay - (day * DayMilliseconds);
            queries[day] = _scan.Query with { Range = new TimeRange(end - window, end) };
        }

        return queries;
    }

    /// <summary>What the results of <see cref="QueriesAt"/> say about a rule's groups.</summary>
    /// <param name="index">The rule's index in the batch.</param>
    /// <param name="queries">The queries.</param>
    /// <param name="results">Their results.</param>
    public RuleReading Read(int index, SampleQuery[] queries, IReadOnlyList<QueryResult> results)
    {
        AlertRule rule = _rules[index].Rule;
        List<GroupReading> groups = [.. Values(index, queries[0], results[0])
            .Select(group => new GroupReading(group.Key, group.Value, rule.Condition.Threshold))];
        if (rule.Condition.Baseline is { } baseline)
        {
            SetThresholds(groups, baseline, [.. Enumerable.Range(1, baseline.Days).Select(day =>
                Values(index, queries[day], results[day]).ToDictionary(group => group.Key, group => group.Value.Number))]);
        }

        return new RuleReading(groups, results[0].TotalGroups > results[0].RowCount);
    }

    private static void SetThresholds(List<GroupReading> groups, Baseline baseline, ImmutableArray<Dictionary<GroupKey, double>> days)
    {
        for (int i = 0; i < groups.Count; i++)
        {
            double sum = 0;
            int count = 0;
            foreach (Dictionary<GroupKey, double> day in days)
            {
                if (day.TryGetValue(groups[i].Key, out double value))
                {
                    sum += value;
                    count++;
                }
            }

            groups[i] = groups[i] with { Threshold = count >= baseline.MinDays ? baseline.Factor * (sum / count) : double.NaN };
        }
    }

    private IEnumerable<(GroupKey Key, RuleValue Value)> Values(int index, SampleQuery query, QueryResult result)
    {
        RuleQuery asked = _rules[index].Rule.Query;
        for (int row = 0; row < result.RowCount; row++)
        {
            if (_scan.Count(result, row) >= asked.MinCount && _scan.Value(query, result, row, _measures[index]) is { } value)
            {
                int at = row;
                yield return (new GroupKey([.. Enumerable.Range(0, asked.By.Length).Select(part => _scan.Key(result, at, part))]), value);
            }
        }
    }
}
