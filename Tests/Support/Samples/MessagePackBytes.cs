using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using MessagePack;

namespace TimeSeries.Tests.Support.Samples;

/// <summary>Writes MessagePack value by value with the package's writer, each in its shortest form, and bytes that no writer writes.</summary>
internal sealed class MessagePackBytes
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    private delegate void Step(ref MessagePackWriter writer);

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public MessagePackBytes Nil() => Write(static (ref writer) => writer.WriteNil());

    public MessagePackBytes Bool(bool value) => Write((ref writer) => writer.Write(value));

    public MessagePackBytes Int(long value) => Write((ref writer) => writer.Write(value));

    public MessagePackBytes Double(double value) => Write((ref writer) => writer.Write(value));

    public MessagePackBytes Single(float value) => Write((ref writer) => writer.Write(value));

    public MessagePackBytes Array(int count) => Write((ref writer) => writer.WriteArrayHeader(count));

    public MessagePackBytes Map(int count) => Write((ref writer) => writer.WriteMapHeader(count));

    public MessagePackBytes Text(string value) => Text(Encoding.UTF8.GetBytes(value));

    public MessagePackBytes Text(ReadOnlySpan<byte> utf8)
    {
        MessagePackWriter writer = new(_buffer);
        writer.WriteString(utf8);
        writer.Flush();
        return this;
    }

    public MessagePackBytes Binary(ReadOnlySpan<byte> value)
    {
        MessagePackWriter writer = new(_buffer);
        writer.Write(value);
        writer.Flush();
        return this;
    }

    /// <summary>A map with one key that packs numbers, little-endian.</summary>
    public MessagePackBytes Packed(string width, IReadOnlyList<long> values)
    {
        if (width == "f64")
        {
            return Packed([.. values.Select(value => (double)value)]);
        }

        int size = width == "i32" ? sizeof(int) : sizeof(long);
        byte[] bytes = new byte[values.Count * size + sizeof(long)];
        for (int i = 0; i < values.Count; i++)
        {
            // Of a narrow number the next one overwrites the upper half.
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * size), values[i]);
        }

        return Map(1).Text(width).Binary(bytes.AsSpan(0, values.Count * size));
    }

    /// <summary>The same of fractions.</summary>
    public MessagePackBytes Packed(double[] values)
    {
        byte[] bytes = new byte[values.Length * sizeof(double)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)), values[i]);
        }

        return Map(1).Text("f64").Binary(bytes);
    }

    /// <summary>A value of a sample, or one that was read.</summary>
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
            case Dictionary<string, object?> map:
                Map(map.Count);
                foreach ((string key, object? inner) in map)
                {
                    Text(key).Value(inner);
                }

                return this;
            case List<object?> list:
                Array(list.Count);
                foreach (object? inner in list)
                {
                    Value(inner);
                }

                return this;
            default:
                throw new ArgumentException($"A {value.GetType().Name} is no value of a sample.");
        }
    }

    public MessagePackBytes Raw(params ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    private MessagePackBytes Write(Step step)
    {
        MessagePackWriter writer = new(_buffer);
        step(ref writer);
        writer.Flush();
        return this;
    }
}
