using TimeSeries.Core.Building;
using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary>
/// Decodes a batch straight from its wire bytes into columns, in one pass: JSON or MessagePack, samples as rows, table or columns.
/// A bad sample is noted and its neighbours kept; nothing in a body makes it throw. Thread safe as long as each call has its own request and builder.
/// </summary>
internal static class BatchDecoder
{
    /// <summary>How deep arrays and maps may be nested: a batch needs five levels; what is unknown may have some more.</summary>
    public const int MaxDepth = 32;

    // RFC 1952 §2.3.1. Neither JSON nor a map of MessagePack begins so.
    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];

    // What some editors and libraries put before UTF-8. RFC 8259 §8.1 lets a reader pass over it.
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>
    /// Decodes <paramref name="body"/> (inflated, whole) into a builder that was <see cref="SampleBatchBuilder.Reset"/> before.
    /// Returns null when that went well, otherwise why the batch is refused; then the builder is to be reset before it is used again.
    /// </summary>
    public static DecodeError? Decode(ReadOnlySpan<byte> body, BodyFormat format, NativeRequest request, SampleBatchBuilder into)
    {
        request.Begin(into);
        if (body.IsEmpty)
        {
            return new DecodeError("The body is empty.", 0, null);
        }

        if (body.StartsWith(GzipMagic))
        {
            return new DecodeError("The body is compressed with gzip, but has no header Content-Encoding: gzip that says so.", 0, null);
        }

        if (format == BodyFormat.MessagePack)
        {
            var messagePack = new MessagePackWireReader(body);
            return Envelope.Read(ref messagePack, request, body.Length);
        }

        int start = body.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        var json = new JsonWireReader(body[start..], request.Unescaped);
        DecodeError? error = Envelope.Read(ref json, request, body.Length);
        return error is null ? null : error with { ByteOffset = error.ByteOffset + start };
    }
}
