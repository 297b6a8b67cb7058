using System.IO.Compression;

namespace TimeSeries.Ingest.Receive;

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
