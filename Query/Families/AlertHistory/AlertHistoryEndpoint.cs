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

    public async Task RespondPageAsync(HttpContext context)
    {
        AlertParameters parameters = new(context.Request.Query, _page);
        (long page, int pageSize) = (parameters.Page(), parameters.PageSize());
        (TimeRange range, ImmutableArray<Filter> filters, bool isCsv) = parameters.Common();
        if (await ListAsync(context, AlertRecords.PageQuery(context.User.Pcode(), range, filters, page, pageSize), parameters.Wrong) is { } list)
        {
            await (isCsv ? AlertRecords.WritePageCsvAsync(context, list, page, pageSize) : AlertRecords.WritePageAsync(context, list, page, pageSize));
        }
    }

    public async Task RespondOneAsync(HttpContext context)
    {
        AlertParameters parameters = new(context.Request.Query, _one);
        bool isCsv = parameters.IsCsv();
        Guid id = Guid.Parse((string)context.Request.RouteValues["id"]!);
        if (await ListAsync(context, AlertRecords.OneQuery(context.User.Pcode(), id), parameters.Wrong) is not { } list)
        {
            return;
        }

        if (list.RowCount == 0)
        {
            await context.WriteErrorAsync(StatusCodes.Status404NotFound, $"No alert has the id {id}.");
            return;
        }

        await (isCsv ? AlertRecords.WriteOneCsvAsync(context, list) : AlertRecords.WriteOneAsync(context, list));
    }

    public async Task RespondSeveritiesAsync(HttpContext context)
    {
        AlertParameters parameters = new(context.Request.Query, _severities);
        bool includeZero = parameters.IncludeZero();
        (TimeRange range, ImmutableArray<Filter> filters, bool isCsv) = parameters.Common();
        using QueryResult? result = await CountAsync(context, AlertStatistics.SeverityQuery(context.User.Pcode(), range, filters, 0), parameters.Wrong);
        if (result is not null)
        {
            List<AlertCount> counts = includeZero ? AlertStatistics.OfEverySeverity(result) : AlertStatistics.BySeverity(result);
            await AlertCounts.BySeverity(counts).WriteAsync(context, isCsv);
        }
    }

    public async Task RespondSourcesAsync(HttpContext context)
    {
        AlertParameters parameters = new(context.Request.Query, _common);
        (TimeRange range, ImmutableArray<Filter> filters, bool isCsv) = parameters.Common();
        using QueryResult? result = await CountAsync(context, AlertStatistics.SourceQuery(context.User.Pcode(), range, filters), parameters.Wrong);
        if (result is not null)
        {
            await AlertCounts.BySource(result).WriteAsync(context, isCsv);
        }
    }

    public async Task RespondTimelineAsync(HttpContext context)
    {
        AlertParameters parameters = new(context.Request.Query, _timeline);
        long window = parameters.Window();
        (TimeRange range, ImmutableArray<Filter> filters, bool isCsv) = parameters.Common();
        using QueryResult? result = await CountAsync(context, AlertStatistics.SeverityQuery(context.User.Pcode(), range, filters, window), parameters.Wrong);
        if (result is not null)
        {
            await AlertCounts.Timeline(AlertStatistics.BySeverity(result)).WriteAsync(context, isCsv);
        }
    }

    // Null when parameters are wrong or the query failed; then the response is written.
    private async ValueTask<SampleList?> ListAsync(HttpContext context, ListQuery query, BadParameters wrong)
    {
        if (await IsRefusedAsync(context, wrong))
        {
            return null;
        }

        QueryOutcome outcome = await scans.ListAsync(query, context.RequestAborted);
        return await outcome.SucceedsAsync(context) ? outcome.List : null;
    }

    // The same; the caller disposes the result.
    private async ValueTask<QueryResult?> CountAsync(HttpContext context, SampleQuery query, BadParameters wrong)
    {
        if (await IsRefusedAsync(context, wrong))
        {
            return null;
        }

        QueryOutcome outcome = await scans.RunAsync(new[] { query }, context.RequestAborted);
        return await outcome.SucceedsAsync(context) ? outcome.Results[0] : null;
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
