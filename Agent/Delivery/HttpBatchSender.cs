using System.Buffers;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace TimeSeries.Agent.Delivery;

/// <summary>Sends batches by HTTP, compressed. Its requests have no activity, so that the agent doesn't collect its own.</summary>
internal sealed class HttpBatchSender(IOptions<TimeSeriesAgentOptions> options, TimeProvider clock) : IBatchSender, IDisposable
{
    private const string Path = "ingest/v1/batch";
    private const int MaxResponseBytes = 1 << 16;

    // Without a propagator the handler makes no activities. A new connection finds a server that has moved.
    private readonly Lazy<HttpClient> _http = new(() => new HttpClient(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
    })
    {
        // The pump's own time counts, which tests can move.
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxResponseBytes,
    });

    public ReadOnlyMemory<byte> Prepare(ReadOnlyMemory<byte> body)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body.Span);
        }

        return compressed.ToArray();
    }

    public async Task<SendResult> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Uri endpoint = options.Value.Endpoint!;
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(endpoint.OriginalString.TrimEnd('/') + "/" + Path))
        {
            Content = new ReadOnlyMemoryContent(body),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Value.Token);
        request.Headers.Accept.ParseAdd("application/json");
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/msgpack");
        request.Content.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage response = await _http.Value.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken)
            .ConfigureAwait(false);
        byte[] said = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return Read((int)response.StatusCode, said) with { RetryAfter = RetryAfterOf(response) };
    }

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    /// <summary>Reads the body of a response; one that is no JSON, as of a proxy, says nothing.</summary>
    internal static SendResult Read(int status, byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(new ReadOnlySequence<byte>(body));
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return new SendResult(status);
            }

            int rejected = root.TryGetProperty("rejected", out JsonElement count) && count.TryGetInt32(out int number) ? number : 0;
            string? reason = root.TryGetProperty("errors", out JsonElement errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0
                ? $"{Text(errors[0], "kind")}.{Text(errors[0], "field")} {Text(errors[0], "reason")}"
                : Text(root, "detail");
            return new SendResult(status, rejected, reason);
        }
        catch (JsonException)
        {
            return new SendResult(status);
        }
    }

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > clock.GetUtcNow() ? date - clock.GetUtcNow() : TimeSpan.Zero,
        _ => null,
    };
}
