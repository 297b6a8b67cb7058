using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace TimeSeries.Hosting.Web;

/// <summary>
/// Cuts connections whose readers take nothing. The kernel does: TCP's user timeout (RFC 5482) is the longest that sent bytes may stay unacknowledged, or that
/// bytes may wait for the reader's window to open. Linux only; elsewhere Kestrel's least rate of responses holds alone.
/// </summary>
internal static class UserTimeout
{
    // TCP_USER_TIMEOUT of linux/tcp.h, in ms.
    private const int LinuxOption = 18;

    /// <summary>Makes a listener whose connections are cut after so long.</summary>
    public static Socket CreateListener(EndPoint endpoint, TimeSpan timeout)
    {
        Socket listener = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (OperatingSystem.IsLinux() && listener.ProtocolType == ProtocolType.Tcp)
        {
            // Accepted sockets inherit it.
            listener.SetRawSocketOption((int)ProtocolType.Tcp, LinuxOption, BitConverter.GetBytes((int)timeout.TotalMilliseconds));
        }

        return listener;
    }
}
