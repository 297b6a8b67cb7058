using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Otlp.Transport;

/// <summary>
/// OTLP over gRPC: unary calls over HTTP/2 whose message is read like any other body, within the same memory budget. Thread safe.
/// </summary>
internal sealed class OtlpGrpcProtocol(OtlpReceiver receiver, TimeProvider clock) : IBatchProtocol
{
    private const string ContentType = "application/grpc";
    private const string AcceptedEncodings = "identity,gzip";
    private const string StatusTrailer = "grpc-status";
    private const string MessageTrailer = "grpc-message";
    private const string DetailsTrailer = "grpc-status-details-bin";

    // Flag, and length of the message.
    private const int FrameHeadBytes = 5;

    private static readonly Dictionary<string, TelemetrySignal> _methods = new(StringComparer.Ordinal)
    {
        ["/opentelemetry.proto.collector.trace.v1.TraceService/Export"] = TelemetrySignal.Traces,
        ["/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"] = TelemetrySignal.Metrics,
        ["/opentelemetry.proto.collector.logs.v1.LogsService/Export"] = TelemetrySignal.Logs,
    };

    /// <summary>The path of each method.</summary>
    public static IReadOnlyCollection<string> Paths => _methods.Keys;

    // A frame around the message comes on top of what a message may have.
    private readonly BodyLimits _limits = receiver.Limits with { SentBytes = receiver.Limits.SentBytes + FrameHeadBytes };

    public TokenCheck Authenticate(HttpRequest request, ProjectDirectory projects) => TokenAuthenticator.ReadAny(request, projects, Scopes.Ingest);

    public IngestProblem? TryBegin(HttpRequest request, AuthenticatedProject project, out IBatchRequest? push)
    {
        push = null;
        if (!request.HttpContext.Response.SupportsTrailers())
        {
            return new IngestProblem(StatusCodes.Status426UpgradeRequired, "gRPC needs HTTP/2");
        }

        if (!IsGrpc(request))
        {
            return new IngestProblem(StatusCodes.Status415UnsupportedMediaType, "content type must be application/grpc");
        }

        if (!_methods.TryGetValue(request.Path.Value!, out TelemetrySignal signal))
        {
            return Unimplemented($"there is no method {request.Path}");
        }

        StringValues encoding = request.Headers["grpc-encoding"];
        if (encoding is not [] and not ["identity" or "gzip"])
        {
            request.HttpContext.Response.Headers["grpc-accept-encoding"] = AcceptedEncodings;
            return Unimplemented($"grpc-encoding must be one of {AcceptedEncodings}");
        }

        push = new Request(receiver, signal, project.Project.Pcode, _limits, encoding is ["gzip"], DeadlineOf(request), clock);
        return null;
    }

    public Task RefuseAsync(HttpContext context, TokenOutcome outcome) => WriteAsync(context, OtlpStatus.Of(outcome));

    public Task RefuseAsync(HttpContext context, IngestProblem problem) => WriteAsync(context, OtlpStatus.Of(problem));

    /// <summary>Responds to a call of what is no method of OTLP.</summary>
    public static Task RefusePathAsync(HttpContext context) =>
        WriteAsync(context, OtlpStatus.Of(Unimplemented($"there is no method {context.Request.Path}")));

    /// <summary>Whether a request is a call of gRPC with messages of protobuf.</summary>
    public static bool IsGrpc(HttpRequest request)
    {
        ReadOnlySpan<char> type = request.ContentType;
        int end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals(ContentType, StringComparison.OrdinalIgnoreCase) || type.Equals("application/grpc+proto", StringComparison.OrdinalIgnoreCase);
    }

    private static IngestProblem Unimplemented(string message) => new(StatusCodes.Status501NotImplemented, message);

    // What is no call of gRPC gets a status of HTTP.
    private static async Task WriteAsync(HttpContext context, OtlpStatus status)
    {
        if (!context.Response.SupportsTrailers() || !IsGrpc(context.Request))
        {
            context.Response.StatusCode = status.HttpStatus;
            await context.Response.WriteAsync(status.Message + "\n", CancellationToken.None);
            return;
        }

        context.Response.ContentType = ContentType;
        await context.Response.StartAsync();
        ArrayBufferWriter<byte> details = new(128);
        status.WriteProto(details);
        context.Response.AppendTrailer(StatusTrailer, ((int)status.Code).ToString(CultureInfo.InvariantCulture));
        context.Response.AppendTrailer(MessageTrailer, Escape(status.Message));
        context.Response.AppendTrailer(DetailsTrailer, Convert.ToBase64String(details.WrittenSpan).TrimEnd('='));
    }

