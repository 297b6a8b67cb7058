using Microsoft.Extensions.Options;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Families;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Api.Aggregate;

/// <summary><c>GET /api/v1/aggregate</c>: measures of any kind, by window and fields. Thread safe.</summary>
internal sealed class AggregateEndpoint(QueryScheduler scans, ProjectDirectory projects, IOptions<QueryOptions> options, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        ApiParameters parameters = new(context.Request);
        Project project = projects.Find(context.User.Pcode())!;
        if (AggregateReader.TryRead(parameters, project, Timestamp.Now(clock), options.Value.MaxRows, out AggregateRequest? request) is { } wrong)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, wrong);
            return;
        }

        using QueryOutcome outcome = await scans.RunAsync([request!.Query], context.RequestAborted);
        if (!await outcome.SucceedsAsync(context))
        {
            return;
        }

        LiveChartCache.SetStanding(context);
        await new AggregateResponse(request, outcome.Results[0], outcome.Watermark).WriteAsync(context);
    }
}
