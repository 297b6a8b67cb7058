using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Writing;

/// <summary>
/// Appends parts with their checksums to a new file. The disk begins to write each part at once, since one flush of the whole file at the end would delay
/// the log's flushes.
/// </summary>
internal sealed class BlockFileWriter(IFile file, ByteWriter buffer, CooperativeYield throttle)
{
    private const int PartBytes = 64 << 10;

    private long _written;

    /// <summary>Where the next byte goes.</summary>
    public long Position => _written + buffer.Count;

    /// <summary>Bytes to be appended as they are.</summary>
    public ByteWriter Raw => buffer;

    /// <summary>Appends a part and its checksum.</summary>
    public Extent Append(ReadOnlySpan<byte> payload)
    {
        long offset = Position;
        buffer.Bytes(payload);
        buffer.UInt32(Crc32C.Of(payload));
        if (buffer.Count >= PartBytes)
        {
            Drain();
        }

        return new Extent(offset, payload.Length + BlockFormat.ChecksumBytes);
    }

    /// <summary>Hands everything to the file, so that it can be read.</summary>
    public void Drain()
    {
        for (ReadOnlySpan<byte> left = buffer.Written; !left.IsEmpty;)
        {
            ReadOnlySpan<byte> part = left[..Math.Min(left.Length, PartBytes)];
            file.Write(part, _written);
            file.BeginFlush(_written, part.Length);
            _written += part.Length;
            left = left[part.Length..];
            throttle.Step();
        }

        buffer.Clear();
    }
}
