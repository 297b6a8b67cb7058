using System.Collections.Immutable;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Tests.Alerting.Evaluation;

/// <summary>A reader of a store that gives nothing about its past until the test says so.</summary>
internal sealed class StartRuleReader(IRuleReader reader) : IRuleReader
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the rules of before the start wait.</summary>
    public Task Asked => _asked.Task;

    public void Release() => _released.SetResult();

    public string? TryRead(long pcode, RuleQuery query, ImmutableArray<string> measures, int mostGroups, out RuleScan? scan) =>
        reader.TryRead(pcode, query, measures, mostGroups, out scan);

    public ValueTask<RuleOutcome> QueryAsync(SampleQuery[] queries, RuleLane lane, CancellationToken cancellationToken) =>
        reader.QueryAsync(queries, lane, cancellationToken);

    public ValueTask<RuleOutcome> ListAsync(ListQuery query, CancellationToken cancellationToken) => reader.ListAsync(query, cancellationToken);

    public async ValueTask<long?> WatermarkAsync(CancellationToken cancellationToken)
    {
        _asked.TrySetResult();
        await _released.Task.WaitAsync(cancellationToken);
        return await reader.WatermarkAsync(cancellationToken);
    }
}
