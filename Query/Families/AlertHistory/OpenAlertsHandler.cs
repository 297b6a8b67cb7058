using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>
/// Lets callers without a token read the alerts of the first project: all of them, where <see cref="AlertHistoryOptions.AllowAnonymous"/> is set.
/// Otherwise those on this machine (<see cref="LocalPeer"/>), while nobody else can reach the server at all. A request with a token is left to the
/// scheme of tokens, which refuses it when the token is no good.
/// </summary>
internal sealed class OpenAlertsHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    ProjectDirectory projects,
    AlertHistoryOptions options,
    IServer server,
    IHostApplicationLifetime lifetime)
    : AnonymousHandler(schemeOptions, loggers, encoder)
{
    protected override ClaimsPrincipal? FindCaller() =>
        Request.Headers.Authorization.Count == 0 && (options.AllowAnonymous || (LocalPeer.IsLocal(Context) && HasOnlyLocalListeners()))
            ? ProjectClaims.Create(Scheme.Name, projects.All[0], Scopes.Read)
            : null;

    // Read for each request: listeners come and go with the configuration, and before the start is over some are missing.
    private bool HasOnlyLocalListeners()
    {
        ICollection<string> addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return lifetime.ApplicationStarted.IsCancellationRequested && addresses.Count > 0 && addresses.All(IsLoopback);
    }

    private static bool IsLoopback(string address)
    {
        string host = BindingAddress.Parse(address).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? ip) && IPAddress.IsLoopback(ip));
    }
}
