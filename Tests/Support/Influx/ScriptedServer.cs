using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TimeSeries.Tests.Support.Influx;

/// <summary>A server that responds to each request with bytes that a test wrote down. It says what the request was and whether the client hung up.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _hungUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _response;
    private readonly bool _holds;

    private ScriptedServer(string response, bool holds)
    {
        _response = response;
        _holds = holds;
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>The last request, whole.</summary>
    public string Request { get; private set; } = "";

    /// <summary>Completes when the asker closed the connection.</summary>
    public Task HungUp => _hungUp.Task;

    /// <summary>Responds with a status and a body, then closes.</summary>
    public static ScriptedServer Of(int status, string body, string contentType = "application/json") => new(
        string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} Said\r\nContent-Type: {contentType}\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"),
        holds: false);

    /// <summary>Responds with a body below a status and headers of the test's, then closes.</summary>
    public static ScriptedServer Of(string statusAndHeaders, string body) => new(
        string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {statusAndHeaders}\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"),
        holds: false);

    /// <summary>Responds with a head of the test's, and says nothing more.</summary>
    public static ScriptedServer Saying(string head) => new(head, holds: true);

    /// <summary>Says that much more comes than does, then closes.</summary>
    public static ScriptedServer BreakingOff(string body) => new(
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{body}", holds: false);

    /// <summary>Begins a response and then says nothing any more.</summary>
    public static ScriptedServer Silent(string body) => new(
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{body}", holds: true);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await RespondAsync(client.GetStream(), _stop.Token);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task RespondAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[256 << 10];
        int length = 0;
        while (!IsWhole(Encoding.UTF8.GetString(buffer, 0, length)))
        {
            length += await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
        }

        Request = Encoding.UTF8.GetString(buffer, 0, length);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(_response), cancellationToken);
        if (!_holds)
        {
            return;
        }

        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset instead of closed.
        }

        _hungUp.TrySetResult();
    }

    private static bool IsWhole(string request)
    {
        int head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
        {
            return false;
        }

        string? length = request[..head].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return length is null || Encoding.UTF8.GetByteCount(request.AsSpan(head + 4)) >= int.Parse(length["Content-Length:".Length..],
            CultureInfo.InvariantCulture);
    }
}
