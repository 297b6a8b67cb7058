using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>
/// Lets callers without a token read the alerts of the first project: all of them, where <see cref="AlertHistoryOptions.AllowAnonymous"/> is set, otherwise
/// those whom <see cref="LocalAccess"/> lets in. A request with a token is left to the scheme of tokens, which refuses it when the token is no good.
/// </summary>
internal sealed class OpenAlertsHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    ProjectDirectory projects,
    AlertHistoryOptions options,
    LocalAccess access)
    : AnonymousHandler(schemeOptions, loggers, encoder)
{
    protected override ClaimsPrincipal? FindCaller() =>
        Request.Headers.Authorization.Count == 0 && (options.AllowAnonymous || access.IsOpenTo(Context))
            ? ProjectClaims.Create(Scheme.Name, projects.All[0], Scopes.Read)
            : null;
}
