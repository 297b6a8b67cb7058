using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace TimeSeries.Benchmarks.Stages;

/// <summary>
/// Answers 204 to every request, one connection at a time, in one thread that tells its own processor time: what is measured beside it is without it.
/// Allocates nothing for a request. Linux only.
/// </summary>
internal sealed class HttpSink : IDisposable
{
    // On-CPU time of the thread that opened it, in ns, first of three numbers: Documentation/scheduler/sched-stats.rst.
    private const string ThreadStatistics = "/proc/thread-self/schedstat";

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Thread _thread;
    private long _processorNanoseconds;

    public HttpSink()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _thread = new Thread(Serve) { IsBackground = true, Name = "HTTP sink" };
        _thread.Start();
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/"));

    /// <summary>Processor time of the sink, as of its last response.</summary>
    public TimeSpan ProcessorTime => TimeSpan.FromMicroseconds(Volatile.Read(ref _processorNanoseconds) / 1_000);

    public void Dispose()
    {
        _listener.Dispose();
        _thread.Join();
    }

    private void Serve()
    {
        using SafeFileHandle statistics = File.OpenHandle(ThreadStatistics);
        byte[] buffer = new byte[256 << 10];
        while (true)
        {
            try
            {
                using Socket connection = _listener.Accept();
                while (TakeRequest(connection, buffer))
                {
                    int length = RandomAccess.Read(statistics, buffer.AsSpan(0, 100), 0);
                    if (Utf8Parser.TryParse(buffer.AsSpan(0, length), out long nanoseconds, out _))
                    {
                        Volatile.Write(ref _processorNanoseconds, nanoseconds);
                    }

                    connection.Send("HTTP/1.1 204 No Content\r\nX-Influxdb-Version: sink\r\n\r\n"u8);
                }
            }
            catch (SocketException)
            {
                // A client is gone; or the listener is, which the next turn finds.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    // False when the client has closed.
    private static bool TakeRequest(Socket connection, byte[] buffer)
    {
        int length = 0;
        int head;
        while ((head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            int received = connection.Receive(buffer.AsSpan(length));
            if (received == 0)
            {
                return false;
            }

            length += received;
        }

        ReadOnlySpan<byte> field = "Content-Length: "u8;
        int at = buffer.AsSpan(0, head).IndexOf(field) + field.Length;
        if (!Utf8Parser.TryParse(buffer.AsSpan(at), out long rest, out _))
        {
            throw new InvalidOperationException("A request without Content-Length came.");
        }

        for (rest -= length - head - 4; rest > 0;)
        {
            int received = connection.Receive(buffer);
            if (received == 0)
            {
                return false;
            }

            rest -= received;
        }

        return true;
    }
}
