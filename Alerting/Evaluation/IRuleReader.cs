using System.Collections.Immutable;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>Runs what rules ask over the store, as requests of <c>/api/v1/aggregate</c> are run. Thread safe.</summary>
public interface IRuleReader
{
    /// <summary>Reads what rules ask.</summary>
    /// <param name="pcode">Their project.</param>
    /// <param name="query">Kind, groups and filters; its measure does not count.</param>
    /// <param name="measures">The measures.</param>
    /// <param name="mostGroups">How many groups are kept, the largest by count.</param>
    /// <param name="scan">The scan that answers it; null when something is wrong.</param>
    /// <returns>What is wrong, as a sentence that names it and what there is; null when nothing is.</returns>
    string? TryRead(long pcode, RuleQuery query, ImmutableArray<string> measures, int mostGroups, out RuleScan? scan);

    /// <summary>Runs queries of one project, one after the other.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="lane">Whom they may keep waiting.</param>
    /// <param name="cancellationToken">Of the host, or of the caller who asked for a back-test.</param>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    ValueTask<RuleOutcome> QueryAsync(SampleQuery[] queries, RuleLane lane, CancellationToken cancellationToken);

    /// <summary>Lists samples.</summary>
    /// <exception cref="OperationCanceledException">The host stops.</exception>
    ValueTask<RuleOutcome> ListAsync(ListQuery query, CancellationToken cancellationToken);

    /// <summary>The moment, in ms, through which everything that was answered 200 is in the results of later queries; null when the store can't tell.</summary>
    /// <exception cref="OperationCanceledException">The host stops.</exception>
    ValueTask<long?> WatermarkAsync(CancellationToken cancellationToken);
}

/// <summary>Whom a rule's queries may keep waiting.</summary>
public enum RuleLane : byte
{
    /// <summary>Other rules: in the slot that is kept for them, for a short time.</summary>
    Rules,

    /// <summary>Requests: those take turns with it. For rules that take longer.</summary>
    LongRules,

    /// <summary>A request of its own.</summary>
    Request,
}

/// <summary>A scan that answers several rules at once, read from results. Immutable and thread safe.</summary>
public abstract class RuleScan
{
    /// <summary>The query; its range is set for each evaluation.</summary>
    public abstract SampleQuery Query { get; }

    /// <summary>How many samples a row's group has.</summary>
    public abstract long Count(QueryResult result, int row);

    /// <summary>The value of a part of a row's group; null when it is missing.</summary>
    public abstract string? Key(QueryResult result, int row, int part);

    /// <summary>A measure of a row, as the API shows it.</summary>
    /// <param name="query">The query that gave the result.</param>
    /// <param name="result">The result.</param>
    /// <param name="row">The row.</param>
    /// <param name="measure">Index of the measure among those asked for.</param>
    /// <returns>The value; null when there is none.</returns>
    public abstract RuleValue? Value(SampleQuery query, QueryResult result, int row, int measure);
}

/// <summary>A measured value.</summary>
/// <param name="Number">What is compared.</param>
/// <param name="Text">How it is shown.</param>
public readonly record struct RuleValue(double Number, string Text);

/// <summary>What came of queries: their results, or why there are none. Disposed, its results must not be read any more.</summary>
public abstract class RuleOutcome : IDisposable
{
    public abstract IReadOnlyList<QueryResult> Results { get; }

    public abstract SampleList? List { get; }

    /// <summary>Why there is no result, as a sentence; null when there is one.</summary>
    public abstract string? Fault { get; }

    /// <summary>Whether it is the time that was too short.</summary>
    public abstract bool IsTimedOut { get; }

    /// <summary>Whether the query needs more than it may.</summary>
    public abstract bool IsOverLimit { get; }

    public abstract void Dispose();
}
