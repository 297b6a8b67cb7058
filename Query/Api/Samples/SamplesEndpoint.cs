using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Query.Families;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Api.Samples;

/// <summary><c>GET /api/v1/samples</c>: samples themselves, the newest first. Thread safe.</summary>
internal sealed class SamplesEndpoint(QueryScheduler scans, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        ApiParameters parameters = new(context.Request);
        if (SamplesRequest.TryRead(parameters, context.User.Pcode(), Timestamp.Now(clock), out SamplesRequest? request) is { } wrong)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, wrong);
            return;
        }

        using QueryOutcome outcome = await scans.ListAsync(request!.Query, context.RequestAborted);
        if (!await outcome.SucceedsAsync(context))
        {
            return;
        }

        await new SamplesResponse(request, outcome.List!).WriteAsync(context);
    }
}
