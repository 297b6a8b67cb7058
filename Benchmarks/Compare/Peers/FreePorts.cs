using System.Net;
using System.Net.Sockets;

namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>Ports of the loopback address that nothing listens on, for servers that can't choose one themselves.</summary>
internal static class FreePorts
{
    /// <summary>Takes different ones; free when this returns, which is as much as can be had.</summary>
    public static int[] Take(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        try
        {
            foreach (TcpListener listener in listeners)
            {
                listener.Start();
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (TcpListener listener in listeners)
            {
                listener.Dispose();
            }
        }
    }
}
