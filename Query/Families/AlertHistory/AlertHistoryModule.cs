using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>
/// Alert History API. A request is checked for method, caller, path and parameters, in this order. Errors are problem details (RFC 9457).
/// </summary>
internal sealed class AlertHistoryModule() : ApiModule("alert-history", [Prefix], OpenAlerts, AuthenticationSetup.Bearer)
{
    public const string Prefix = "/api/v1.0/alert-history";

    private const string OpenAlerts = "open-alerts";

    protected override bool IsExactCase => false;

    public override void AddServices(IServiceCollection services) => services
        .AddScheme<OpenAlertsHandler>(OpenAlerts).AddSingleton<AlertHistoryEndpoint>().AddSingleton<IApiDescription, AlertHistoryDescription>();

    public override Task WriteErrorAsync(HttpContext context, int status, string detail) => Problem.WriteAsync(context, status, detail);

    protected override void Map(RouteGroupBuilder routes)
    {
        Map<AlertHistoryEndpoint>(routes, "", static (endpoint, context) => endpoint.RespondPageAsync(context));
        Map<AlertHistoryEndpoint>(routes, "/{id:guid}", static (endpoint, context) => endpoint.RespondOneAsync(context));
        Map<AlertHistoryEndpoint>(routes, "/stats/severity", static (endpoint, context) => endpoint.RespondSeveritiesAsync(context));
        Map<AlertHistoryEndpoint>(routes, "/stats/source", static (endpoint, context) => endpoint.RespondSourcesAsync(context));
        Map<AlertHistoryEndpoint>(routes, "/stats/timeline", static (endpoint, context) => endpoint.RespondTimelineAsync(context));
    }

    protected override string NotFound(HttpRequest request)
    {
        string rest = request.Path.Value![Prefix.Length..].Trim('/');
        return rest.Contains('/', StringComparison.Ordinal) ? $"There is nothing at {request.Path}." : $"No alert has the id {rest}.";
    }
}
