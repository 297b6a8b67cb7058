using System.Buffers.Binary;

namespace TimeSeries.Core.Codecs;

/// <summary>Takes values from bytes that may be damaged: every take says whether there were enough.</summary>
internal ref struct ByteSource(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Length => _rest.Length;

    public bool TryByte(out byte value)
    {
        bool taken = TryBytes(sizeof(byte), out ReadOnlySpan<byte> bytes);
        value = taken ? bytes[0] : default;
        return taken;
    }

    public bool TryUInt32(out uint value)
    {
        bool taken = TryBytes(sizeof(uint), out ReadOnlySpan<byte> bytes);
        value = taken ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : default;
        return taken;
    }

    public bool TryInt64(out long value)
    {
        bool taken = TryBytes(sizeof(long), out ReadOnlySpan<byte> bytes);
        value = taken ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : default;
        return taken;
    }

    public bool TryBytes(long count, out ReadOnlySpan<byte> bytes)
    {
        if (count < 0 || count > _rest.Length)
        {
            bytes = default;
            return false;
        }

        bytes = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return true;
    }
}
