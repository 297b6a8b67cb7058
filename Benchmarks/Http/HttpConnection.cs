using System.Net.Sockets;

namespace TimeSeries.Benchmarks.Http;

/// <summary>
/// One HTTP/1.1 connection with blocking calls: the thread that sends is the one that waits, so that no queue, timer or task stands between
/// the measurement and the socket. It is opened when first used and again after it was closed. Used by one thread; only <see cref="Dispose"/>
/// may be called by another, which ends a call in flight. The load generator alone uses it: HttpClient takes two to three times its processor time
/// for a small batch, on the processors that the measured server runs on.
/// </summary>
internal sealed class HttpConnection(ServerAddress address) : IBatchConnection, IDisposable
{
    /// <summary>How long a response may take.</summary>
    // A push is answered within the server's own limits, which are lower; longer silence means that it hangs.
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private volatile Socket? _socket;
    private volatile bool _disposed;
    private NetworkStream? _stream;
    private ResponseReader? _reader;

    /// <summary>The body of the last response; valid until the next call.</summary>
    public ReadOnlySpan<byte> ResponseBody => _reader is null ? [] : _reader.Body;

    /// <exception cref="SocketException">The server can't be reached.</exception>
    public void Open()
    {
        Close();
        ObjectDisposedException.ThrowIf(_disposed, this);
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            SendTimeout = (int)Timeout.TotalMilliseconds,
            ReceiveTimeout = (int)Timeout.TotalMilliseconds,
        };
        try
        {
            socket.Connect(address.EndPoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new ResponseReader(_stream);
        _socket = socket;
    }

    /// <summary>Sends a whole request and returns the head of its response.</summary>
    /// <exception cref="IOException">The connection broke; whether the request was taken is unknown.</exception>
    /// <exception cref="SocketException">The server can't be reached.</exception>
    public HttpResponseHead Exchange(ReadOnlySpan<byte> request)
    {
        if (_socket is not { } socket || IsClosedByServer(socket))
        {
            Open();
        }

        try
        {
            HttpResponseHead response = SendAndRead(request);
            if (response.Closes)
            {
                CloseSocket();
            }

            return response;
        }
        catch
        {
            Close();
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _socket?.Dispose();
    }

    private HttpResponseHead SendAndRead(ReadOnlySpan<byte> request)
    {
        try
        {
            _stream!.Write(request);
        }
        catch (IOException sending)
        {
            // A server that refuses a body early answers and closes while it is still being sent: that response says more than the broken pipe.
            try
            {
                return _reader!.Read() with { Closes = true };
            }
            catch (IOException)
            {
                throw sending;
            }
        }

        return _reader!.Read();
    }

    // Readable without bytes means that the server closed an idle connection; nothing can be lost by opening another.
    private static bool IsClosedByServer(Socket socket) => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;

    private void Close()
    {
        CloseSocket();
        _reader = null;
    }

    // The reader stays, since the caller reads the last response's body.
    private void CloseSocket()
    {
        _stream?.Dispose();
        _stream = null;
        _socket = null;
    }
}
