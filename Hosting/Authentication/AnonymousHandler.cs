using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Authentication;

/// <summary>
/// Lets callers in without a token: all of them, where an option says so, otherwise those whom <see cref="LocalAccess"/> lets in. A request with a token is
/// left to the scheme named beside it, which also refuses.
/// </summary>
public abstract class AnonymousHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, LocalAccess access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>Whether anybody is let in.</summary>
    protected abstract bool IsOpenToAll { get; }

    /// <summary>Who a caller without a token counts as.</summary>
    protected abstract ClaimsPrincipal CreateCaller();

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        Request.Headers.Authorization.Count == 0 && (IsOpenToAll || access.IsOpenTo(Context))
            ? AuthenticateResult.Success(new AuthenticationTicket(CreateCaller(), Scheme.Name))
            : AuthenticateResult.NoResult());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Task.CompletedTask;

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Task.CompletedTask;
}

/// <summary>The scheme <see cref="AuthenticationSetup.Local"/>: callers without a token have every scope of the host, and no project.</summary>
internal sealed class LocalAccessHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions, ILoggerFactory loggers, UrlEncoder encoder, LocalAccess access, MetricsOptions options)
    : AnonymousHandler(schemeOptions, loggers, encoder, access)
{
    protected override bool IsOpenToAll => options.AllowAnonymous;

    protected override ClaimsPrincipal CreateCaller() => ProjectClaims.Create(Scheme.Name, project: null, Scopes.Admin);
}
