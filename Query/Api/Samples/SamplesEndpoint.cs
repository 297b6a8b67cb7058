using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Api.Samples;

/// <summary><c>GET /api/v1/samples</c>: samples themselves, the newest first. Thread safe.</summary>
internal sealed class SamplesEndpoint(ApiRequests requests, QueryScheduler scans, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (await requests.AdmitAsync(context) is not { } project)
        {
            return;
        }

        ApiParameters parameters = new(context.Request);
        if (SamplesRequest.TryRead(parameters, project.Pcode, Timestamp.Now(clock), out SamplesRequest? request) is { } wrong)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, wrong);
            return;
        }

        QueryOutcome outcome = await scans.ListAsync(request!.Query, context.RequestAborted);
        if (outcome.Failure != QueryFailure.None)
        {
            await Problem.WriteAsync(context, outcome.Status, outcome.Message);
            return;
        }

        await new SamplesAnswer(request, outcome.List!).WriteAsync(context);
    }
}
