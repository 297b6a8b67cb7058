using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace TimeSeries.Alerting.Notifications;

/// <summary>Posts notifications, each once. Thread safe.</summary>
internal sealed class WebhookSender : IWebhookSender, IDisposable
{
    // A reply is read only so that the connection can be used again.
    private const int MostReplyBytes = 64 << 10;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _longestRetryAfter = TimeSpan.FromHours(1);

    private readonly TargetAddresses _addresses;
    private readonly TimeProvider _clock;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly Lazy<HttpClient> _http;

    /// <param name="addresses">Where it may connect to.</param>
    /// <param name="clock">Times requests.</param>
    /// <param name="resolve">Finds the addresses of a name; by default the system's resolver.</param>
    public WebhookSender(TargetAddresses addresses, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        _addresses = addresses;
        _clock = clock;
        _resolve = resolve ?? Dns.GetHostAddressesAsync;

        // A proxy would connect in its place, to any address. Without a propagator there are no activities, whose tags would show the path of the URL.
        _http = new Lazy<HttpClient>(() => new HttpClient(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectCallback = ConnectAsync,
            MaxResponseDrainSize = MostReplyBytes,
            MaxResponseHeadersLength = MostReplyBytes >> 10,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            UseProxy = false,
        })
        {
            // The sender's own time counts, which tests can move.
            Timeout = Timeout.InfiniteTimeSpan,
        });
    }

    /// <inheritdoc/>
    public async Task<WebhookResult> SendAsync(Receiver receiver, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(_timeout, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using HttpRequestMessage request = new(HttpMethod.Post, receiver.Url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.ParseAdd("TimeSeries");
        Sign(request, receiver.Secret, body.Span);
        try
        {
            // What is left of the reply is drained, or the connection closed, when the response is disposed of.
            using HttpResponseMessage response = await _http.Value.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            return Read(response);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new WebhookResult(IsDelivered: false, Status: null, late.IsCancellationRequested ? "It did not respond within 30 s." : Sentence(fault));
        }
    }

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    private void Sign(HttpRequestMessage request, string secret, ReadOnlySpan<byte> body)
    {
        if (secret.Length == 0)
        {
            return;
        }

        string timestamp = _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using IncrementalHash hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.ASCII.GetBytes(timestamp + "."));
        hash.AppendData(body);
        request.Headers.Add("X-Timestamp", timestamp);
        request.Headers.Add("X-Signature-256", "sha256=" + Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private WebhookResult Read(HttpResponseMessage response)
    {
        int status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return new WebhookResult(IsDelivered: true, status, "");
        }

        DateTimeOffset now = _clock.GetUtcNow();
        TimeSpan? wait = response.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date > now ? header.Date - now : null) : null;
        string what = status is >= 300 and < 400 ? "a redirect, which is not followed" : "no success";
        return new WebhookResult(
            IsDelivered: false, status, string.Create(CultureInfo.InvariantCulture, $"It responded with {status}, {what}."),
            wait < _longestRetryAfter ? wait : wait is null ? null : _longestRetryAfter);
    }

    // Messages of exceptions may have names and addresses of the network.
    private static string Sentence(Exception fault) => fault switch
    {
        HttpRequestException { InnerException: RefusedTargetException refused } => refused.Message,
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } }
            => "The name of its host has no address.",
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "Its host refused the connection.",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "TLS failed; is its certificate valid and trusted here?",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "No connection could be made to its host.",
        _ => "The connection broke before it responded.",
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        IPAddress[] allowed = await FindAllowedAsync(context.DnsEndPoint.Host, cancellationToken).ConfigureAwait(false);
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> FindAllowedAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] found = IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : await _resolve(host, cancellationToken).ConfigureAwait(false);
        IPAddress[] allowed = [.. found.Where(address => _addresses.Refuse(address) is null)];
        return allowed.Length > 0 ? allowed
            : found.Length == 0 ? throw new SocketException((int)SocketError.HostNotFound)
            : throw new RefusedTargetException($"The address of its host {_addresses.Refuse(found[0])}; nothing was sent.");
    }
}

/// <summary>Posts notifications. Thread safe.</summary>
internal interface IWebhookSender
{
    /// <summary>Posts a notification once. Throws only when it is cancelled.</summary>
    Task<WebhookResult> SendAsync(Receiver receiver, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}

/// <summary>What became of a notification that was posted once.</summary>
/// <param name="IsDelivered">Whether the receiver took it.</param>
/// <param name="Status">The status that it responded with; null when it did not.</param>
/// <param name="Reason">A sentence that says why it was not delivered, without secrets; else empty.</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone.</param>
public readonly record struct WebhookResult(bool IsDelivered, int? Status, string Reason, TimeSpan? RetryAfter = null);
