using System.Net;
using Microsoft.AspNetCore.Http;

namespace TimeSeries.Hosting.Web;

/// <summary>Whether a request comes from this machine itself, not through a proxy on it.</summary>
public static class LocalPeer
{
    public static bool IsLocal(HttpContext context)
    {
        IPAddress? peer = context.Connection.RemoteIpAddress;
        return peer is not null && IPAddress.IsLoopback(peer) && !context.Request.Headers.Keys.Any(IsFromProxy);
    }

    private static bool IsFromProxy(string header) =>
        header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Via", StringComparison.OrdinalIgnoreCase);
}
