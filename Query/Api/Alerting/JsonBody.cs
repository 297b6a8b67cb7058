using System.Text.Encodings.Web;
using System.Text.Json;

namespace TimeSeries.Query.Api.Alerting;

/// <summary>Reads a small JSON body.</summary>
internal static class JsonBody
{
    private const int MaxBytes = 256 << 10;

    /// <summary>Reads the body of a request; an empty one is undefined.</summary>
    /// <exception cref="BadHttpRequestException">It is no JSON or too large; the message says where.</exception>
    public static async Task<JsonElement> ReadAsync(HttpRequest request)
    {
        using MemoryStream bytes = new();
        byte[] buffer = new byte[16 << 10];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MaxBytes)
            {
                throw new BadHttpRequestException($"A body may have at most {MaxBytes} bytes.", StatusCodes.Status413PayloadTooLarge);
            }
        }

        if (bytes.Length == 0)
        {
            return default;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
            return document.RootElement.Clone();
        }
        catch (JsonException wrong)
        {
            throw new BadHttpRequestException(
                $"The body is no JSON: line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}.", StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>Writes a JSON object as the whole response.</summary>
    public static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(json);
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), context.RequestAborted);
    }
}
