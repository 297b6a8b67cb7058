using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Hosting.Web;

/// <summary>
/// Whether a request needs no token where one is needed otherwise: while no project is configured (the quick start), on this machine itself, not through a
/// proxy on it, and meant for it. With configured projects nobody is let in: a proxy in its default settings looks like a caller on this machine.
/// </summary>
public sealed class LocalAccess(ProjectDirectory projects, IServer server, IHostApplicationLifetime lifetime)
{
    /// <summary>Whether the request may go without a token.</summary>
    public bool IsOpenTo(HttpContext context) => IsOpen && IsFromHere(context);

    /// <summary>Whether anybody may, from this machine.</summary>
    public bool IsOpen => projects.IsQuickStart && HasOnlyLocalListeners();

    // A browser on this machine sends the requests of any page. A page whose name was made to lead here (DNS rebinding) could read the response, and its name
    // gives it away. Proxies speak HTTP/1.0 to what is behind them, unless they are told otherwise.
    private static bool IsFromHere(HttpContext context) =>
        IsLoopback(context.Connection.RemoteIpAddress) && IsLoopback(context.Connection.LocalIpAddress)
        && !HttpProtocol.IsHttp10(context.Request.Protocol) && !HttpProtocol.IsHttp09(context.Request.Protocol)
        && !context.Request.Headers.Keys.Any(IsFromProxy) && IsLoopbackName(context.Request.Host.Host);

    // Read for each request: listeners come and go with the configuration, and before the start is over some are missing.
    private bool HasOnlyLocalListeners()
    {
        ICollection<string> addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return lifetime.ApplicationStarted.IsCancellationRequested && addresses.Count > 0 && addresses.All(IsLocalListener);
    }

    private static bool IsLocalListener(string address)
    {
        string host = BindingAddress.Parse(address).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? ip) && IPAddress.IsLoopback(ip));
    }

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    // RFC 6761: localhost and every name under it is the loopback, and no public name server answers for it.
    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    private static bool IsFromProxy(string header) =>
        header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)

        // What a trusted proxy sent, once it was read.
        || header.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase)
        || header.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Via", StringComparison.OrdinalIgnoreCase);
}
