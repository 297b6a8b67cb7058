using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TimeSeries.Ui.SignIn;

/// <summary>Sets the headers that keep a browser from running or showing the page's content elsewhere, and refuses sockets that other pages open.</summary>
internal sealed class PageProtection(RequestDelegate next)
{
    // Components set styles, never scripts, in attributes.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<PagePart>() is not { } part)
        {
            return next(context);
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (!part.IsForm)
        {
            headers.CacheControl = "no-store";
        }

        if (!context.Request.Path.StartsWithSegments("/_blazor") || SameOrigin.IsHost(context.Request))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }
}

/// <summary>Metadata of the endpoints that are parts of the page.</summary>
/// <param name="IsForm">Whether it has a form, whose proof forbids caches by itself.</param>
internal sealed record PagePart(bool IsForm) : IExcludeFromDescriptionMetadata
{
    /// <summary>The document of the API describes none of them.</summary>
    public bool ExcludeFromDescription => true;
}
