using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Hosting.Authentication;

/// <summary>Lets callers in without a token. It refuses nobody: the scheme named beside it does.</summary>
public abstract class AnonymousHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>Who the caller counts as; null when a token is needed.</summary>
    protected abstract ClaimsPrincipal? FindCaller();

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(FindCaller() is { } caller
        ? AuthenticateResult.Success(new AuthenticationTicket(caller, Scheme.Name))
        : AuthenticateResult.NoResult());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Task.CompletedTask;

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Task.CompletedTask;
}

/// <summary>
/// The scheme <see cref="AuthenticationSetup.Local"/>: callers that <see cref="LocalAccess"/> lets in, or all of them where
/// <see cref="MetricsOptions.AllowAnonymous"/> is set, have every scope of the host, and no project. A request with a token is left to the scheme of tokens.
/// </summary>
internal sealed class LocalAccessHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions, ILoggerFactory loggers, UrlEncoder encoder, MetricsOptions options, LocalAccess access)
    : AnonymousHandler(schemeOptions, loggers, encoder)
{
    protected override ClaimsPrincipal? FindCaller() =>
        Request.Headers.Authorization.Count == 0 && (options.AllowAnonymous || access.IsOpenTo(Context))
            ? ProjectClaims.Create(Scheme.Name, project: null, Scopes.Admin)
            : null;
}
