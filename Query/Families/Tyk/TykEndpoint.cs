using Microsoft.Extensions.Options;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Hosting.Projects;
using TimeSeries.Query.Scheduling;
using TimeSeries.Query.Times;

namespace TimeSeries.Query.Families.Tyk;

/// <summary>
/// Everything under <c>/api/activity</c> (Tyk Dashboard, analytics of a key and of an OAuth client). Checks in the order: method, token, scope, path,
/// parameters; then asks the store and writes the answer. Thread safe.
/// </summary>
internal sealed class TykEndpoint(ProjectDirectory projects, QueryScheduler scans, IOptions<QueryOptions> options)
{
    public const string Prefix = "/api/activity";

    private const int PrefixParts = 2;
    private const string Bearer = "Bearer ";

    private readonly ZoneOffset _zone = ZoneOffset.TryParse(options.Value.TimeZone, out ZoneOffset zone)
        ? zone
        : throw new ArgumentException("The time zone was not checked.", nameof(options));

    public async Task HandleAsync(HttpContext context)
    {
        if (!RequestMethods.IsRead(context))
        {
            await TykErrors.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, RequestMethods.OnlyReads);
            return;
        }

        TokenCheck check = TokenAuthenticator.Check(Token(context.Request), projects, Scopes.Read);
        if (!check.IsGranted)
        {
            (int code, string message) = TykErrors.Of(check.Outcome);
            await TykErrors.WriteAsync(context, code, message);
            return;
        }

        (TykRequest? request, int status, string refusal) = TykRequest.Read(RawRequestTarget.PathParts(context, PrefixParts), context.Request.Query, _zone);
        if (request is null)
        {
            await TykErrors.WriteAsync(context, status, refusal);
            return;
        }

        using QueryOutcome outcome = await scans.RunAsync(
            TykActivity.Questions(request, check.AuthenticatedProject.Project.Pcode, _zone), context.RequestAborted);
        if (outcome.Failure != QueryFailure.None)
        {
            await TykErrors.WriteAsync(context, outcome.Status, outcome.Message);
            return;
        }

        TykRows rows = new(outcome.Results, request.Page);
        TykRow NumbersOf(QueryResult result, int row) => TykRow.Of(result, row, request.Resolution, _zone);
        await (request.IsCsv ? TykCsv.WriteAsync(context, rows, NumbersOf) : TykJson.WriteAsync(context, rows, NumbersOf));
    }

    // The vendor's clients send the bare token, others the usual form.
    private static ReadOnlySpan<char> Token(HttpRequest request)
    {
        ReadOnlySpan<char> authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : authorization.Trim();
    }
}
