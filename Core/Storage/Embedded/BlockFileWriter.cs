using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>
/// Appends parts with their checksums to a new file, in large writes. Each is flushed before the next: a flush of the whole file would keep the disk from the log's for as long as all of it takes.
/// </summary>
internal sealed class BlockFileWriter(IFile file, ByteWriter buffer)
{
    private const int BufferBytes = 1 << 18;

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
        if (buffer.Count >= BufferBytes)
        {
            Drain();
            file.Flush();
        }

        return new Extent(offset, payload.Length + BlockFormat.ChecksumBytes);
    }

    /// <summary>Hands everything to the file, so that it can be read.</summary>
    public void Drain()
    {
        file.Write(buffer.Written, _written);
        _written += buffer.Count;
        buffer.Clear();
    }
}
