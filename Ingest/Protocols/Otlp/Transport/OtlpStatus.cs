using System.Buffers;
using System.Text;
using System.Text.Json;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ingest.Protocols.Otlp.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Otlp.Transport;

/// <summary>An error as <c>google.rpc.Status</c>: the body of an error over HTTP, a trailer over gRPC. Immutable.</summary>
/// <param name="Code">The code of gRPC.</param>
/// <param name="Message">A sentence.</param>
internal sealed record OtlpStatus(GrpcCode Code, string Message)
{
    // Exporters give up after 10 s in all, and some drop at once what they are to hold longer.
    private const int QueueRetrySeconds = 2;
    private const int MostRetrySeconds = 5;

    private const string RetryInfoType = "type.googleapis.com/google.rpc.RetryInfo";
    private const string BadRequestType = "type.googleapis.com/google.rpc.BadRequest";

    /// <summary>The status of HTTP that goes with it.</summary>
    public int HttpStatus { get; init; } = StatusCodes.Status400BadRequest;

    /// <summary>Seconds after which to send again; null when that is of no use.</summary>
    public int? RetrySeconds { get; init; }

    /// <summary>Where the request is bad: a path of JSON, or empty; null when it is not that.</summary>
    public string? BadField { get; init; }

    /// <summary>What a push is refused for.</summary>
    public static OtlpStatus Of(IngestProblem problem) => problem.Status switch
    {
        StatusCodes.Status429TooManyRequests when ReferenceEquals(problem, IngestProblem.QueueFull) => new OtlpStatus(GrpcCode.Unavailable, "queue full")
        {
            HttpStatus = problem.Status,
            RetrySeconds = QueueRetrySeconds,
        },
        StatusCodes.Status429TooManyRequests => new OtlpStatus(GrpcCode.Unavailable, problem.Detail)
        {
            HttpStatus = problem.Status,
            RetrySeconds = Math.Min(problem.RetryAfterSeconds ?? MostRetrySeconds, MostRetrySeconds),
        },
        StatusCodes.Status400BadRequest => new OtlpStatus(GrpcCode.InvalidArgument, problem.Detail) { BadField = problem.Field ?? "" },
        _ => new OtlpStatus(CodeOf(problem.Status), problem.Detail) { HttpStatus = problem.Status, RetrySeconds = problem.RetryAfterSeconds },
    };

    /// <summary>What a token is refused for.</summary>
    public static OtlpStatus Of(TokenOutcome outcome) => outcome switch
    {
        TokenOutcome.Missing => Unauthenticated("a token is needed: authorization: Bearer <token>"),
        TokenOutcome.Unknown => Unauthenticated("the token is unknown"),
        TokenOutcome.NoScope => Denied("the token lacks the scope ingest"),
        _ => Denied("the token belongs to another project than x-whatap-pcode says"),
    };

    /// <summary>Writes it as protobuf.</summary>
    public void WriteProto(IBufferWriter<byte> into)
    {
        ProtoWriter.WriteNumber(into, 1, (long)Code);
        ProtoWriter.WriteBytes(into, 2, Encoding.UTF8.GetBytes(Message));
        if (RetrySeconds is { } seconds)
        {
            WriteDetail(into, RetryInfoType, Nested(1, Number(1, seconds)));
        }
        else if (BadField is { } field)
        {
            WriteDetail(into, BadRequestType, Nested(1, Texts(field, Message)));
        }
    }

    /// <summary>Writes it as JSON.</summary>
    public void WriteJson(IBufferWriter<byte> into)
    {
        using Utf8JsonWriter json = new(into);
        json.WriteStartObject();
        json.WriteNumber("code"u8, (int)Code);
        json.WriteString("message"u8, Message);
        if (RetrySeconds is { } seconds)
        {
            json.WriteStartArray("details"u8);
            json.WriteStartObject();
            json.WriteString("@type"u8, RetryInfoType);
            json.WriteString("retryDelay"u8, $"{seconds}s");
            json.WriteEndObject();
            json.WriteEndArray();
        }
        else if (BadField is { } field)
        {
            json.WriteStartArray("details"u8);
            json.WriteStartObject();
            json.WriteString("@type"u8, BadRequestType);
            json.WriteStartArray("fieldViolations"u8);
            json.WriteStartObject();
            json.WriteString("field"u8, field);
            json.WriteString("description"u8, Message);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static OtlpStatus Unauthenticated(string message) =>
        new(GrpcCode.Unauthenticated, message) { HttpStatus = StatusCodes.Status401Unauthorized };

    private static OtlpStatus Denied(string message) => new(GrpcCode.PermissionDenied, message) { HttpStatus = StatusCodes.Status403Forbidden };

    private static GrpcCode CodeOf(int status) => status switch
    {
        StatusCodes.Status408RequestTimeout or StatusCodes.Status503ServiceUnavailable => GrpcCode.Unavailable,
        StatusCodes.Status413PayloadTooLarge => GrpcCode.ResourceExhausted,
        StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed or StatusCodes.Status415UnsupportedMediaType
            or StatusCodes.Status501NotImplemented => GrpcCode.Unimplemented,
        _ => GrpcCode.Internal,
    };

    private static void WriteDetail(IBufferWriter<byte> into, string type, byte[] value)
    {
        ArrayBufferWriter<byte> any = new(128);
        ProtoWriter.WriteBytes(any, 1, Encoding.ASCII.GetBytes(type));
        ProtoWriter.WriteBytes(any, 2, value);
        ProtoWriter.WriteBytes(into, 3, any.WrittenSpan);
    }

    private static byte[] Nested(int field, byte[] value)
    {
        ArrayBufferWriter<byte> message = new(64);
        ProtoWriter.WriteBytes(message, field, value);
        return message.WrittenSpan.ToArray();
    }

    private static byte[] Number(int field, long value)
    {
        ArrayBufferWriter<byte> message = new(16);
        ProtoWriter.WriteNumber(message, field, value);
        return message.WrittenSpan.ToArray();
    }

    private static byte[] Texts(string first, string second)
    {
        ArrayBufferWriter<byte> message = new(64);
        ProtoWriter.WriteBytes(message, 1, Encoding.UTF8.GetBytes(first));
        ProtoWriter.WriteBytes(message, 2, Encoding.UTF8.GetBytes(second));
        return message.WrittenSpan.ToArray();
    }
}

/// <summary>The codes of gRPC that are responded with.</summary>
internal enum GrpcCode : byte
{
    Ok = 0,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}
