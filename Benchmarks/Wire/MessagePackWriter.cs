using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TimeSeries.Benchmarks.Wire;

/// <summary>
/// Writes MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md), each value in its shortest form except times, which keep
/// eight bytes, and decimals, which are float 64 as encoders of typed languages write them. Not thread safe.
/// </summary>
internal sealed class MessagePackWriter : IWireWriter
{
    private readonly ByteBuffer _buffer = new();

    public string ContentType => "application/msgpack";

    public TimeLayout TimeLayout => TimeLayout.BigEndian;

    public ReadOnlySpan<byte> Written => _buffer.Written;

    public void Clear() => _buffer.Clear();

    public void BeginMap(int count) => Header(count, small: 0x80, smallest: 16, wide8: 0, wide16: 0xde, wide32: 0xdf);

    public void EndMap()
    {
        // A map's length stands before it.
    }

    public void BeginArray(int count) => Header(count, small: 0x90, smallest: 16, wide8: 0, wide16: 0xdc, wide32: 0xdd);

    public void EndArray()
    {
        // An array's length stands before it.
    }

    public void Key(ReadOnlySpan<byte> name) => Text(name);

    public void Null() => _buffer.Add(0xc0);

    public void Boolean(bool value) => _buffer.Add(value ? (byte)0xc3 : (byte)0xc2);

    public void Integer(long value)
    {
        switch (value)
        {
            case >= -32 and <= 127:
                _buffer.Add((byte)value);
                break;
            case >= 0 and <= byte.MaxValue:
                Tagged(0xcc, 1)[0] = (byte)value;
                break;
            case >= 0 and <= ushort.MaxValue:
                BinaryPrimitives.WriteUInt16BigEndian(Tagged(0xcd, 2), (ushort)value);
                break;
            case >= 0 and <= uint.MaxValue:
                BinaryPrimitives.WriteUInt32BigEndian(Tagged(0xce, 4), (uint)value);
                break;
            case >= 0:
                BinaryPrimitives.WriteInt64BigEndian(Tagged(0xcf, 8), value);
                break;
            case >= sbyte.MinValue:
                Tagged(0xd0, 1)[0] = (byte)value;
                break;
            case >= short.MinValue:
                BinaryPrimitives.WriteInt16BigEndian(Tagged(0xd1, 2), (short)value);
                break;
            case >= int.MinValue:
                BinaryPrimitives.WriteInt32BigEndian(Tagged(0xd2, 4), (int)value);
                break;
            default:
                BinaryPrimitives.WriteInt64BigEndian(Tagged(0xd3, 8), value);
                break;
        }
    }

    public void Decimal(double value) => BinaryPrimitives.WriteDoubleBigEndian(Tagged(0xcb, 8), value);

    public int Time(long milliseconds)
    {
        BinaryPrimitives.WriteInt64BigEndian(Tagged(0xcf, 8), milliseconds);
        return _buffer.Count - 8;
    }

    public int Text(ReadOnlySpan<byte> utf8)
    {
        Header(utf8.Length, small: 0xa0, smallest: 32, wide8: 0xd9, wide16: 0xda, wide32: 0xdb);
        _buffer.Add(utf8);
        return _buffer.Count - utf8.Length;
    }

    public void Map(ReadOnlySpan<byte> json)
    {
        BeginMap(CountEntries(json));
        Utf8JsonReader reader = new(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
            {
                byte[] text = new byte[reader.ValueSpan.Length];
                Text(text.AsSpan(0, reader.CopyString(text)));
            }
        }
    }

    /// <summary>Writes a packed column of 32-bit integers.</summary>
    public void Packed(ReadOnlySpan<int> values) => Packed("i32"u8, MemoryMarshal.AsBytes(values));

    /// <summary>Writes a packed column of 64-bit integers; returns the offset of the first.</summary>
    public int Packed(ReadOnlySpan<long> values) => Packed("i64"u8, MemoryMarshal.AsBytes(values));

    /// <summary>Writes a packed column of float 64.</summary>
    public void Packed(ReadOnlySpan<double> values) => Packed("f64"u8, MemoryMarshal.AsBytes(values));

    // Values go out as they lie in memory: little-endian, as is every machine that .NET runs this on.
    private int Packed(ReadOnlySpan<byte> type, ReadOnlySpan<byte> values)
    {
        BeginMap(1);
        Text(type);
        Header(values.Length, small: 0, smallest: 0, wide8: 0xc4, wide16: 0xc5, wide32: 0xc6);
        _buffer.Add(values);
        return _buffer.Count - values.Length;
    }

    private static int CountEntries(ReadOnlySpan<byte> json)
    {
        int entries = 0;
        Utf8JsonReader reader = new(json);
        while (reader.Read())
        {
            entries += reader.TokenType == JsonTokenType.PropertyName ? 1 : 0;
        }

        return entries;
    }

    private void Header(int count, byte small, int smallest, byte wide8, byte wide16, byte wide32)
    {
        if (count < smallest)
        {
            _buffer.Add((byte)(small | count));
        }
        else if (count <= byte.MaxValue && wide8 != 0)
        {
            Tagged(wide8, 1)[0] = (byte)count;
        }
        else if (count <= ushort.MaxValue)
        {
            BinaryPrimitives.WriteUInt16BigEndian(Tagged(wide16, 2), (ushort)count);
        }
        else
        {
            BinaryPrimitives.WriteInt32BigEndian(Tagged(wide32, 4), count);
        }
    }

    private Span<byte> Tagged(byte tag, int valueBytes)
    {
        Span<byte> added = _buffer.Extend(1 + valueBytes);
        added[0] = tag;
        return added[1..];
    }
}
