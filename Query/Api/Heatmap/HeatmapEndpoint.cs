using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Query.Families;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Api.Heatmap;

/// <summary><c>GET /api/v1/heatmap</c>: how many samples there are of each time and elapsed. Thread safe.</summary>
internal sealed class HeatmapEndpoint(QueryScheduler scans, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        ApiParameters parameters = new(context.Request);
        if (HeatmapRequest.TryRead(parameters, context.User.Pcode(), Timestamp.Now(clock), out HeatmapRequest? request) is { } wrong)
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
        await new HeatmapResponse(request, outcome.Results[0]).WriteAsync(context);
    }
}
