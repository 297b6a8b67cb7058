using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace TimeSeries.Hosting.Web;

/// <summary><c>/healthz</c>: the process responds. <c>/readyz</c>: it makes progress. The body is ok, or the reason why not.</summary>
internal static class HealthEndpoints
{
    public static Task RespondHealthAsync(HttpContext context) => WriteAsync(context, null);

    public static Task RespondReadinessAsync(HttpContext context)
    {
        string? reason = null;
        foreach (IReadinessCheck check in context.RequestServices.GetServices<IReadinessCheck>())
        {
            reason ??= check.WhyNotReady();
        }

        return WriteAsync(context, reason);
    }

    private static Task WriteAsync(HttpContext context, string? reason)
    {
        context.Response.StatusCode = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync((reason ?? "ok") + "\n", context.RequestAborted);
    }
}

/// <summary>A part of the host that can say whether it makes progress: log, store. Thread safe and quick.</summary>
public interface IReadinessCheck
{
    /// <summary>Why the part can't do its work now, as a short sentence that gives nothing away; null when it can.</summary>
    string? WhyNotReady();
}
