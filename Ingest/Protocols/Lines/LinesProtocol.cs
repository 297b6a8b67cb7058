using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Lines;

/// <summary>InfluxDB's line protocol, over the endpoints of its versions 1 and 2: a measurement is a kind. Thread safe.</summary>
internal sealed class LinesProtocol(IngestOptions options, LinesInstruments instruments, PushLedger pushes, TimeProvider clock) : IBatchProtocol
{
    /// <summary>Where clients of version 1 write.</summary>
    public const string FirstPath = "/write";

    /// <summary>Where clients of version 2 write.</summary>
    public const string SecondPath = "/api/v2/write";

    // How long a writer's own retries last, as of exports of OTLP.
    private static readonly TimeSpan _resendWindow = TimeSpan.FromMinutes(10);

    private const int MaxDecoders = 64;

    private readonly BodyLimits _limits = BodyLimits.Of(options);
    private readonly LinesInstruments _instruments = instruments;
    private readonly RejectionExamples _examples = pushes.Examples;
    private readonly TimeProvider _clock = clock;
    private readonly ConcurrentBag<LineDecoder> _decoders = [];

    public TokenCheck Authenticate(HttpRequest request, ProjectDirectory projects) =>
        TokenAuthenticator.ReadToken(LineCredentials.TokenOf(request), projects, Scopes.Ingest);

    public IngestProblem? TryBegin(HttpRequest request, AuthenticatedProject project, out IBatchRequest? push)
    {
        push = null;
        if (BodyEncodings.Find(request.Headers.ContentEncoding) is not { } encoding)
        {
            return new IngestProblem(StatusCodes.Status415UnsupportedMediaType, "Content-Encoding must be gzip, br or deflate, one of them, or absent.");
        }

        LinePrecision? precision = request.Query["precision"].ToString() switch
        {
            "" or "ns" or "n" => LinePrecision.Nanoseconds,
            "us" or "u" or "µ" => LinePrecision.Microseconds,
            "ms" => LinePrecision.Milliseconds,
            "s" => LinePrecision.Seconds,
            _ => null,
        };
        if (precision is not { } unit)
        {
            return new IngestProblem(StatusCodes.Status400BadRequest, "invalid precision; use ns, us, ms or s") { Field = "precision" };
        }

        push = new Request(this, request, project.Project.Pcode, unit, encoding);
        return null;
    }

    public Task RefuseAsync(HttpContext context, TokenOutcome outcome) => outcome is TokenOutcome.Missing or TokenOutcome.Unknown
        ? WriteErrorAsync(context, StatusCodes.Status401Unauthorized, IsSecond(context) ? "unauthorized access" : "authorization failed")
        : WriteErrorAsync(context, StatusCodes.Status403Forbidden, "the token lacks the scope ingest");

    public Task RefuseAsync(HttpContext context, IngestProblem problem)
    {
        if (problem.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return WriteErrorAsync(context, problem.Status, problem.Detail);
    }

    private static bool IsSecond(HttpContext context) => context.Request.Path.StartsWithSegments(SecondPath, StringComparison.OrdinalIgnoreCase);

    private static Task WriteErrorAsync(HttpContext context, int status, string message)
    {
        ArrayBufferWriter<byte> body = new(128);
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            if (IsSecond(context))
            {
                json.WriteString("code"u8, CodeOf(status));
                json.WriteString("message"u8, message);
            }
            else
            {
                json.WriteString("error"u8, message);
            }

            json.WriteEndObject();
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.WrittenCount;
        return context.Response.Body.WriteAsync(body.WrittenMemory, CancellationToken.None).AsTask();
    }

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "unauthorized",
        StatusCodes.Status403Forbidden => "forbidden",
        StatusCodes.Status413PayloadTooLarge => "request too large",
        StatusCodes.Status415UnsupportedMediaType => "unsupported media type",
        StatusCodes.Status429TooManyRequests => "too many requests",
        StatusCodes.Status408RequestTimeout or StatusCodes.Status503ServiceUnavailable => "unavailable",
        StatusCodes.Status500InternalServerError => "internal error",
        _ => "invalid",
    };

    /// <summary>One write. Not thread safe.</summary>
    private sealed class Request(LinesProtocol protocol, HttpRequest request, long pcode, LinePrecision precision, BodyEncoding encoding) : IBatchRequest
    {
        private readonly LineDecoder _decoder = protocol._decoders.TryTake(out LineDecoder? kept) ? kept : new LineDecoder();
        private UInt128 _bodyHash;

        public string Protocol => "lines";

        public BodyLimits Limits => protocol._limits;

        public BodyEncoding Encoding => encoding;

        public DecodeError? Decode(ReadOnlySpan<byte> body, SampleBatchBuilder into, MemoryReservation share)
        {
            _bodyHash = XxHash128.HashToUInt128(body);
            _decoder.Decode(body, precision, Timestamp.Now(protocol._clock).Milliseconds, into);
            return null;
        }

        // Lines without a time are of their arrival, so that equal ones are not one.
        public ResendKey? FindKey(AuthenticatedProject project)
        {
            if (_decoder.HasUntimed)
            {
                return null;
            }

            string query = string.Join('&', request.Query.Where(pair => pair.Key is not ("p" or "u")).OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key}={pair.Value}"));
            byte[] endpoint = System.Text.Encoding.UTF8.GetBytes($"{request.Path}?{query}");
            return new ResendKey(IdempotencyKey.OfBody(project.Project.Pcode, endpoint, _bodyHash), _resendWindow);
        }

        public Task RespondAsync(HttpContext context, IngestResult result)
        {
            if (result.Problem is { } problem)
            {
                return protocol.RefuseAsync(context, problem);
            }

            protocol._instruments.Count(pcode, _decoder.Unmapped, _decoder.BadLines);
            if (_decoder.FirstError is { } wrong)
            {
                protocol._examples.Keep(pcode, "line", "malformed", wrong, static text => text);
            }

            AddNames(context, "X-Unknown-Fields", _decoder.Unknown.List());
            AddNames(context, "X-Unmapped-Measurements", _decoder.Unmapped.Keys);
            int dropped = _decoder.BadLines + result.Counts.Rejected;
            if (dropped == 0)
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            }

            string error = _decoder.FirstError ?? Describe(result);
            bool isPartial = result.Counts.Accepted + result.Counts.Duplicates + _decoder.Unmapped.Count > 0;
            return WriteErrorAsync(context, StatusCodes.Status400BadRequest,
                isPartial ? string.Create(CultureInfo.InvariantCulture, $"partial write: {error} dropped={dropped}") : error);
        }

        public void Dispose()
        {
            if (protocol._decoders.Count < MaxDecoders)
            {
                protocol._decoders.Add(_decoder);
            }
        }

        private string Describe(IngestResult result)
        {
            if (result.Errors is not [SampleError first, ..])
            {
                return "unable to parse some lines when they came first";
            }

            int line = _decoder.LineOf(first.Kind, first.Index);
            return string.Create(CultureInfo.InvariantCulture,
                $"unable to parse 'line {line}': {Core.Schema.SampleSchema.Of(first.Kind).Name}.{first.Field ?? "time"} {first.Reason}");
        }

        private static void AddNames(HttpContext context, string header, IEnumerable<string> names)
        {
            string list = string.Join(',', names.Select(Uri.EscapeDataString));
            if (list.Length > 0)
            {
                context.Response.Headers[header] = list;
            }
        }
    }
}
