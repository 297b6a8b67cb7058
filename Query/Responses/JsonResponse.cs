using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using TimeSeries.Query.Numbers;

namespace TimeSeries.Query.Responses;

/// <summary>
/// A JSON response that is written straight to the connection, some kilobytes at a time. Once begun, a failure cuts the connection
/// instead of leaving half a response that looks whole. Owned by one request.
/// </summary>
internal sealed class JsonResponse : IAsyncDisposable
{
    // Flushing more often costs a chunk header and a system call each; less often, memory.
    internal const int FlushBytes = 32 * 1024;

    // Texts come back as they were pushed. The response is never HTML: its content type says so and sniffing is switched off.
    internal static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly PipeWriter _body;
    private readonly CancellationToken _aborted;

    private JsonResponse(HttpContext context)
    {
        _body = context.Response.BodyWriter;
        _aborted = context.RequestAborted;
        Json = new Utf8JsonWriter((IBufferWriter<byte>)_body, Options);
    }

    public Utf8JsonWriter Json { get; }

    /// <summary>Sends the head of a 200 and returns the writer of its body.</summary>
    public static async ValueTask<JsonResponse> StartAsync(HttpContext context)
    {
        SetHead(context, StatusCodes.Status200OK, "application/json; charset=utf-8");
        await context.Response.StartAsync(context.RequestAborted);
        return new JsonResponse(context);
    }

    /// <summary>Writes a small JSON body of any status as the whole response.</summary>
    public static async Task WriteWholeAsync(HttpContext context, int status, string contentType, Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            write(json);
        }

        SetHead(context, status, contentType);
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    /// <summary>Sends what was written when it is enough to be worth it.</summary>
    public ValueTask FlushWhenFullAsync() => _body.UnflushedBytes < FlushBytes ? ValueTask.CompletedTask : FlushAsync();

    public async ValueTask DisposeAsync()
    {
        await FlushAsync();
        await Json.DisposeAsync();
    }

    private async ValueTask FlushAsync()
    {
        Json.Flush();
        await _body.FlushAsync(_aborted);
    }

    /// <summary>Sets status and headers of a response that holds what is stored.</summary>
    internal static void SetHead(HttpContext context, int status, string contentType)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.Headers.XContentTypeOptions = "nosniff";
        // The token travels in a header that caches do not know as one.
        response.Headers.CacheControl = "no-store";
    }
}

/// <summary>Numbers that are wider than JSON writers know.</summary>
internal static class JsonNumbers
{
    // The longest Int128 with its sign.
    private const int MaxDigits = 40;

    /// <summary>Writes a property with an integer of any size, never in exponent form.</summary>
    public static void WriteInteger(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Int128 value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            json.WriteNumber(name, (long)value);
            return;
        }

        Span<byte> digits = stackalloc byte[MaxDigits];
        value.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        json.WritePropertyName(name);
        json.WriteRawValue(digits[..length], skipInputValidation: true);
    }

    /// <summary>Writes a property with the standard deviation of durations in µs, as a string of milliseconds with two decimals.</summary>
    public static void WriteDeviation(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long count, Int128 sum, UInt128 sumOfSquares)
    {
        Span<byte> digits = stackalloc byte[DecimalText.MaxLength];
        json.WriteString(name, digits[..ExactMath.WriteStandardDeviation(count, sum, sumOfSquares, digits)]);
    }
}
