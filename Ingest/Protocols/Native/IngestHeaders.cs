using Microsoft.Net.Http.Headers;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary>What the head of a push says of its body and of the response wanted.</summary>
/// <param name="Format">How the body is written.</param>
/// <param name="Encoding">How it is compressed.</param>
/// <param name="ResponseFormat">How the response is to be written.</param>
/// <param name="WaitsForStore">Whether the response is to wait until the samples are in the store.</param>
internal readonly record struct IngestHeaders(BodyFormat Format, BodyEncoding Encoding, BodyFormat ResponseFormat, bool WaitsForStore)
{
    /// <summary>Reads the head; null when it is in order.</summary>
    public static IngestProblem? Read(HttpRequest request, out IngestHeaders head)
    {
        head = default;
        if (FormatOf(request.ContentType) is not { } format)
        {
            return new IngestProblem(
                StatusCodes.Status415UnsupportedMediaType, "Content-Type must be application/json (UTF-8) or application/msgpack.");
        }

        if (BodyEncodings.Find(request.Headers.ContentEncoding) is not { } encoding)
        {
            return new IngestProblem(StatusCodes.Status415UnsupportedMediaType, "Content-Encoding must be gzip, br or deflate, one of them, or absent.");
        }

        if (!(request.Query["wait"] is [] or [null or "" or "durable" or "stored", ..]))
        {
            return new IngestProblem(StatusCodes.Status400BadRequest, "wait must be durable or stored.") { Field = "wait" };
        }

        BodyFormat answerFormat = MessagePackMedia.IsPreferred(request) ? BodyFormat.MessagePack : BodyFormat.Json;
        head = new IngestHeaders(format, encoding, answerFormat, request.Query["wait"] is ["stored", ..]);
        return null;
    }

    private static BodyFormat? FormatOf(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type))
        {
            return null;
        }

        bool isUtf8 = !type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);
        return MessagePackMedia.Is(type) ? BodyFormat.MessagePack : MessagePackMedia.IsJson(type) && isUtf8 ? BodyFormat.Json : null;
    }
}
