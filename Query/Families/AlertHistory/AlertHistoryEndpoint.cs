using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>
/// Everything under <c>/api/v1.0/alert-history</c> (Alert History API). Checks in the order: method, caller, path, parameters; then asks the store and
/// writes the answer. Thread safe.
/// </summary>
internal sealed class AlertHistoryEndpoint(AlertAdmission admission, QueryScheduler scans)
{
    public const string Prefix = "/api/v1.0/alert-history";

    public async Task HandleAsync(HttpContext context)
    {
        if (!RequestMethods.IsRead(context))
        {
            await Problem.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, RequestMethods.OnlyReads);
            return;
        }

        if (await admission.AdmitAsync(context) is not { } project)
        {
            return;
        }

        string path = (context.Request.RouteValues["path"] as string ?? "").TrimEnd('/');
        AlertParameters parameters = new(context.Request.Query);
        await (path.ToUpperInvariant() switch
        {
            "" => AnswerPageAsync(context, project.Pcode, parameters),
            "STATS/SEVERITY" => AnswerSeveritiesAsync(context, project.Pcode, parameters),
            "STATS/SOURCE" => AnswerSourcesAsync(context, project.Pcode, parameters),
            "STATS/TIMELINE" => AnswerTimelineAsync(context, project.Pcode, parameters),
            _ when Guid.TryParse(path, out Guid id) => AnswerOneAsync(context, project.Pcode, id, parameters),
            _ => WriteNotFoundAsync(context),
        });
    }

    private async Task AnswerPageAsync(HttpContext context, long pcode, AlertParameters parameters)
    {
        (int page, int pageSize) = (parameters.Page(), parameters.PageSize());
        (TimeRange range, ImmutableArray<Filter> filters, bool isCsv) = parameters.Common();
        if (await ListAsync(context, AlertRecords.AskPage(pcode, range, filters, page, pageSize), parameters.Wrong) is { } list)
        {
            await (isCsv ? AlertRecords.WritePageCsvAsync(context, list, page, pageSize) : AlertRecords.WritePageAsync(context, list, page, pageSize));
        }
    }

    private async Task AnswerOneAsync(HttpContext context, long pcode, Guid id, AlertParameters parameters)
    {
        bool isCsv = parameters.IsCsv();
        if (await ListAsync(context, AlertRecords.AskOne(pcode, id), parameters.Wrong) is not { } list)
        {
            return;
        }

        if (list.RowCount == 0)
        {
            await WriteNotFoundAsync(context);
            return;
        }

        await (isCsv ? AlertRecords.WriteOneCsvAsync(context, list) : AlertRecords.WriteOneAsync(context, list));
    }

    private async Task AnswerSeveritiesAsync(HttpContext context, long pcode, AlertParameters parameters)
    {
        bool includeZero = parameters.IncludeZero();
        (TimeRange range, ImmutableArray<Filter> filters, bool isCsv) = parameters.Common();
        using QueryResult? result = await CountAsync(context, AlertStatistics.AskSeverities(pcode, range, filters, 0), parameters.Wrong);
        if (result is not null)
        {
            List<AlertCount> counts = includeZero ? AlertStatistics.OfEverySeverity(result) : AlertStatistics.BySeverity(result);
            await (isCsv ? AlertCounts.WriteSeveritiesCsvAsync(context, counts) : AlertCounts.WriteSeveritiesAsync(context, counts));
        }
    }

    private async Task AnswerSourcesAsync(HttpContext context, long pcode, AlertParameters parameters)
    {
        (TimeRange range, ImmutableArray<Filter> filters, bool isCsv) = parameters.Common();
        using QueryResult? result = await CountAsync(context, AlertStatistics.AskSources(pcode, range, filters), parameters.Wrong);
        if (result is not null)
        {
            await (isCsv ? AlertCounts.WriteSourcesCsvAsync(context, result) : AlertCounts.WriteSourcesAsync(context, result));
        }
    }

    private async Task AnswerTimelineAsync(HttpContext context, long pcode, AlertParameters parameters)
    {
        long window = parameters.Window();
        (TimeRange range, ImmutableArray<Filter> filters, bool isCsv) = parameters.Common();
        using QueryResult? result = await CountAsync(context, AlertStatistics.AskSeverities(pcode, range, filters, window), parameters.Wrong);
        if (result is not null)
        {
            List<AlertCount> counts = AlertStatistics.BySeverity(result);
            await (isCsv ? AlertCounts.WriteTimelineCsvAsync(context, counts) : AlertCounts.WriteTimelineAsync(context, counts));
        }
    }

    // Null when the request was refused, or the store gave no answer, and the caller was told.
    private async ValueTask<SampleList?> ListAsync(HttpContext context, ListQuery query, BadParameters wrong) =>
        await IsRefusedAsync(context, wrong) ? null : (await ToldAsync(context, await scans.ListAsync(query, context.RequestAborted))).List;

    // The same; the caller disposes the result.
    private async ValueTask<QueryResult?> CountAsync(HttpContext context, SampleQuery query, BadParameters wrong) =>
        await IsRefusedAsync(context, wrong)
            ? null
            : (await ToldAsync(context, await scans.RunAsync(new[] { query }, context.RequestAborted))).Results.FirstOrDefault();

    private static async ValueTask<bool> IsRefusedAsync(HttpContext context, BadParameters wrong)
    {
        if (!wrong.IsEmpty)
        {
            await AlertErrors.WriteAsync(context, wrong);
        }

        return !wrong.IsEmpty;
    }

    private static async ValueTask<QueryOutcome> ToldAsync(HttpContext context, QueryOutcome outcome)
    {
        if (outcome.Failure != QueryFailure.None)
        {
            await Problem.WriteAsync(context, outcome.Status, outcome.Message);
        }

        return outcome;
    }

    private static Task WriteNotFoundAsync(HttpContext context) =>
        Problem.WriteAsync(context, StatusCodes.Status404NotFound, $"There is nothing at {context.Request.Path}.");
}

/// <summary>How the Alert History API tells errors: problem details (RFC 9457).</summary>
internal static class AlertErrors
{
    public static ApiFamily Family { get; } = new("alert-history", static (context, status, message) => Problem.WriteAsync(context, status, message));

    /// <summary>Answers 400 with everything that is wrong with the parameters, by parameter.</summary>
    public static Task WriteAsync(HttpContext context, BadParameters wrong) =>
        Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "The parameters are not valid; errors says why.", wrong.Write);
}
