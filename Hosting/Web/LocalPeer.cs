using System.Net;
using Microsoft.AspNetCore.Http;

namespace TimeSeries.Hosting.Web;

/// <summary>
/// Whether a request comes from this machine itself, not through a proxy on it, and was meant for it: its Host is a name of the loopback. A browser on this
/// machine sends the requests of any page. A page whose name was made to lead here (DNS rebinding) could read the response, and its name gives it away.
/// </summary>
public static class LocalPeer
{
    public static bool IsLocal(HttpContext context)
    {
        IPAddress? peer = context.Connection.RemoteIpAddress;
        return peer is not null && IPAddress.IsLoopback(peer) && !context.Request.Headers.Keys.Any(IsFromProxy) && IsLoopbackName(context.Request.Host.Host);
    }

    // RFC 6761: localhost and every name under it is the loopback, and no public name server answers for it.
    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    private static bool IsFromProxy(string header) =>
        header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Via", StringComparison.OrdinalIgnoreCase);
}
