using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace TimeSeries.Core.Codecs;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Throws <see cref="InvalidDataException"/> when the bytes end too soon.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    /// <summary>Throws unless what was read makes sense.</summary>
    public static void Require([DoesNotReturnIf(false)] bool makesSense)
    {
        if (!makesSense)
        {
            throw new InvalidDataException("a value is impossible");
        }
    }

    public byte Byte() => Take(1)[0];

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a number is too long");
    }

    public long Signed()
    {
        ulong value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A count of things that take at least a byte each behind it, so that a lying count can't ask for memory.</summary>
    public int Count()
    {
        ulong count = Varint();
        return count <= (ulong)Remaining ? (int)count : throw new InvalidDataException("a count is greater than what follows");
    }

    /// <summary>A number that fits a non-negative 32-bit integer.</summary>
    public int Size()
    {
        ulong size = Varint();
        return size <= int.MaxValue ? (int)size : throw new InvalidDataException("a size is too great");
    }

    /// <summary>A number below a limit.</summary>
    public int Below(int limit)
    {
        ulong value = Varint();
        Require(value < (ulong)limit);
        return (int)value;
    }

    public ReadOnlySpan<byte> Text() => Take(Count());

    public ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > Remaining)
        {
            throw new InvalidDataException("the bytes end too soon");
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }
}
