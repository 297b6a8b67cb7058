using System.Buffers.Binary;

namespace TimeSeries.Core.Codecs;

/// <summary>Bytes being put together in memory: fixed integers little-endian, others as LEB128. Reused; not thread safe.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[1024];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Count);

    public void Clear() => Count = 0;

    /// <summary>The next bytes, for the caller to fill; what they hold before is undefined.</summary>
    public Span<byte> Take(int bytes)
    {
        if (Count + bytes > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(Count + (long)bytes, _bytes.Length * 2L)));
        }

        Span<byte> taken = _bytes.AsSpan(Count, bytes);
        Count += bytes;
        return taken;
    }

    /// <summary>Drops what was written after a position.</summary>
    public void Truncate(int count) => Count = count;

    /// <summary>Sets a byte that was taken before.</summary>
    public void Patch(int at, byte value) => _bytes[at] = value;

    public void Byte(byte value) => Take(1)[0] = value;

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);

    public void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    /// <summary>A number that may be negative, small either way.</summary>
    public void Signed(long value) => Varint((ulong)(value << 1) ^ (ulong)(value >> 63));

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void Text(ReadOnlySpan<byte> text)
    {
        Varint((ulong)text.Length);
        Bytes(text);
    }
}
