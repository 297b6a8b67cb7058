using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Metrics;

/// <summary><c>GET /metrics</c>: for peers on this machine, and from afar for tokens with scope admin.</summary>
internal static class MetricsEndpoint
{
    public static async Task AnswerAsync(HttpContext context)
    {
        if (!LocalPeer.IsLocal(context))
        {
            TokenCheck check = TokenReader.Read(context.Request, context.RequestServices.GetRequiredService<ProjectDirectory>(), Scopes.Admin);
            if (!check.IsGranted)
            {
                await TokenProblem.WriteAsync(context, check.Outcome, Scopes.Admin);
                return;
            }
        }

        PrometheusText text = new();
        foreach (IMetricSource source in context.RequestServices.GetServices<IMetricSource>())
        {
            source.Write(text);
        }

        context.Response.StatusCode = (int)HttpStatusCode.OK;
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }
}
