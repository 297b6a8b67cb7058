using System.Buffers.Text;
using System.Text.Encodings.Web;
using TimeSeries.Benchmarks.Wire.Fresh;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Wire;

/// <summary>Writes JSON without blanks. Unlike <see cref="System.Text.Json.Utf8JsonWriter"/> it tells where a value lies. Not thread safe.</summary>
internal sealed class JsonWriter : IWireWriter
{
    // The longest text of a number: a double such as -2.2250738585072014E-308.
    private const int LongestNumberBytes = 32;

    // \u0000 takes six bytes for one.
    private const int LongestEscapeBytes = 6;

    private readonly ByteBuffer _buffer = new();

    public string ContentType => "application/json";

    public TimeLayout TimeLayout => TimeLayout.Digits;

    public ReadOnlySpan<byte> Written => _buffer.Written;

    public void Clear() => _buffer.Clear();

    public void BeginMap(int count) => Begin((byte)'{');

    public void EndMap() => _buffer.Add((byte)'}');

    public void BeginArray(int count) => Begin((byte)'[');

    public void EndArray() => _buffer.Add((byte)']');

    public void Key(ReadOnlySpan<byte> name)
    {
        Text(name);
        _buffer.Add((byte)':');
    }

    public void Null() => Raw("null"u8);

    // The two booleans are not equally long.
    public ValueLayout? LayoutOf(Field field) => field.Type switch
    {
        FieldType.Integer => ValueLayout.Digits,
        FieldType.Duration or FieldType.Number => ValueLayout.DecimalDigits,
        FieldType.Text => ValueLayout.Text,
        _ => null,
    };

    public int Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    public int Integer(long value)
    {
        Separate();
        int offset = _buffer.Count;
        Utf8Formatter.TryFormat(value, _buffer.Extend(LongestNumberBytes), out int written);
        _buffer.Shorten(LongestNumberBytes - written);
        return offset;
    }

    public int Decimal(double value)
    {
        Separate();
        int offset = _buffer.Count;
        Utf8Formatter.TryFormat(value, _buffer.Extend(LongestNumberBytes), out int written);
        _buffer.Shorten(LongestNumberBytes - written);
        return offset;
    }

    public int Time(long milliseconds) => Integer(milliseconds);

    /// <summary>Adds room for a number that is written later; returns its offset.</summary>
    public int Blank(int count)
    {
        Separate();
        _buffer.Extend(count).Fill((byte)' ');
        return _buffer.Count - count;
    }

    public int Text(ReadOnlySpan<byte> utf8)
    {
        Separate();
        _buffer.Add((byte)'"');
        int offset = _buffer.Count;
        int room = utf8.Length * LongestEscapeBytes;
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(utf8, _buffer.Extend(room), out _, out int written);
        _buffer.Shorten(room - written);
        _buffer.Add((byte)'"');
        return offset;
    }

    public void Map(ReadOnlySpan<byte> json) => Raw(json);

    private void Begin(byte bracket)
    {
        Separate();
        _buffer.Add(bracket);
    }

    private int Raw(ReadOnlySpan<byte> value)
    {
        Separate();
        _buffer.Add(value);
        return _buffer.Count - value.Length;
    }

    // What stands before a value tells whether it is the first of its array or map.
    private void Separate()
    {
        if (_buffer.Count > 0 && _buffer.Written[^1] is not ((byte)'{' or (byte)'[' or (byte)':'))
        {
            _buffer.Add((byte)',');
        }
    }
}
