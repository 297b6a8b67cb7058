using System.Net;
using System.Net.Sockets;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>Ports of this machine.</summary>
internal static class Ports
{
    /// <summary>A port that nobody has just now.</summary>
    public static int FindFree()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
