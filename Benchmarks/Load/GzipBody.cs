using System.IO.Compression;

namespace TimeSeries.Benchmarks.Load;

/// <summary>Compresses bodies into one buffer that is used again, with room before it for the request's head. Not thread safe.</summary>
internal sealed class GzipBody(int headRoom, int bodyBytes)
{
    // Deflate never grows its input by more than five bytes each 16 kB; the gzip frame is 18 bytes.
    private readonly byte[] _bytes = new byte[headRoom + bodyBytes + bodyBytes / 1_000 + 64];

    public byte[] Bytes => _bytes;

    /// <summary>Compresses; returns the length.</summary>
    public int Compress(ReadOnlySpan<byte> body)
    {
        using MemoryStream target = new(_bytes, headRoom, _bytes.Length - headRoom);
        using (GZipStream gzip = new(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body);
        }

        return (int)target.Position;
    }
}
