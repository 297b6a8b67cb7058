using System.Globalization;
using System.IO.Compression;
using System.Net;
using RestSharp;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>Writes through InfluxDB.Client and returns the outcome of each write. Each request has a time-out. Thread safe.</summary>
public sealed class InfluxHttp : IDisposable
{
    // The start of an error's body holds the reason. The rest may be a page of a proxy.
    private const int MaxBodyBytes = 4_096;

    private readonly TimeProvider _clock;
    private readonly InfluxConnection _connection;
    private readonly WriteBodies _bodies = new();
    private volatile bool _marksWrites;
    private volatile bool _leavesWritesUnmarked;

    public InfluxHttp(InfluxOptions options, TimeProvider clock)
    {
        Options = options;
        _clock = clock;
        _connection = new InfluxConnection(options, options.Credentials, MaxBodyBytes);
    }

    /// <summary>Where it writes to, and how.</summary>
    internal InfluxOptions Options { get; }

    /// <summary>Sends lines once. Throws only when cancelled.</summary>
    /// <param name="lines">The lines; they are copied, and stay the caller's.</param>
    /// <param name="maxBytes">Length up to which line feeds may be put behind the lines, so that an array can be used again; 0 to send the lines alone.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<WriteReply> WriteAsync(ReadOnlyMemory<byte> lines, int maxBytes, CancellationToken cancellationToken)
    {
        byte[] body = Options.Gzip ? Compress(lines) : _bodies.Take(lines.Span, maxBytes);
        using CancellationTokenSource timeout = new(Options.Timeout, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            RestResponse response = await _connection.WriteAsync(body, Options.Gzip ? "gzip" : null, either.Token).ConfigureAwait(false);

            // Only with a response is it certain that nothing reads the array any more; others are left to the garbage collector.
            if (!Options.Gzip)
            {
                _bodies.Return(body);
            }

            TimeSpan? retryAfter = Backoff.ReadRetryAfter(InfluxConnection.Header(response, "Retry-After"), _clock.GetUtcNow());
            bool isInflux = await IsFromInfluxAsync(response, either.Token).ConfigureAwait(false);
            return WriteReply.Of(response.StatusCode, ErrorBody.Of(response.Content ?? "").Reason, isInflux, retryAfter);
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
        using CancellationTokenSource timeout = new(Options.Timeout, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            StatementResponse response = await _connection.CreateDatabaseAsync(either.Token).ConfigureAwait(false);
            return response.IsResult
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"{(int)response.Status} {ErrorBody.Of(response.Body).Reason.Trim()}");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return fault.Message;
        }
    }

    public void Dispose() => _connection.Dispose();

    // A 204 has no body, and some versions mark it with no header. Then a ping shows whether that is so, or something before InfluxDB responded.
    private async ValueTask<bool> IsFromInfluxAsync(RestResponse response, CancellationToken cancellationToken)
    {
        if (InfluxConnection.IsFromInflux(response))
        {
            _marksWrites |= response.StatusCode == HttpStatusCode.NoContent;
            return true;
        }

        if (response.StatusCode != HttpStatusCode.NoContent || _marksWrites)
        {
            return false;
        }

        if (!_leavesWritesUnmarked)
        {
            RestResponse ping = await _connection.PingAsync(cancellationToken).ConfigureAwait(false);
            string version = InfluxConnection.Header(ping, InfluxConnection.VersionHeader) ?? "";

            // 1.x marks every response.
            _leavesWritesUnmarked = version.Length > 0 && !version.TrimStart('v').StartsWith("1.", StringComparison.Ordinal);
        }

        return _leavesWritesUnmarked;
    }

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
}
