using System.Globalization;
using Microsoft.AspNetCore.OutputCaching;
using TimeSeries.Hosting.Authentication;

namespace TimeSeries.Query.Api;

/// <summary>
/// Charts of pages that look at the same live range share one query a second, each project its own. Requests with a token are never served from the cache.
/// </summary>
internal sealed class LiveChartCache : IOutputCachePolicy
{
    private static readonly TimeSpan _lifetime = TimeSpan.FromSeconds(1);

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
            context.ResponseExpirationTimeSpan = _lifetime;
            context.CacheVaryByRules.QueryKeys = "*";
            context.CacheVaryByRules.VaryByValues["pcode"] = http.User.Pcode().ToString(CultureInfo.InvariantCulture);
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
}
