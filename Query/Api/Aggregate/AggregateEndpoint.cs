using Microsoft.Extensions.Options;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Api.Aggregate;

/// <summary><c>GET /api/v1/aggregate</c>: measures of any kind, by window and fields. Thread safe.</summary>
internal sealed class AggregateEndpoint(ApiRequests requests, QueryScheduler scans, IOptions<QueryOptions> options, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (await requests.AdmitAsync(context) is not { } project)
        {
            return;
        }

        ApiParameters parameters = new(context.Request);
        if (AggregateReader.TryRead(parameters, project.Pcode, Timestamp.Now(clock), options.Value.MaxRows, out AggregateRequest? request) is { } wrong)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, wrong);
            return;
        }

        using QueryOutcome outcome = await scans.RunAsync(new[] { request!.Query }, context.RequestAborted);
        if (outcome.Failure != QueryFailure.None)
        {
            await Problem.WriteAsync(context, outcome.Status, outcome.Message);
            return;
        }

        await new AggregateAnswer(request, outcome.Results[0], outcome.Watermark).WriteAsync(context);
    }
}
