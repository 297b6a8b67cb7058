using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>
/// Who may read alerts: whoever has a Bearer token with scope read, the token's project. Without a token, the first project: anyone, where
/// <see cref="AlertHistoryOptions.AllowAnonymous"/> says so; else a caller on this machine, not behind a proxy, that
/// calls it by a loopback name (<see cref="LocalPeer"/>), while nobody else can reach the server at all.
/// A token that is no good is refused even then. Thread safe.
/// </summary>
internal sealed class AlertAdmission(ProjectDirectory projects, AlertHistoryOptions options, IServer server, IHostApplicationLifetime lifetime)
{
    /// <summary>The project whose alerts the caller may read; null when the request was refused and answered.</summary>
    public async ValueTask<Project?> AdmitAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization.Count == 0 && IsOpen(context))
        {
            return projects.All[0];
        }

        TokenCheck check = TokenAuthenticator.ReadBearer(context.Request, projects, Scopes.Read);
        if (check.IsGranted)
        {
            return check.AuthenticatedProject.Project;
        }

        await TokenProblem.WriteAsync(context, check.Outcome, Scopes.Read);
        return null;
    }

    private bool IsOpen(HttpContext context) => options.AllowAnonymous || (LocalPeer.IsLocal(context) && HasOnlyLocalListeners());

    // Asked each time: listeners may come and go with the configuration, and before the start is over not all are known.
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
