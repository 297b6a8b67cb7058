using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using TimeSeries.Hosting.Authentication;

namespace TimeSeries.Ui.SignIn;

/// <summary>
/// The scheme <c>session</c>: a browser that is signed in. For the API it counts only where it reads, on requests of the page itself: everything that changes
/// something takes a Bearer token alone.
/// </summary>
internal sealed class SessionHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private static readonly string[] _apiPaths =
    [
        "/api/v1/aggregate", "/api/v1/samples", "/api/v1/agents", "/api/v1/schema", "/api/v1/heatmap", "/api/v1/stream", "/api/v1/rules", "/api/v1/alerts",
    ];

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // A Bearer token says by itself who calls.
        if (Request.Headers.Authorization.Count > 0 || (IsApi(Request) && !MayRead(Request)))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        return Task.FromResult(Context.RequestServices.GetService<SessionCookie>()?.Find(Request) is { } session
            ? AuthenticateResult.Success(new AuthenticationTicket(session.Callers[0].Principal.InSession(session.Id, session.End), Scheme.Name))
            : AuthenticateResult.NoResult());
    }

    // The API's own scheme responds there; a page leads to where one signs in.
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (!IsApi(Request))
        {
            Response.Redirect($"{Request.PathBase}/login?returnUrl={Uri.EscapeDataString(Request.Path + Request.QueryString)}");
        }

        return Task.CompletedTask;
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        IsApi(Request) ? Task.CompletedTask : base.HandleForbiddenAsync(properties);

    private static bool IsApi(HttpRequest request) => request.Path.StartsWithSegments("/api");

    private static bool MayRead(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && Array.Exists(_apiPaths, path => request.Path.Equals(path, StringComparison.OrdinalIgnoreCase))
        && SameOrigin.IsOwn(request);
}

/// <summary>Whether a browser says that the page itself made a request.</summary>
internal static class SameOrigin
{
    // Scripts of other origins can't send it without being asked first, which is refused. Browsers send the other two headers over HTTPS and to this machine
    // alone, or not with a GET.
    private const string OfThePage = "x-timeseries-page";

    public static bool IsOwn(HttpRequest request) => request.Headers.TryGetValue("Sec-Fetch-Site", out StringValues site) ? site == "same-origin"
        : request.Headers.Origin.Count > 0 ? IsHost(request) : request.Headers.ContainsKey(OfThePage);

    /// <summary>Whether the origin is this host, where there is one: a socket of another page has its own.</summary>
    public static bool IsHost(HttpRequest request) =>
        request.Headers.Origin.Count == 0
        || (Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out Uri? origin)
            && string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
