using System.Buffers;
using System.Globalization;
using Microsoft.Net.Http.Headers;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Otlp.Transport;

/// <summary>OTLP over HTTP: protobuf or JSON, on a port of its own and on the main address. Thread safe.</summary>
internal sealed class OtlpHttpProtocol(OtlpReceiver receiver) : IBatchProtocol
{
    public const string Protobuf = "application/x-protobuf";
    public const string Json = "application/json";
    private const string AcceptedEncodings = "gzip, deflate, br";

    /// <summary>The path of each signal.</summary>
    public static IReadOnlyList<string> Paths { get; } = [.. TelemetrySignals.All.Select(signal => $"/v1/{TelemetrySignals.NameOf(signal)}")];

    public TokenCheck Authenticate(HttpRequest request, ProjectDirectory projects) => TokenAuthenticator.ReadAny(request, projects, Scopes.Ingest);

    public IngestProblem? TryBegin(HttpRequest request, AuthenticatedProject project, out IBatchRequest? push)
    {
        push = null;
        if (FormatOf(request) is not { } isJson)
        {
            return new IngestProblem(StatusCodes.Status415UnsupportedMediaType, $"content type must be {Protobuf} or {Json}");
        }

        if (BodyEncodings.Find(request.Headers.ContentEncoding) is not { } encoding)
        {
            request.HttpContext.Response.Headers.AcceptEncoding = AcceptedEncodings;
            return new IngestProblem(StatusCodes.Status415UnsupportedMediaType, $"content encoding must be one of {AcceptedEncodings}, or absent");
        }

        int signal = Paths.Index().First(pair => request.Path.StartsWithSegments(pair.Item, StringComparison.OrdinalIgnoreCase)).Index;
        push = new Request(receiver, (TelemetrySignal)signal, project.Project.Pcode, encoding, isJson);
        return null;
    }

    public Task RefuseAsync(HttpContext context, TokenOutcome outcome) => WriteAsync(context, OtlpStatus.Of(outcome));

    public Task RefuseAsync(HttpContext context, IngestProblem problem) => WriteAsync(context, OtlpStatus.Of(problem));

    /// <summary>Responds to what is no export: another path, or another method.</summary>
    public static Task RefusePathAsync(HttpContext context)
    {
        PathString path = context.Request.Path;
        if (Paths.Any(known => path.StartsWithSegments(known, StringComparison.OrdinalIgnoreCase, out PathString rest) && rest.Value is "" or "/"))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return WriteAsync(context, new OtlpStatus(GrpcCode.Unimplemented, $"{path} takes POST") { HttpStatus = StatusCodes.Status405MethodNotAllowed });
        }

        string message = path.StartsWithSegments("/v1development/profiles") ? "profiles are not taken" : $"there is nothing at {path}";
        return WriteAsync(context, new OtlpStatus(GrpcCode.Unimplemented, message) { HttpStatus = StatusCodes.Status404NotFound });
    }

    private static Task WriteAsync(HttpContext context, OtlpStatus status)
    {
        bool isProtobuf = FormatOf(context.Request) == false;
        ArrayBufferWriter<byte> body = new(128);
        if (isProtobuf)
        {
            status.WriteProto(body);
        }
        else
        {
            status.WriteJson(body);
        }

        if (status.RetrySeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(context, status.HttpStatus, isProtobuf ? Protobuf : Json, body.WrittenMemory);
    }

    private static Task WriteAsync(HttpContext context, int status, string type, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, CancellationToken.None).AsTask();
    }

    // Whether it is JSON; null when it is neither that nor protobuf.
    private static bool? FormatOf(HttpRequest request) => !MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) ? null
        : type.MediaType.Equals(Protobuf, StringComparison.OrdinalIgnoreCase) ? false
        : type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase) ? true
        : null;

    private sealed class Request(OtlpReceiver receiver, TelemetrySignal signal, long pcode, BodyEncoding encoding, bool isJson)
        : OtlpRequest(receiver, signal, pcode)
    {
        public override BodyEncoding Encoding => encoding;

        protected override bool IsJson => isJson;

        protected override Task RespondAsync(HttpContext context, ReadOnlyMemory<byte> message) =>
            WriteAsync(context, StatusCodes.Status200OK, isJson ? Json : Protobuf, message);

        protected override Task RefuseAsync(HttpContext context, IngestProblem problem) => WriteAsync(context, OtlpStatus.Of(problem));
    }
}
