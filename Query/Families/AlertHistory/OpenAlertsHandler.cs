using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>Callers without a token read the alerts of the first project.</summary>
internal sealed class OpenAlertsHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions, ILoggerFactory loggers, UrlEncoder encoder, LocalAccess access, ProjectDirectory projects,
    AlertHistoryOptions options)
    : AnonymousHandler(schemeOptions, loggers, encoder, access)
{
    protected override bool IsOpenToAll => options.AllowAnonymous;

    protected override ClaimsPrincipal CreateCaller() => ProjectClaims.Create(Scheme.Name, projects.All[0], Scopes.Read);
}
