using System.Buffers.Binary;
using System.Text;

namespace TimeSeries.Tests.Fixtures;

/// <summary>Writes MessagePack (msgpack/spec), each value in its shortest form.</summary>
public sealed class MessagePackBytes
{
    private readonly MemoryStream _stream = new();

    public byte[] ToArray() => _stream.ToArray();

    public MessagePackBytes Nil() => Byte(0xc0);

    public MessagePackBytes Bool(bool value) => Byte(value ? (byte)0xc3 : (byte)0xc2);

    public MessagePackBytes Int(long value) => value switch
    {
        >= 0 and < 128 => Byte((byte)value),
        >= -32 and < 0 => Byte((byte)value),
        >= 0 and <= byte.MaxValue => Big(0xcc, value, 1),
        >= 0 and <= ushort.MaxValue => Big(0xcd, value, 2),
        >= 0 and <= uint.MaxValue => Big(0xce, value, 4),
        >= 0 => Big(0xcf, value, 8),
        >= sbyte.MinValue => Big(0xd0, value, 1),
        >= short.MinValue => Big(0xd1, value, 2),
        >= int.MinValue => Big(0xd2, value, 4),
        _ => Big(0xd3, value, 8),
    };

    public MessagePackBytes Double(double value) => Big(0xcb, BitConverter.DoubleToInt64Bits(value), 8);

    public MessagePackBytes Single(float value) => Big(0xca, BitConverter.SingleToInt32Bits(value), 4);

    public MessagePackBytes Text(string value) => Text(Encoding.UTF8.GetBytes(value));

    public MessagePackBytes Text(byte[] utf8)
    {
        _ = utf8.Length switch
        {
            < 32 => Byte((byte)(0xa0 | utf8.Length)),
            <= byte.MaxValue => Big(0xd9, utf8.Length, 1),
            <= ushort.MaxValue => Big(0xda, utf8.Length, 2),
            _ => Big(0xdb, utf8.Length, 4),
        };
        return Raw(utf8);
    }

    public MessagePackBytes Binary(byte[] value)
    {
        _ = value.Length switch
        {
            <= byte.MaxValue => Big(0xc4, value.Length, 1),
            <= ushort.MaxValue => Big(0xc5, value.Length, 2),
            _ => Big(0xc6, value.Length, 4),
        };
        return Raw(value);
    }

    public MessagePackBytes Array(int count) => count switch
    {
        < 16 => Byte((byte)(0x90 | count)),
        <= ushort.MaxValue => Big(0xdc, count, 2),
        _ => Big(0xdd, count, 4),
    };

    public MessagePackBytes Map(int count) => count switch
    {
        < 16 => Byte((byte)(0x80 | count)),
        <= ushort.MaxValue => Big(0xde, count, 2),
        _ => Big(0xdf, count, 4),
    };

    /// <summary>A value of a sample.</summary>
    public MessagePackBytes Value(object? value)
    {
        switch (value)
        {
            case null:
                return Nil();
            case long number:
                return Int(number);
            case double number:
                return Double(number);
            case bool flag:
                return Bool(flag);
            case string text:
                return Text(text);
            case Dictionary<string, string> map:
                Map(map.Count);
                foreach ((string key, string text) in map)
                {
                    Text(key).Text(text);
                }

                return this;
            default:
                throw new ArgumentException($"A {value.GetType().Name} is no value of a sample.");
        }
    }

    public MessagePackBytes Raw(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        return this;
    }

    public MessagePackBytes Byte(byte value)
    {
        _stream.WriteByte(value);
        return this;
    }

    // A type byte, then the lowest bytes of the number, the highest of them first.
    private MessagePackBytes Big(byte type, long value, int bytes)
    {
        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(all, value);
        return Byte(type).Raw(all[(8 - bytes)..]);
    }
}
