using TimeSeries.Ingest.Decoding.Wire;

namespace TimeSeries.Ingest.Decoding;

/// <summary>
/// Decodes a batch straight from its wire bytes into columns, in one pass: JSON or MessagePack, samples as rows, table or columns.
/// A bad sample is noted and its neighbours kept; nothing in a body makes it throw. Thread safe as long as each call has its own target.
/// </summary>
internal static class BatchDecoder
{
    /// <summary>How deep arrays and maps may be nested: a batch needs five levels; what is unknown may have some more.</summary>
    public const int MaxDepth = 32;

    /// <summary>
    /// Decodes <paramref name="body"/> (inflated, whole) into a batch that was <see cref="DecodedBatch.Reset"/> before.
    /// Returns null when that went well, otherwise why the batch is refused; then the target is to be reset before it is used again.
    /// </summary>
    public static DecodeError? Decode(ReadOnlySpan<byte> body, BodyFormat format, DecodedBatch into)
    {
        if (body.IsEmpty)
        {
            return new DecodeError("The body is empty.", 0, null);
        }

        if (format == BodyFormat.MessagePack)
        {
            var messagePack = new MessagePackWireReader(body);
            return Envelope.Read(ref messagePack, into, body.Length);
        }

        var json = new JsonWireReader(body, into.Unescaped);
        return Envelope.Read(ref json, into, body.Length);
    }
}

/// <summary>Why a whole batch can't be taken: the agent should not send it again (400).</summary>
/// <param name="Detail">A sentence for the answer.</param>
/// <param name="ByteOffset">Where in the inflated body the trouble was found, when it is a place.</param>
/// <param name="Field">The envelope key, kind or <c>kind.field</c> concerned, when it is one.</param>
internal sealed record DecodeError(string Detail, long? ByteOffset, string? Field);
