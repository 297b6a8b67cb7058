using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>The endpoints of the Alert History API: each reads its parameters, queries the store and writes the response. Thread safe.</summary>
internal sealed class AlertHistoryEndpoint(QueryScheduler scans)
{
    private static readonly ImmutableArray<string> _one = ["format"];
    private static readonly ImmutableArray<string> _common = ["startDate", "endDate", "severity", "minSeverity", "source", "label", "format"];
    private static readonly ImmutableArray<string> _page = ["page", "pageSize", .. _common];
    private static readonly ImmutableArray<string> _severities = ["includeZero", .. _common];
    private static readonly ImmutableArray<string> _timeline = ["window", .. _common];

    public Task RespondPageAsync(HttpContext context)
    {
        AlertParameters parameters = new(context.Request.Query, _page);
        (long page, int pageSize) = (parameters.Page(), parameters.PageSize());
        (TimeRange range, ImmutableArray<Filter> filters, bool isCsv) = parameters.Common();
        return ListAsync(context, AlertRecords.PageQuery(context.User.Pcode(), range, filters, page, pageSize), parameters.Wrong, list => isCsv
            ? AlertRecords.WritePageCsvAsync(context, list, page, pageSize)
            : AlertRecords.WritePageAsync(context, list, page, pageSize));
    }

    public Task RespondOneAsync(HttpContext context)
    {
        AlertParameters parameters = new(context.Request.Query, _one);
        bool isCsv = parameters.IsCsv();
        Guid id = Guid.Parse((string)context.Request.RouteValues["id"]!);
        return ListAsync(context, AlertRecords.OneQuery(context.User.Pcode(), id), parameters.Wrong, list => (list.RowCount, isCsv) switch
        {
            (0, _) => context.WriteErrorAsync(StatusCodes.Status404NotFound, $"No alert has the id {id}."),
            (_, true) => AlertRecords.WriteOneCsvAsync(context, list),
            _ => AlertRecords.WriteOneAsync(context, list),
        });
    }

    public Task RespondSeveritiesAsync(HttpContext context)
    {
        AlertParameters parameters = new(context.Request.Query, _severities);
        bool includeZero = parameters.IncludeZero();
        (TimeRange range, ImmutableArray<Filter> filters, bool isCsv) = parameters.Common();
        SampleQuery query = AlertStatistics.SeverityQuery(context.User.Pcode(), range, filters, 0);
        return CountAsync(context, query, parameters.Wrong, result =>
        {
            List<AlertCount> counts = includeZero ? AlertStatistics.OfEverySeverity(result) : AlertStatistics.BySeverity(result);
            return AlertCounts.BySeverity(counts).WriteAsync(context, isCsv);
        });
    }

    public Task RespondSourcesAsync(HttpContext context)
    {
        AlertParameters parameters = new(context.Request.Query, _common);
        (TimeRange range, ImmutableArray<Filter> filters, bool isCsv) = parameters.Common();
        SampleQuery query = AlertStatistics.SourceQuery(context.User.Pcode(), range, filters);
        return CountAsync(context, query, parameters.Wrong, result => AlertCounts.BySource(result).WriteAsync(context, isCsv));
    }

    public Task RespondTimelineAsync(HttpContext context)
    {
        AlertParameters parameters = new(context.Request.Query, _timeline);
        long window = parameters.Window();
        (TimeRange range, ImmutableArray<Filter> filters, bool isCsv) = parameters.Common();
        SampleQuery query = AlertStatistics.SeverityQuery(context.User.Pcode(), range, filters, window);
        return CountAsync(
            context, query, parameters.Wrong, result => AlertCounts.Timeline(AlertStatistics.BySeverity(result)).WriteAsync(context, isCsv));
    }

    // Writes an error in place of the list when parameters are wrong or the query fails.
    private async Task ListAsync(HttpContext context, ListQuery query, BadParameters wrong, Func<SampleList, Task> write)
    {
        if (await IsRefusedAsync(context, wrong))
        {
            return;
        }

        using QueryOutcome outcome = await scans.ListAsync(query, context.RequestAborted);
        if (await outcome.SucceedsAsync(context))
        {
            await write(outcome.List!);
        }
    }

    // The same.
    private async Task CountAsync(HttpContext context, SampleQuery query, BadParameters wrong, Func<QueryResult, Task> write)
    {
        if (await IsRefusedAsync(context, wrong))
        {
            return;
        }

        using QueryOutcome outcome = await scans.RunAsync([query], context.RequestAborted);
        if (await outcome.SucceedsAsync(context))
        {
            await write(outcome.Results[0]);
        }
    }

    // Responds with everything that is wrong with the parameters, by parameter.
    private static async ValueTask<bool> IsRefusedAsync(HttpContext context, BadParameters wrong)
    {
        if (!wrong.IsEmpty)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "The parameters are not valid; errors says why.", wrong.Write);
        }

        return !wrong.IsEmpty;
    }
}
