using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>
/// Writes over HTTP: one handler with pooled connections, one time-out a request, the credentials in a header and nowhere else. Thread safe.
/// </summary>
public sealed class InfluxHttp : IDisposable
{
    private const int MaxBodyBytes = 4_096;

    // So that a load balancer's changes are seen.
    private static readonly TimeSpan _connectionLifetime = TimeSpan.FromMinutes(5);

    private readonly InfluxOptions _options;
    private readonly TimeProvider _clock;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly Uri _writeAddress;
    private readonly HttpClient _client;

    [SuppressMessage("Reliability", "CA2000", Justification = "The client disposes its handler.")]
    public InfluxHttp(InfluxOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _authorization = options.Credentials.ToHeader();
        _writeAddress = WriteAddress(options);
        SocketsHttpHandler handler = new()
        {
            PooledConnectionLifetime = _connectionLifetime,
            AutomaticDecompression = DecompressionMethods.GZip,
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends lines once and says what became of them. Throws only when cancelled.</summary>
    public async Task<WriteReply> WriteAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        using MemoryStream? compressed = _options.Gzip ? Compress(lines) : null;
        ReadOnlyMemory<byte> body = compressed is null ? lines : compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
        using HttpRequestMessage request = NewRequest(HttpMethod.Post, _writeAddress);
        request.Content = new ReadOnlyMemoryContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain", "utf-8");
        if (compressed is not null)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        using CancellationTokenSource timeout = new(_options.Timeout, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            string text = response.StatusCode == HttpStatusCode.NoContent ? "" : await ReadAsync(response, either.Token).ConfigureAwait(false);
            string? retryAfter = response.Headers.TryGetValues("Retry-After", out IEnumerable<string>? values) ? values.First() : null;
            return WriteReply.Of(response.StatusCode, text, Backoff.ReadRetryAfter(retryAfter, _clock.GetUtcNow()));
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && fault is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return WriteReply.Failed(fault, body.Length);
        }
    }

    /// <summary>Makes the database (1.x). Null when it exists now, else why not.</summary>
    public async Task<string?> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        string duration = _options.Retention is { } retention
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" WITH DURATION {(long)retention.TotalHours}h")
            : "";
        using HttpRequestMessage request = NewRequest(HttpMethod.Post, new Uri(BaseOf(_options), "query"));
        request.Content = new FormUrlEncodedContent([new("q", $"CREATE DATABASE {Identifier(_options.Database)}{duration}")]);
        using CancellationTokenSource timeout = new(_options.Timeout, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            string text = await ReadAsync(response, either.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode && !text.Contains("\"error\"", StringComparison.Ordinal) ? null : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {text.Trim()}");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return fault.Message;
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage NewRequest(HttpMethod method, Uri address)
    {
        HttpRequestMessage request = new(method, address);
        request.Headers.Authorization = _authorization;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return request;
    }

    private static Uri WriteAddress(InfluxOptions options)
    {
        string database = Uri.EscapeDataString(options.Database);
        string policy = Uri.EscapeDataString(options.RetentionPolicy);
        string address = options.WriteApi switch
        {
            InfluxWriteApi.V1 => $"write?db={database}{(policy.Length > 0 ? "&rp=" + policy : "")}&precision=ns",
            InfluxWriteApi.V2 => $"api/v2/write?bucket={database}{(policy.Length > 0 ? "%2F" + policy : "")}&org={Uri.EscapeDataString(options.Org)}&precision=ns",
            _ => throw new InvalidOperationException($"{options.WriteApi} is no endpoint."),
        };
        return new Uri(BaseOf(options), address);
    }

    // A path before ours is that of a proxy.
    private static Uri BaseOf(InfluxOptions options) =>
        options.Host.AbsolutePath.EndsWith('/') ? options.Host : new Uri(options.Host.AbsoluteUri + "/");

    private static string Identifier(string name) =>
        $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private static MemoryStream Compress(ReadOnlyMemory<byte> lines)
    {
        // Lines repeat their keys: they shrink to less than a third.
        MemoryStream compressed = new(Math.Max(256, lines.Length / 3));
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(lines.Span);
        }

        return compressed;
    }

    // The first bytes tell the reason; the rest may be a page of a proxy.
    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] bytes = new byte[MaxBodyBytes];
        int length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        string text = System.Text.Encoding.UTF8.GetString(bytes, 0, length);
        return ErrorOf(bytes.AsMemory(0, length)) ?? text;
    }

    // JSON bodies keep their reason under "error" (1.x, 3.x) or "message" (2.x); 3.x adds the lines, which the reason does not need.
    private static string? ErrorOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && (document.RootElement.TryGetProperty("error", out JsonElement error) || document.RootElement.TryGetProperty("message", out error))
                && error.ValueKind == JsonValueKind.String)
            {
                return error.GetString();
            }
        }
        catch (JsonException)
        {
            // Plain text, or longer than what was read.
        }

        return null;
    }
}
