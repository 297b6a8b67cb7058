using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Telemetry;

/// <summary><c>GET /metrics</c>: for callers on this machine, and for tokens with scope admin.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RequestDelegate scrape = routes.CreateApplicationBuilder().UseOpenTelemetryPrometheusScrapingEndpoint(static _ => true).Build();
        routes.MapRead("/metrics", context => RespondAsync(context, scrape))
            .RequireScope(Scopes.Admin, AuthenticationSetup.Local, AuthenticationSetup.Token);
    }

    private static Task RespondAsync(HttpContext context, RequestDelegate scrape)
    {
        // In OpenMetrics a bucket is le="1.0" and not le="1": a scraper that prefers it would get other series than it always had.
        context.Request.Headers.Remove("Accept");
        return scrape(context);
    }
}
