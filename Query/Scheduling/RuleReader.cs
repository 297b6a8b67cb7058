using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Options;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Api;
using TimeSeries.Query.Api.Aggregate;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Scheduling;

/// <summary>Runs the queries of alert rules as those of the API. Thread safe.</summary>
internal sealed class RuleReader(
    QueryScheduler scans, ISampleReader reader, ProjectDirectory projects, IOptions<QueryOptions> options, TimeProvider clock) : IRuleReader
{
    private const string CountName = "count";

    public string? TryRead(long pcode, RuleQuery query, ImmutableArray<string> measures, int mostGroups, out RuleScan? scan)
    {
        scan = null;
        if (projects.Find(pcode) is not { } project)
        {
            return string.Create(CultureInfo.InvariantCulture, $"There is no project {pcode}.");
        }

        // A comma would make several of one name.
        if (query.By.Concat(measures).FirstOrDefault(name => name.Contains(',', StringComparison.Ordinal) || name.Length == 0) is { } list)
        {
            return $"There is no field or measure \"{list}\".";
        }

        ImmutableArray<string> asked = [CountName, .. measures.Where(measure => measure != CountName)];
        QueryBuilder text = new(
        [
            new("kind", query.Kind), new("by", string.Join(',', query.By)), new("measures", string.Join(',', asked)), new("order", "-" + CountName),
            .. query.Where.Select(where => new KeyValuePair<string, string>("where", where)),
        ]);
        ApiParameters parameters = new(new DefaultHttpContext { Request = { QueryString = text.ToQueryString() } }.Request);
        string? wrong = AggregateReader.TryRead(parameters, project, Timestamp.Now(clock), options.Value.MaxRows, out AggregateRequest? request);
        if (wrong is null)
        {
            scan = new Scan(request!, query.By.Length, [.. measures.Select(measure => asked.IndexOf(measure))], mostGroups);
        }

        return wrong;
    }

    public ValueTask<RuleOutcome> QueryAsync(SampleQuery[] queries, RuleLane lane, CancellationToken cancellationToken) =>
        ReadAsync(async () => lane == RuleLane.Request
            ? await scans.RunAsync(queries, cancellationToken)
            : await scans.RunRulesAsync(queries, lane == RuleLane.LongRules, cancellationToken));

    public ValueTask<RuleOutcome> ListAsync(ListQuery query, CancellationToken cancellationToken) =>
        ReadAsync(async () => await scans.ListAsync(query, cancellationToken));

    public async ValueTask<long?> WatermarkAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await reader.WatermarkAsync(cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private static async ValueTask<RuleOutcome> ReadAsync(Func<Task<QueryOutcome>> read)
    {
        try
        {
            return new Outcome(await read());
        }
        catch (Exception fault) when (fault is DamagedFileException or IOException or UnauthorizedAccessException)
        {
            return new Outcome(QueryOutcome.Failed(QueryFailure.StoreUnavailable, "The store can't be read; the log of the server says why."));
        }
    }

    private sealed class Scan(AggregateRequest request, int keys, ImmutableArray<int> measures, int mostGroups) : RuleScan
    {
        public override SampleQuery Query { get; } = request.Query with { Limit = mostGroups };

        public override long Count(QueryResult result, int row) => result.Count(row, request.Columns[keys].At);

        public override string? Key(QueryResult result, int row, int part) => Text(request.Columns[part], Query, result, row);

        public override RuleValue? Value(SampleQuery query, QueryResult result, int row, int measure)
        {
            string? text = Text(request.Columns[keys + measures[measure]], query, result, row);
            return text is null ? null : new RuleValue(double.Parse(text, CultureInfo.InvariantCulture), text);
        }

        private static string? Text(AggregateColumn column, SampleQuery query, QueryResult result, int row)
        {
            Span<byte> room = stackalloc byte[DecimalText.MaxLength];
            Cell cell = column.Read(query, result, row, room);
            return cell.Form == CellForm.Missing ? null : Encoding.UTF8.GetString(cell.Utf8);
        }
    }

    private sealed class Outcome(QueryOutcome outcome) : RuleOutcome
    {
        public override IReadOnlyList<QueryResult> Results => outcome.Results;

        public override SampleList? List => outcome.List;

        public override string? Fault => outcome.Failure == QueryFailure.None ? null : outcome.Message;

        public override bool IsTimedOut => outcome.Failure == QueryFailure.TimedOut;

        public override bool IsOverLimit => outcome.Failure == QueryFailure.OverLimit;

        public override void Dispose() => outcome.Dispose();
    }
}
