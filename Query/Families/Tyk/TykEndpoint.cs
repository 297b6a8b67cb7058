using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Query.Scheduling;
using TimeSeries.Query.Times;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>Both analytics: reads the request, queries the store and writes the response. Thread safe.</summary>
internal sealed class TykEndpoint(QueryScheduler scans, IOptions<QueryOptions> options)
{
    private readonly ZoneOffset _zone = ZoneOffset.TryParse(options.Value.TimeZone, out ZoneOffset zone)
        ? zone
        : throw new ArgumentException("The time zone was not checked.", nameof(options));

    /// <summary>Responds with the activity of a caller, whom a field of transactions names.</summary>
    public async Task HandleAsync(HttpContext context, string field)
    {
        if (TykRequest.TryRead(context, field, _zone, out TykRequest request) is { } wrong)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, wrong);
            return;
        }

        using QueryOutcome outcome = await scans.RunAsync(TykActivity.Queries(request, context.User.Pcode(), _zone), context.RequestAborted);
        if (!await outcome.SucceedsAsync(context))
        {
            return;
        }

        TykTable table = new(new TykRows(outcome.Results, request.Page), request.Resolution, _zone);
        await (request.IsCsv ? table.WriteCsvAsync(context) : table.WriteJsonAsync(context));
    }
}
