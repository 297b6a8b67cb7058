using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Api.Agents;
using TimeSeries.Query.Api.Aggregate;
using TimeSeries.Query.Api.Alerting;
using TimeSeries.Query.Api.Heatmap;
using TimeSeries.Query.Api.Samples;
using TimeSeries.Query.Api.Schema;
using TimeSeries.Query.Api.Streaming;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Api;

/// <summary>
/// What no vendor's API can be asked. A request is checked for method, token, scope, path and parameters, in this order. Errors are problem details
/// (RFC 9457).
/// </summary>
internal sealed class V1Module() : ApiModule("own", ["/api/v1"], AuthenticationSetup.Bearer, AuthenticationSetup.Session)
{
    private static readonly string[] _put = [HttpMethods.Put];
    private static readonly string[] _post = [HttpMethods.Post];
    private static readonly string[] _delete = [HttpMethods.Delete];

    private static readonly LiveChartCache _charts = new();

    protected override bool IsExactCase => false;

    public override void AddServices(IServiceCollection services) => services
        .AddSingleton<AgentsEndpoint>().AddSingleton<AggregateEndpoint>().AddSingleton<HeatmapEndpoint>().AddSingleton<SamplesEndpoint>()
        .AddSingleton<StreamFeeds>().AddSingleton<StreamEndpoint>()
        .AddSingleton<RulesEndpoint>().AddSingleton<AlertsEndpoint>().AddSingleton<SilencesEndpoint>().AddSingleton<ReceiversEndpoint>()
        .AddSingleton<IApiDescription, ApiDescription>().AddSingleton<IApiDescription, AlertingDescription>()
        .AddSingleton<IApiDescription, NotificationDescription>();

    public override Task WriteErrorAsync(HttpContext context, int status, string detail) => Problem.WriteAsync(context, status, detail);

    protected override void Map(RouteGroupBuilder routes)
    {
        Map<AgentsEndpoint>(routes, "/agents", static (endpoint, context) => endpoint.HandleAsync(context));
        Map<AggregateEndpoint>(routes, "/aggregate", static (endpoint, context) => endpoint.HandleAsync(context)).WithMetadata(_charts);
        Map<HeatmapEndpoint>(routes, "/heatmap", static (endpoint, context) => endpoint.HandleAsync(context)).WithMetadata(_charts);
        Map<SamplesEndpoint>(routes, "/samples", static (endpoint, context) => endpoint.HandleAsync(context));
        Map<StreamEndpoint>(routes, "/stream", static (endpoint, context) => endpoint.HandleAsync(context)).WithMetadata(new EndlessResponse());
        Map(routes, "/schema", SchemaEndpoint.HandleAsync);
        Map<RulesEndpoint>(routes, "/rules", static (endpoint, context) => endpoint.ListAsync(context));
        Map<RulesEndpoint>(routes, "/rules/{name}", static (endpoint, context) => endpoint.FindAsync(context));
        Map<AlertsEndpoint>(routes, "/alerts", static (endpoint, context) => endpoint.ListAsync(context));
        Map<SilencesEndpoint>(routes, "/silences", static (endpoint, context) => endpoint.ListAsync(context));
        Map<SilencesEndpoint>(routes, "/silences/{id}", static (endpoint, context) => endpoint.FindAsync(context));
    }

    protected override void MapChanges(RouteGroupBuilder changes, RouteGroupBuilder family)
    {
        Map<RulesEndpoint>(changes, "/rules/{name}", _put, static (endpoint, context) => endpoint.PutAsync(context));
        Map<RulesEndpoint>(changes, "/rules/{name}", _delete, static (endpoint, context) => endpoint.RemoveAsync(context));
        Map<RulesEndpoint>(changes, "/rules/builtin/{name}", _put, static (endpoint, context) => endpoint.PutBuiltinAsync(context));
        Map<RulesEndpoint>(changes, "/rules/test", _post, static (endpoint, context) => endpoint.TestAsync(context));
        Map<SilencesEndpoint>(changes, "/silences/{id}", _put, static (endpoint, context) => endpoint.PutAsync(context));
        Map<SilencesEndpoint>(changes, "/silences/{id}", _delete, static (endpoint, context) => endpoint.RemoveAsync(context));
        Map<ReceiversEndpoint>(changes, "/receivers", Methods, static (endpoint, context) => endpoint.ListAsync(context));
        Map<ReceiversEndpoint>(changes, "/receivers/{name}", Methods, static (endpoint, context) => endpoint.FindAsync(context));
        Map<ReceiversEndpoint>(changes, "/receivers/{name}", _put, static (endpoint, context) => endpoint.PutAsync(context));
        Map<ReceiversEndpoint>(changes, "/receivers/{name}", _delete, static (endpoint, context) => endpoint.RemoveAsync(context));
        Map<ReceiversEndpoint>(changes, "/receivers/{name}/test", _post, static (endpoint, context) => endpoint.TestAsync(context));
        Refuse(family, "/rules/{name}", [.. Methods, HttpMethods.Put, HttpMethods.Delete]);
        Refuse(family, "/rules/builtin/{name}", _put);
        Refuse(family, "/rules/test", [.. Methods, HttpMethods.Post, HttpMethods.Put, HttpMethods.Delete]);
        Refuse(family, "/silences/{id}", [.. Methods, HttpMethods.Put, HttpMethods.Delete]);
        Refuse(family, "/receivers/{name}", [.. Methods, HttpMethods.Put, HttpMethods.Delete]);
        Refuse(family, "/receivers/{name}/test", _post);
    }

    protected override string NotFound(HttpRequest request) => $"There is nothing at {request.Path}.";
}
