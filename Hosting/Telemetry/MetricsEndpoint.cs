using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Telemetry;

/// <summary><c>GET /metrics</c>: for peers on this machine, and from afar for tokens with scope admin.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RequestDelegate scrape = routes.CreateApplicationBuilder().UseOpenTelemetryPrometheusScrapingEndpoint(static _ => true).Build();
        routes.MapGet("/metrics", context => RespondAsync(context, scrape));
    }

    private static Task RespondAsync(HttpContext context, RequestDelegate scrape)
    {
        if (!LocalPeer.IsLocal(context))
        {
            TokenCheck check = TokenAuthenticator.Read(context.Request, context.RequestServices.GetRequiredService<ProjectDirectory>(), Scopes.Admin);
            if (!check.IsGranted)
            {
                return TokenProblem.WriteAsync(context, check.Outcome, Scopes.Admin);
            }
        }

        // In OpenMetrics a bucket is le="1.0" and not le="1": a scraper that prefers it would get other series than it always had.
        context.Request.Headers.Remove("Accept");
        return scrape(context);
    }
}
