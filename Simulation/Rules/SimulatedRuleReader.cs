using System.Collections.Immutable;
using System.Text;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Simulation.Rules;

/// <summary>Reads for rules from the store of a node, at once: without a queue, which would have threads.</summary>
/// <param name="reader">The store.</param>
/// <param name="asked">Told of each query that has a result.</param>
internal sealed class SimulatedRuleReader(ISampleReader reader, Action<SampleQuery> asked) : IRuleReader
{
    public string? TryRead(long pcode, RuleQuery query, ImmutableArray<string> measures, int mostGroups, out RuleScan? scan)
    {
        Kind kind = query.Kind == "exception" ? Kind.Exception : Kind.Transaction;
        (_, int name, int? value) = Model.ExpectedSamples.FieldsOf(kind);
        scan = new Scan(
            new SampleQuery
            {
                Pcode = pcode,
                Kind = kind,
                Range = TimeRange.All,
                GroupBy = query.By.IsEmpty ? [] : [new GroupField(name)],
                Measures = [new(MeasureKind.Count), new(MeasureKind.Max, value!.Value)],
                Limit = mostGroups,
            },
            measures);
        return null;
    }

    public ValueTask<RuleOutcome> QueryAsync(SampleQuery[] queries, RuleLane lane, CancellationToken cancellationToken)
    {
        List<QueryResult> results = [];
        try
        {
            foreach (SampleQuery query in queries)
            {
                results.Add(Wait(() => reader.QueryAsync(query, cancellationToken)));
                asked(query);
            }

            return ValueTask.FromResult<RuleOutcome>(new Outcome(results, null, null));
        }
        catch (IOException fault)
        {
            results.ForEach(result => result.Dispose());
            return ValueTask.FromResult<RuleOutcome>(new Outcome([], null, fault.Message));
        }
    }

    public ValueTask<RuleOutcome> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return ValueTask.FromResult<RuleOutcome>(new Outcome([], Wait(() => reader.ListAsync(query, cancellationToken)), null));
        }
        catch (IOException fault)
        {
            return ValueTask.FromResult<RuleOutcome>(new Outcome([], null, fault.Message));
        }
    }

    public async ValueTask<long?> WatermarkAsync(CancellationToken cancellationToken) => await reader.WatermarkAsync(cancellationToken);

    // A query may go on on another thread. The step waits for it, or two runs of a plan would differ.
    private static T Wait<T>(Func<ValueTask<T>> read) => Task.Run(() => read().AsTask()).GetAwaiter().GetResult();

    private sealed class Scan(SampleQuery query, ImmutableArray<string> measures) : RuleScan
    {
        public override SampleQuery Query => query;

        public override long Count(QueryResult result, int row) => result.Count(row, 0);

        public override string? Key(QueryResult result, int row, int part) =>
            result.KeyMissing(row, part) ? null : Encoding.UTF8.GetString(result.KeyText(row, part));

        public override RuleValue? Value(SampleQuery query, QueryResult result, int row, int measure)
        {
            long value = measures[measure] == "count" ? result.Count(row, 0) : result.Number(row, 1);
            return new RuleValue(value, value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private sealed class Outcome(IReadOnlyList<QueryResult> results, SampleList? list, string? fault) : RuleOutcome
    {
        public override IReadOnlyList<QueryResult> Results => results;

        public override SampleList? List => list;

        public override string? Fault => fault;

        public override bool IsTimedOut => false;

        public override bool IsOverLimit => false;

        public override void Dispose()
        {
            foreach (QueryResult result in results)
            {
                result.Dispose();
            }
        }
    }
}
