using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using RestSharp;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>Writes through InfluxDB.Client and returns the outcome of each write. Each request has a time-out. Thread safe.</summary>
public sealed class InfluxHttp : IDisposable
{
    // The start of an error's body holds the reason. The rest may be a page of a proxy.
    private const int MaxBodyBytes = 4_096;

    private readonly InfluxOptions _options;
    private readonly TimeProvider _clock;
    private readonly InfluxConnection _connection;
    private readonly WriteBodies _bodies = new();

    public InfluxHttp(InfluxOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _connection = new InfluxConnection(options, options.Credentials, MaxBodyBytes);
    }

    /// <summary>Sends lines once. Throws only when cancelled.</summary>
    /// <param name="lines">The lines; they are copied, and stay the caller's.</param>
    /// <param name="maxBytes">Length up to which line feeds may be put behind the lines, so that an array can be used again; 0 to send the lines alone.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<WriteReply> WriteAsync(ReadOnlyMemory<byte> lines, int maxBytes, CancellationToken cancellationToken)
    {
        byte[] body = _options.Gzip ? Compress(lines) : _bodies.Take(lines.Span, maxBytes);
        using CancellationTokenSource timeout = new(_options.Timeout, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            RestResponse response = await _connection.WriteAsync(body, _options.Gzip ? "gzip" : null, either.Token).ConfigureAwait(false);

            // Only with a response is it certain that nothing reads the array any more; others are left to the garbage collector.
            if (!_options.Gzip)
            {
                _bodies.Return(body);
            }

            TimeSpan? retryAfter = Backoff.ReadRetryAfter(InfluxConnection.Header(response, "Retry-After"), _clock.GetUtcNow());
            return WriteReply.Of(response.StatusCode, ReasonOf(response.Content ?? ""), retryAfter);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && fault is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return WriteReply.Failed(fault, body.Length);
        }
    }

    /// <summary>Creates the database (1.x). Null when it exists now, else why not.</summary>
    public async Task<string?> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(_options.Timeout, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            StatementResponse response = await _connection.CreateDatabaseAsync(either.Token).ConfigureAwait(false);
            return response.IsResult ? null : string.Create(CultureInfo.InvariantCulture, $"{(int)response.Status} {ReasonOf(response.Body).Trim()}");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return fault.Message;
        }
    }

    public void Dispose() => _connection.Dispose();

    private static byte[] Compress(ReadOnlyMemory<byte> lines)
    {
        // Lines repeat their keys: they shrink to less than a third.
        using MemoryStream compressed = new(Math.Max(256, lines.Length / 3));
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(lines.Span);
        }

        return compressed.ToArray();
    }

    // JSON bodies keep their reason under "error" (1.x, 3.x) or "message" (2.x); 3.x adds the lines, which the reason does not need.
    private static string ReasonOf(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && (document.RootElement.TryGetProperty("error", out JsonElement error) || document.RootElement.TryGetProperty("message", out error))
                && error.ValueKind == JsonValueKind.String)
            {
                return error.GetString()!;
            }
        }
        catch (Exception shape) when (shape is JsonException or InvalidOperationException)
        {
            // Plain text, longer than what was read, or a text with half a character.
        }

        return body;
    }
}
