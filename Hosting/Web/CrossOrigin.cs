using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Web;

/// <summary>Lets pages of other origins read responses (CORS), where origins are configured.</summary>
internal static class CrossOrigin
{
    // Headers that a response may have beside those that pages may always read.
    private static readonly string[] _exposed =
    [
        "x-effective-stime", "x-effective-etime", "X-Next", HeaderNames.RetryAfter, "x-total", "x-source", "x-watermark",
        "x-total-count", "x-page", "x-page-size", "x-total-pages", "X-Lost-Samples",
    ];

    /// <summary>Adds the step; none where no origin may read.</summary>
    public static void Use(IApplicationBuilder app, IEnumerable<string> configured)
    {
        // What is no origin stops the start.
        string[] origins = [.. configured.Select(Origin.Normalize).OfType<string>().Distinct()];
        if (origins.Length == 0)
        {
            return;
        }

        app.Use(VaryByOrigin);
        app.UseCors(policy => policy.WithOrigins(origins).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(_exposed));
    }

    // Also where the origin is absent or another: a cache must not give that response to a page that may read it.
    private static Task VaryByOrigin(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            IHeaderDictionary headers = context.Response.Headers;
            if (!headers.GetCommaSeparatedValues(HeaderNames.Vary).Contains(HeaderNames.Origin, StringComparer.OrdinalIgnoreCase))
            {
                headers.Append(HeaderNames.Vary, HeaderNames.Origin);
            }

            return Task.CompletedTask;
        });
        return next(context);
    }
}
