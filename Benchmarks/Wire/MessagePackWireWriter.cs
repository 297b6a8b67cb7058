using System.Runtime.InteropServices;
using System.Text;
using MessagePack;
using TimeSeries.Benchmarks.Wire.Fresh;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Wire;

/// <summary>
/// Writes MessagePack through the package's <c>MessagePackWriter</c>: each value in its shortest form except times, which keep
/// eight bytes, and decimals, which are float 64 as encoders of typed languages write them. Not thread safe.
/// </summary>
internal sealed class MessagePackWireWriter : IWireWriter
{
    private readonly ByteBuffer _buffer = new();

    public string ContentType => "application/msgpack";

    public TimeLayout TimeLayout => TimeLayout.BigEndian;

    public ReadOnlySpan<byte> Written => _buffer.Written;

    public void Clear() => _buffer.Clear();

    public void BeginMap(int count)
    {
        MessagePackWriter writer = new(_buffer);
        writer.WriteMapHeader(count);
        writer.Flush();
    }

    public void EndMap()
    {
        // A map's length stands before it.
    }

    public void BeginArray(int count)
    {
        MessagePackWriter writer = new(_buffer);
        writer.WriteArrayHeader(count);
        writer.Flush();
    }

    public void EndArray()
    {
        // An array's length stands before it.
    }

    public void Key(ReadOnlySpan<byte> name) => Text(name);

    public void Null()
    {
        MessagePackWriter writer = new(_buffer);
        writer.WriteNil();
        writer.Flush();
    }

    /// <summary>The one byte of a boolean.</summary>
    public static byte CodeOf(bool value) => value ? MessagePackCode.True : MessagePackCode.False;

    public ValueLayout? LayoutOf(Field field) => field.Type switch
    {
        FieldType.Integer => ValueLayout.MessagePackInteger,
        FieldType.Duration or FieldType.Number => ValueLayout.MessagePackDecimal,
        FieldType.Boolean => ValueLayout.MessagePackBoolean,
        FieldType.Text => ValueLayout.Text,
        _ => null,
    };

    public int Boolean(bool value)
    {
        int offset = _buffer.Count;
        MessagePackWriter writer = new(_buffer);
        writer.Write(value);
        writer.Flush();
        return offset;
    }

    public int Integer(long value)
    {
        int offset = _buffer.Count;
        MessagePackWriter writer = new(_buffer);
        writer.Write(value);
        writer.Flush();
        return offset;
    }

    public int Decimal(double value)
    {
        int offset = _buffer.Count;
        MessagePackWriter writer = new(_buffer);
        writer.Write(value);
        writer.Flush();
        return offset;
    }

    public int Time(long milliseconds)
    {
        MessagePackWriter writer = new(_buffer);
        writer.WriteUInt64((ulong)milliseconds);
        writer.Flush();
        return _buffer.Count - sizeof(ulong);
    }

    public int Text(ReadOnlySpan<byte> utf8)
    {
        MessagePackWriter writer = new(_buffer);
        writer.WriteString(utf8);
        writer.Flush();
        return _buffer.Count - utf8.Length;
    }

    public void Map(ReadOnlySpan<byte> json)
    {
        MessagePackWriter writer = new(_buffer);
        MessagePackSerializer.ConvertFromJson(Encoding.UTF8.GetString(json), ref writer);
        writer.Flush();
    }

    /// <summary>Writes a packed column of 32-bit integers; returns the offset of the first.</summary>
    public int Packed(ReadOnlySpan<int> values) => Packed("i32"u8, MemoryMarshal.AsBytes(values));

    /// <summary>Writes a packed column of 64-bit integers; returns the offset of the first.</summary>
    public int Packed(ReadOnlySpan<long> values) => Packed("i64"u8, MemoryMarshal.AsBytes(values));

    /// <summary>Writes a packed column of float 64; returns the offset of the first.</summary>
    public int Packed(ReadOnlySpan<double> values) => Packed("f64"u8, MemoryMarshal.AsBytes(values));

    // Values go out as they lie in memory: little-endian, as is every machine that .NET runs this on.
    private int Packed(ReadOnlySpan<byte> type, ReadOnlySpan<byte> values)
    {
        MessagePackWriter writer = new(_buffer);
        writer.WriteMapHeader(1);
        writer.WriteString(type);
        writer.Write(values);
        writer.Flush();
        return _buffer.Count - values.Length;
    }
}
