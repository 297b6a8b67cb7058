using System.Net;
using System.Net.Sockets;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>Ports of this machine.</summary>
internal static class Ports
{
    // Below those that the system gives to outgoing connections and to listeners on port 0, which could take one again before it is used.
    private const int First = 20_000;
    private const int Count = 12_000;

    private static int _taken = Random.Shared.Next(Count);

    /// <summary>A port that nobody has, and that no other test gets.</summary>
    public static int FindFree()
    {
        while (true)
        {
            int port = First + (Interlocked.Increment(ref _taken) % Count);
            try
            {
                using TcpListener listener = new(IPAddress.Any, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: the next one.
            }
        }
    }
}
