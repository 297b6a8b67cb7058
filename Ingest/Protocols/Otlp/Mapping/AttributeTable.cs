using System.Buffers.Text;
using TimeSeries.Core.Memory;
using TimeSeries.Ingest.Protocols.Otlp.Wire;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>
/// The attributes of one resource, span, event or log record that are read, by slot; the others are passed over. Values are parts of the body. Not thread
/// safe.
/// </summary>
internal sealed class AttributeTable(AttributeKeys keys)
{
    private readonly AttributeValue[] _values = new AttributeValue[keys.Count];
    private readonly TextBuffer _numbers = new();

    // Values of another generation are absent.
    private int _generation = 1;

    /// <summary>Forgets all attributes.</summary>
    public void Clear()
    {
        _generation++;
        _numbers.Clear();
    }

    /// <summary>Reads one KeyValue. False when it is malformed: <paramref name="reader"/> says why.</summary>
    public bool Read(ReadOnlySpan<byte> body, ref ProtoReader reader)
    {
        ProtoReader pair = new(body, reader.Value);
        Segment key = default;
        AttributeValue value = default;
        while (pair.Next())
        {
            if (pair.Key == ProtoReader.KeyOf(1, ProtoReader.Bytes))
            {
                key = pair.Value;
            }
            else if (pair.Key == ProtoReader.KeyOf(2, ProtoReader.Bytes) && !ReadValue(body, ref pair, ref value))
            {
                break;
            }
        }

        if (!reader.Adopt(pair))
        {
            return false;
        }

        int slot = keys.Find(key.Of(body));
        if (slot >= 0)
        {
            _values[slot] = (value.Type == AttributeType.Array ? FirstText(body, value.Text) : value) with { Generation = _generation };
        }

        return true;
    }

    /// <summary>The first value of a field that is there and not empty.</summary>
    public bool TryFind(AttributeField field, out AttributeValue value)
    {
        foreach (int slot in keys.Of(field))
        {
            value = _values[slot];
            if (value.Generation == _generation && value.Type != AttributeType.None && (value.Type != AttributeType.Text || !value.Text.IsEmpty))
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Whether a field has a value that is not empty.</summary>
    public bool Has(AttributeField field) => TryFind(field, out _);

    /// <summary>The text of a field; an integer in decimal; empty when there is none. Valid until the table is cleared.</summary>
    public ReadOnlySpan<byte> Text(AttributeField field, ReadOnlySpan<byte> body)
    {
        if (!TryFind(field, out AttributeValue value))
        {
            return default;
        }

        return value.Type switch
        {
            AttributeType.Text => value.Text.Of(body),
            AttributeType.Integer => Decimal(value.Number),
            _ => default,
        };
    }

    /// <summary>The whole number of a field, also where it is written as a text; null when there is none.</summary>
    public long? Number(AttributeField field, ReadOnlySpan<byte> body)
    {
        if (!TryFind(field, out AttributeValue value))
        {
            return null;
        }

        return value.Type switch
        {
            AttributeType.Integer => value.Number,
            AttributeType.Double when double.IsInteger(BitConverter.Int64BitsToDouble(value.Number)) => (long)BitConverter.Int64BitsToDouble(value.Number),
            AttributeType.Text when Utf8Parser.TryParse(value.Text.Of(body), out long number, out int read) && read == value.Text.Length => number,
            _ => null,
        };
    }

    /// <summary>Whether a field is true.</summary>
    public bool IsTrue(AttributeField field, ReadOnlySpan<byte> body) => TryFind(field, out AttributeValue value) && value.Type switch
    {
        AttributeType.Boolean => value.Number != 0,
        AttributeType.Text => value.Text.Of(body).SequenceEqual("true"u8),
        _ => false,
    };

    private static bool ReadValue(ReadOnlySpan<byte> body, ref ProtoReader pair, ref AttributeValue value)
    {
        ProtoReader any = new(body, pair.Value);
        while (any.Next())
        {
            value = any.Key switch
            {
                (1 << 3) | ProtoReader.Bytes => new AttributeValue(AttributeType.Text, any.Value),
                (2 << 3) | ProtoReader.Varint => new AttributeValue(AttributeType.Boolean, Number: any.Number != 0 ? 1 : 0),
                (3 << 3) | ProtoReader.Varint => new AttributeValue(AttributeType.Integer, Number: (long)any.Number),
                (4 << 3) | ProtoReader.Fixed64 => new AttributeValue(AttributeType.Double, Number: (long)any.Number),
                (5 << 3) | ProtoReader.Bytes => new AttributeValue(AttributeType.Array, any.Value),
                (6 << 3) | ProtoReader.Bytes or (7 << 3) | ProtoReader.Bytes => default,
                _ => value,
            };
        }

        return pair.Adopt(any);
    }

    // Of an array only its first text; arrays in it are passed over by their length.
    private static AttributeValue FirstText(ReadOnlySpan<byte> body, Segment array)
    {
        ProtoReader values = new(body, array);
        while (values.Next())
        {
            if (values.Key != ProtoReader.KeyOf(1, ProtoReader.Bytes))
            {
                continue;
            }

            ProtoReader any = new(body, values.Value);
            while (any.Next())
            {
                if (any.Key == ProtoReader.KeyOf(1, ProtoReader.Bytes))
                {
                    return new AttributeValue(AttributeType.Text, any.Value);
                }
            }
        }

        return default;
    }

    private ReadOnlySpan<byte> Decimal(long number)
    {
        int start = _numbers.Length;
        Utf8Formatter.TryFormat(number, _numbers.GetSpan(20), out int written);
        _numbers.Advance(written);
        return _numbers.Written[start..];
    }
}

/// <summary>One value of an attribute.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Text">Where a text is in the body, or an array.</param>
/// <param name="Number">An integer, a boolean as 0 or 1, or the bits of a double.</param>
internal readonly record struct AttributeValue(AttributeType Type, Segment Text = default, long Number = 0)
{
    /// <summary>When it was read, in generations of its table.</summary>
    public int Generation { get; init; }
}

/// <summary>What the value of an attribute is.</summary>
internal enum AttributeType : byte
{
    None,
    Text,
    Integer,
    Double,
    Boolean,
    Array,
}