    // Everything but printable ASCII, and the percent sign.
    private static string Escape(string message)
    {
        StringBuilder text = new(message.Length);
        foreach (byte letter in Encoding.UTF8.GetBytes(message))
        {
            _ = letter is >= 0x20 and <= 0x7E and not (byte)'%' ? text.Append((char)letter) : text.Append(CultureInfo.InvariantCulture, $"%{letter:X2}");
        }

        return text.ToString();
    }

    // grpc-timeout: up to eight digits and a unit. What is anything else is no timeout.
    private long? DeadlineOf(HttpRequest request)
    {
        string text = request.Headers["grpc-timeout"].ToString();
        if (text.Length is < 2 or > 9 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
        {
            return null;
        }

        double? seconds = text[^1] switch
        {
            'H' => count * 3_600.0,
            'M' => count * 60.0,
            'S' => count,
            'm' => count / 1e3,
            'u' => count / 1e6,
            'n' => count / 1e9,
            _ => null,
        };
        return seconds is { } wait ? clock.GetTimestamp() + (long)(wait * clock.TimestampFrequency) : null;
    }

    private sealed class Request(
        OtlpReceiver receiver, TelemetrySignal signal, long pcode, BodyLimits limits, bool isGzip, long? deadline, TimeProvider clock)
            : OtlpRequest(receiver, signal, pcode)
    {
        // A timer may end some milliseconds before its time: what is over within this is over.
        private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(50);

        private readonly OtlpReceiver _receiver = receiver;
        private bool _isCompressed;

        public override BodyLimits Limits => limits;

        public override BodyEncoding Encoding => _isCompressed ? BodyEncoding.Gzip : BodyEncoding.Identity;

        public override TimeSpan? TimeLeft =>
            deadline is { } end ? TimeSpan.FromSeconds((double)(end - clock.GetTimestamp()) / clock.TimestampFrequency) : null;

        protected override bool IsJson => false;

        public override IngestProblem? Open(ReadOnlyMemory<byte> sent, out ReadOnlyMemory<byte> body)
        {
            body = default;
            ReadOnlySpan<byte> bytes = sent.Span;
            if (bytes.IsEmpty)
            {
                return Unimplemented("the call has no message");
            }

            if (bytes.Length < FrameHeadBytes || bytes[0] > 1)
            {
                return Framing(bytes.Length < FrameHeadBytes ? "the frame is cut short" : "unknown flag of a frame");
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
            if (length > _receiver.Limits.SentBytes)
            {
                return _receiver.Limits.SentTooLarge;
            }

            if (length > bytes.Length - FrameHeadBytes)
            {
                return Framing("the frame is cut short");
            }

            if (length < bytes.Length - FrameHeadBytes)
            {
                return Unimplemented("the call has more than one message");
            }

            _isCompressed = bytes[0] == 1;
            body = sent[FrameHeadBytes..];
            return _isCompressed && !isGzip ? Framing("the message is compressed, but grpc-encoding doesn't say how") : null;
        }

        protected override async Task RespondAsync(HttpContext context, ReadOnlyMemory<byte> message)
        {
            byte[] frame = new byte[FrameHeadBytes + message.Length];
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
            message.CopyTo(frame.AsMemory(FrameHeadBytes));
            context.Response.ContentType = ContentType;
            await context.Response.Body.WriteAsync(frame, CancellationToken.None);
            context.Response.AppendTrailer(StatusTrailer, "0");
        }

        protected override Task RefuseAsync(HttpContext context, IngestProblem problem)
        {
            OtlpStatus status = ReferenceEquals(problem, IngestProblem.Delayed) && TimeLeft <= TimerResolution
                ? new OtlpStatus(GrpcCode.DeadlineExceeded, "the batch was not stored in time; it may be later, and sent again it is stored once")
                : OtlpStatus.Of(problem.Status == StatusCodes.Status400BadRequest && !IsDecoded ? Framing(problem.Detail) : problem);
            return WriteAsync(context, status);
        }

        private static IngestProblem Framing(string message) => new(StatusCodes.Status500InternalServerError, message);
    }
}
