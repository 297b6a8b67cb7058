using System.Buffers.Binary;
using System.Text;

namespace TimeSeries.Tests.Benchmarks;

/// <summary>Reads MessagePack into plain objects, written from the format's specification alone: maps as dictionaries, arrays as lists, whole numbers as long.</summary>
internal sealed class MessagePackReading
{
    private readonly byte[] _bytes;
    private int _at;

    private MessagePackReading(byte[] bytes) => _bytes = bytes;

    /// <summary>The one value that the bytes hold.</summary>
    public static object? Read(ReadOnlySpan<byte> bytes)
    {
        MessagePackReading reading = new(bytes.ToArray());
        object? value = reading.Next();
        return reading._at == bytes.Length ? value : throw new FormatException($"{bytes.Length - reading._at} bytes follow the value.");
    }

    private object? Next()
    {
        byte tag = Take(1)[0];
        return tag switch
        {
            <= 0x7f => (long)tag,
            <= 0x8f => Map(tag & 15),
            <= 0x9f => List(tag & 15),
            <= 0xbf => Text(tag & 31),
            0xc0 => null,
            0xc2 => false,
            0xc3 => true,
            0xc4 => Take(Take(1)[0]).ToArray(),
            0xc5 => Take(BinaryPrimitives.ReadUInt16BigEndian(Take(2))).ToArray(),
            0xc6 => Take(BinaryPrimitives.ReadInt32BigEndian(Take(4))).ToArray(),
            0xcb => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
            0xcc => (long)Take(1)[0],
            0xcd => (long)BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
            0xce => (long)BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
            0xcf => checked((long)BinaryPrimitives.ReadUInt64BigEndian(Take(8))),
            0xd0 => (long)(sbyte)Take(1)[0],
            0xd1 => (long)BinaryPrimitives.ReadInt16BigEndian(Take(2)),
            0xd2 => (long)BinaryPrimitives.ReadInt32BigEndian(Take(4)),
            0xd3 => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
            0xd9 => Text(Take(1)[0]),
            0xda => Text(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
            0xdb => Text(BinaryPrimitives.ReadInt32BigEndian(Take(4))),
            0xdc => List(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
            0xdd => List(BinaryPrimitives.ReadInt32BigEndian(Take(4))),
            0xde => Map(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
            0xdf => Map(BinaryPrimitives.ReadInt32BigEndian(Take(4))),
            >= 0xe0 => (long)(sbyte)tag,
            _ => throw new FormatException($"The tag {tag:x2} at {_at - 1} is not expected."),
        };
    }

    private Dictionary<string, object?> Map(int count)
    {
        Dictionary<string, object?> map = [];
        for (int i = 0; i < count; i++)
        {
            map.Add((string)Next()!, Next());
        }

        return map;
    }

    private List<object?> List(int count)
    {
        List<object?> list = [];
        for (int i = 0; i < count; i++)
        {
            list.Add(Next());
        }

        return list;
    }

    private string Text(int bytes) => Encoding.UTF8.GetString(Take(bytes));

    private ReadOnlySpan<byte> Take(int count)
    {
        _at += count;
        return _bytes.AsSpan(_at - count, count);
    }
}
