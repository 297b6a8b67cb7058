using System.Globalization;
using Microsoft.AspNetCore.OutputCaching;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Ui.Data;

namespace TimeSeries.Query.Api;

/// <summary>
/// Charts of pages that look at the same live range share a query, each project its own, which is made as seldom as the budget of the pages allows. Requests
/// with a token are never served from the cache.
/// </summary>
internal sealed class LiveChartCache : IOutputCachePolicy
{
    private static readonly object _begun = new();

    /// <inheritdoc/>
    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        HttpContext http = context.HttpContext;

        // Without a token it is a page's session that lets the request in.
        bool isLive = HttpMethods.IsGet(http.Request.Method) && http.Request.Query["to"] == "now"
            && http.User.Identity?.IsAuthenticated == true && http.Request.Headers.Authorization.Count == 0;
        context.EnableOutputCaching = context.AllowCacheLookup = context.AllowCacheStorage = context.AllowLocking = isLive;
        if (isLive)
        {
            context.CacheVaryByRules.QueryKeys = "*";
            context.CacheVaryByRules.VaryByValues["pcode"] = http.User.Pcode().ToString(CultureInfo.InvariantCulture);
            http.Items[_begun] = ClockOf(http).GetTimestamp();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        context.AllowCacheStorage &= context.HttpContext.Response.StatusCode == StatusCodes.Status200OK;
        return ValueTask.CompletedTask;
    }

    /// <summary>Says how long a chart stands whose queries are done. Call before anything of the response is written.</summary>
    public static void SetStanding(HttpContext http)
    {
        if (http.Items[_begun] is long begun && http.Features.Get<IOutputCacheFeature>() is { } cache)
        {
            TimeSpan stands = http.RequestServices.GetRequiredService<LiveBudget>().Take(ClockOf(http).GetElapsedTime(begun));
            cache.Context.ResponseExpirationTimeSpan = stands;
            http.Response.Headers[LiveBudget.Header] = ((long)stands.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }
    }

    private static TimeProvider ClockOf(HttpContext http) => http.RequestServices.GetRequiredService<TimeProvider>();
}
