using System.Buffers;
using System.IO.Compression;
using TimeSeries.Core.Memory;

namespace TimeSeries.Ingest.Receive;

/// <summary>Inflates a body into a pooled buffer. Stops as soon as limit or budget is passed, so that a bomb costs no more than the limit.</summary>
internal static class BodyInflater
{
    private const int StepBytes = 64 << 10;

    // RFC 1950 §2.2: the low half of the first byte is 8, and the first two bytes are a multiple of 31.
    private const int ZlibMethod = 8;
    private const int ZlibCheck = 31;

    /// <summary>Inflates a body; the result is a part of <paramref name="into"/>.</summary>
    public static IngestProblem? Inflate(
        ReadOnlyMemory<byte> body, BodyEncoding encoding, PooledBuffer into, BodyLimits limits, MemoryReservation share, out ReadOnlyMemory<byte> inflated)
    {
        if (body.IsEmpty)
        {
            inflated = default;
            return Damaged(encoding.ToString().ToLowerInvariant(), "ends too early", 0);
        }

        IngestProblem? refusal = encoding == BodyEncoding.Brotli
            ? InflateBrotli(body.Span, into, limits, share)
            : InflateStream(body, encoding, into, limits, share);
        inflated = refusal is null && encoding == BodyEncoding.Gzip ? into.Written[..^GzipEnd.MarkBytes] : into.Written;
        return refusal;
    }

    private static IngestProblem? InflateBrotli(ReadOnlySpan<byte> body, PooledBuffer into, BodyLimits limits, MemoryReservation share)
    {
        using BrotliDecoder decoder = new();
        int read = 0;
        while (true)
        {
            Span<byte> step = into.GetSpan(StepBytes)[..StepBytes];
            OperationStatus status = decoder.Decompress(body[read..], step, out int consumed, out int written);
            read += consumed;
            into.Advance(written);
            if (status == OperationStatus.InvalidData)
            {
                return Damaged("br", "is damaged", read);
            }

            if (Check(into.Length, written, limits, share) is { } refusal)
            {
                return refusal;
            }

            if (status == OperationStatus.NeedMoreData)
            {
                return Damaged("br", "ends too early", body.Length);
            }

            if (status == OperationStatus.Done)
            {
                return read == body.Length ? null : Damaged("br", "is followed by something else", read);
            }
        }
    }

    private static IngestProblem? InflateStream(ReadOnlyMemory<byte> body, BodyEncoding encoding, PooledBuffer into, BodyLimits limits, MemoryReservation share)
    {
        string name = encoding.ToString().ToLowerInvariant();
        bool isGzip = encoding == BodyEncoding.Gzip;
        using BodyStream source = new(body, isGzip ? GzipEnd.Member : default);
        using Stream stream = Open(source, encoding, body.Span);
        try
        {
            while (true)
            {
                int written = stream.Read(into.GetSpan(StepBytes)[..StepBytes]);
                if (written == 0)
                {
                    bool isWhole = isGzip ? into.Written.Span.EndsWith(GzipEnd.Mark) : !source.EndWasRead;
                    return !isWhole ? Damaged(name, "ends too early", body.Length)
                        : source.Position < body.Length ? Damaged(name, "is followed by something else", source.Position)
                        : null;
                }

                into.Advance(written);
                if (Check(into.Length - (isGzip ? GzipEnd.MarkBytes : 0), written, limits, share) is { } refusal)
                {
                    return refusal;
                }
            }
        }
        catch (InvalidDataException)
        {
            // The decoder reads ahead, so damage in the middle is before this place; a cut body has it at its end.
            return Damaged(name, "is damaged or ends too early", Math.Min(source.Position, body.Length));
        }
    }

    private static Stream Open(BodyStream source, BodyEncoding encoding, ReadOnlySpan<byte> body)
    {
        if (encoding == BodyEncoding.Gzip)
        {
            return new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
        }

        bool isZlib = body.Length >= 2 && (body[0] & 0x0F) == ZlibMethod && ((body[0] << 8) | body[1]) % ZlibCheck == 0;
        return isZlib
            ? new ZLibStream(source, CompressionMode.Decompress, leaveOpen: true)
            : new DeflateStream(source, CompressionMode.Decompress, leaveOpen: true);
    }

    private static IngestProblem? Check(long length, int written, BodyLimits limits, MemoryReservation share)
    {
        if (length > limits.InflatedBytes)
        {
            return limits.InflatedTooLarge;
        }

        return share.TryTake(written) ? null : IngestProblem.QueueFull;
    }

    private static IngestProblem Damaged(string encoding, string what, long offset) =>
        new(StatusCodes.Status400BadRequest, $"The {encoding} body {what} at byte {offset}.") { ByteOffset = offset };
}

/// <summary>
/// A gzip member that is put behind a body. <see cref="GZipStream"/> does not tell a cut body from a whole one; but only when all members
/// before it are whole, checksums included, is this one found, and the output ends with its content.
/// </summary>
internal static class GzipEnd
{
    public const int MarkBytes = 16;

    private static readonly byte[] _member = Compress(Mark);

    public static ReadOnlySpan<byte> Mark => "whole gzip body."u8;

    public static ReadOnlyMemory<byte> Member => _member;

    private static byte[] Compress(ReadOnlySpan<byte> content)
    {
        using MemoryStream output = new();
        using (GZipStream gzip = new(output, CompressionLevel.NoCompression))
        {
            gzip.Write(content);
        }

        return output.ToArray();
    }
}
