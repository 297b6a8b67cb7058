using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Primitives;
using TimeSeries.Fuzzing.Otlp;
using TimeSeries.Ingest.Protocols.Otlp;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Otlp.Shop;

/// <summary>
/// Stands between exporters and a server, over HTTP or gRPC: passes each export on, remembers what the server responded, and loses every tenth success, so
/// that its exporter sends it again. Thread safe.
/// </summary>
internal sealed class ExportRelay : Relay
{
    private const int LostEvery = 10;
    private const int FrameHeadBytes = 5;

    private readonly Uri _target;
    private readonly bool _isGrpc;
    private readonly ConcurrentQueue<RelayedExport> _exports = [];
    private int _successes;

    private ExportRelay(Uri target, bool isGrpc)
        : base(isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1)
    {
        _target = target;
        _isGrpc = isGrpc;
    }

    /// <summary>What came so far.</summary>
    public IReadOnlyCollection<RelayedExport> Exports => _exports;

    /// <summary>Which of the server's starts responds now, from 0.</summary>
    public int Start { get; set; }

    public static async Task<ExportRelay> StartAsync(Uri target, bool isGrpc)
    {
        ExportRelay relay = new(target, isGrpc);
        await relay.ListenAsync();
        return relay;
    }

    protected override async Task RelayAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        byte[] sent = body.ToArray();
        HttpResponseMessage response;
        byte[] received;
        try
        {
            using HttpRequestMessage request = Copy(context.Request, sent);
            response = await Http.SendAsync(request, CancellationToken.None);
            received = await response.Content.ReadAsByteArrayAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The server is gone, before or after it stored the export.
            Add(context, sent, RelayedOutcome.Unknown);
            context.Abort();
            return;
        }

        using (response)
        {
            RelayedOutcome outcome = OutcomeOf(response);
            Add(context, sent, outcome);
            if (outcome == RelayedOutcome.Stored && Interlocked.Increment(ref _successes) % LostEvery == 0)
            {
                context.Abort();
                return;
            }

            await RespondAsync(context, response, received);
        }
    }

    private void Add(HttpContext context, byte[] sent, RelayedOutcome outcome) =>
        _exports.Enqueue(new RelayedExport(context.Request.Path, _isGrpc ? sent[FrameHeadBytes..] : sent, outcome, Start));

    private HttpRequestMessage Copy(HttpRequest from, byte[] body)
    {
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(_target, from.Path))
        {
            Version = _isGrpc ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        foreach ((string name, StringValues value) in from.Headers)
        {
            if (!name.StartsWith(':') && name is not ("Host" or "Connection" or "Content-Length" or "Transfer-Encoding"))
            {
                _ = request.Headers.TryAddWithoutValidation(name, value.AsEnumerable())
                    || request.Content.Headers.TryAddWithoutValidation(name, value.AsEnumerable());
            }
        }

        return request;
    }

    private RelayedOutcome OutcomeOf(HttpResponseMessage response)
    {
        if (!_isGrpc)
        {
            return response.StatusCode switch
            {
                HttpStatusCode.OK => RelayedOutcome.Stored,
                HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => RelayedOutcome.Later,
                _ => RelayedOutcome.Refused,
            };
        }

        string status = response.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? found) ? found.Single() : "";
        return status switch
        {
            "0" => RelayedOutcome.Stored,
            "14" => RelayedOutcome.Later,
            "" => RelayedOutcome.Unknown,
            _ => RelayedOutcome.Refused,
        };
    }

    private static async Task RespondAsync(HttpContext context, HttpResponseMessage response, byte[] body)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        if (response.Headers.RetryAfter?.Delta is { } delay)
        {
            context.Response.Headers.RetryAfter = delay.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        }

        await context.Response.StartAsync();
        await context.Response.Body.WriteAsync(body, CancellationToken.None);
        foreach ((string name, IEnumerable<string> values) in response.TrailingHeaders)
        {
            context.Response.AppendTrailer(name, values.Single());
        }
    }
}

/// <summary>An export that went to the server.</summary>
/// <param name="Path">The path, which says the signal.</param>
/// <param name="Message">The message, without a frame.</param>
/// <param name="Outcome">What the server responded.</param>
/// <param name="Start">Which of the server's starts responded.</param>
internal sealed record RelayedExport(string Path, byte[] Message, RelayedOutcome Outcome, int Start)
{
    /// <summary>The signal, whichever the protocol: <c>/v1/traces</c>, <c>/opentelemetry.proto.collector.trace.v1.TraceService/Export</c>.</summary>
    public TelemetrySignal Signal { get; } = Path.Contains("trace", StringComparison.Ordinal) ? TelemetrySignal.Traces
        : Path.Contains("logs", StringComparison.Ordinal) ? TelemetrySignal.Logs
        : TelemetrySignal.Metrics;

    /// <summary>The same for equal bytes.</summary>
    public string Hash { get; } = Convert.ToHexString(SHA256.HashData(Message));

    /// <summary>How many items it has.</summary>
    public int Items => ExportCounts.Of(Signal, Message);
}

/// <summary>What a server responded to an export.</summary>
internal enum RelayedOutcome
{
    /// <summary>Nothing: it ended meanwhile.</summary>
    Unknown,

    /// <summary>It is durable.</summary>
    Stored,

    /// <summary>Send it again later.</summary>
    Later,

    /// <summary>Don't send it again.</summary>
    Refused,
}
