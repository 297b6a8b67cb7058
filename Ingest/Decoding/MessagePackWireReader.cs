using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TimeSeries.Core.Model;

namespace TimeSeries.Ingest.Decoding;

/// <summary>
/// Reads MessagePack (github.com/msgpack/msgpack/blob/master/spec.md) from one span. Lengths are checked against what is left of the body
/// before they are believed; nothing is allocated and nothing recurses.
/// </summary>
internal ref struct MessagePackWireReader(ReadOnlySpan<byte> body) : IWireReader
{
    private readonly ReadOnlySpan<byte> _body = body;
    private int _position;
    private int _depth;

    public BatchRefusal? Refusal { get; private set; }

    public readonly long Position => _position;

    public bool Boolean { get; private set; }

    public long Integer { get; private set; }

    public double Float { get; private set; }

    public ReadOnlySpan<byte> Text { get; private set; }

    public int Count { get; private set; }

    public int KeyStart { get; private set; }

    public int KeyLength { get; private set; }

    public WireType Read()
    {
        int position = _position;
        if ((uint)position >= (uint)_body.Length)
        {
            return Truncated();
        }

        byte code = _body[position];
        _position = position + 1;
        return code switch
        {
            < 0x80 => Whole(code),
            < 0x90 => Map(code & 0x0F),
            < 0xA0 => Array(code & 0x0F),
            < 0xC0 => Bytes(code & 0x1F, WireType.Text),
            >= 0xE0 => Whole((sbyte)code),

            // Durations are mostly doubles.
            0xCB => ReadDouble(),
            _ => ReadLong(code),
        };
    }

    public void SkipInside(WireType type)
    {
        if (type is not (WireType.Array or WireType.Map))
        {
            return;
        }

        Span<long> left = stackalloc long[BatchDecoder.MaxDepth + 1];
        int outer = _depth;
        left[_depth] = Values(type);
        while (_depth >= outer)
        {
            if (left[_depth]-- == 0)
            {
                _depth--;
                continue;
            }

            WireType inner = Read();
            if (inner == WireType.Failed)
            {
                return;
            }

            if (inner is WireType.Array or WireType.Map)
            {
                left[_depth] = Values(inner);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool NextValue(ref int left)
    {
        if (left-- > 0 && Refusal is null)
        {
            return true;
        }

        _depth--;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool NextKey(ref int left) => NextValue(ref left);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool KeyIs(int start, int length)
    {
        if (length > _body.Length - _position || !ShortTexts.AreEqual(_body.Slice(_position, length), _body.Slice(start, length)))
        {
            return false;
        }

        _position += length;
        return true;
    }

    public bool ReadKey()
    {
        KeyStart = _position;
        WireType type = Read();
        SkipInside(type);
        KeyLength = _position - KeyStart;
        return type is WireType.Text or WireType.Binary;
    }

    public void ExpectEnd()
    {
        if (_position < _body.Length)
        {
            Refuse(new BatchRefusal("The body goes on after its map.", _position, null));
        }
    }

    public void Refuse(BatchRefusal refusal)
    {
        Refusal ??= refusal;
        _position = _body.Length;
    }

    private WireType ReadLong(byte code)
    {
        switch (code)
        {
            case 0xC0:
                return WireType.Null;
            case 0xC2 or 0xC3:
                Boolean = code == 0xC3;
                return WireType.Boolean;
            case 0xC4 or 0xC5 or 0xC6:
                return Length(code - 0xC4, out int binary) ? Bytes(binary, WireType.Binary) : WireType.Failed;
            case 0xC7 or 0xC8 or 0xC9:
                return Length(code - 0xC7, out int extension) ? Extension(extension) : WireType.Failed;
            case 0xCA:
                return ReadSingle();
            case >= 0xCC and <= 0xD3:
                return ReadWhole(code);
            case >= 0xD4 and <= 0xD8:
                return Extension(1 << (code - 0xD4));
            case 0xD9 or 0xDA or 0xDB:
                return Length(code - 0xD9, out int text) ? Bytes(text, WireType.Text) : WireType.Failed;
            case 0xDC or 0xDD:
                return Length(code - 0xDB, out int values) ? Array(values) : WireType.Failed;
            case 0xDE or 0xDF:
                return Length(code - 0xDD, out int entries) ? Map(entries) : WireType.Failed;
            default:
                Refuse(new BatchRefusal("The body is not MessagePack: 0xC1 is never used.", _position - 1, null));
                return WireType.Failed;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private WireType Whole(long value)
    {
        Integer = value;
        return WireType.Integer;
    }

    private WireType ReadWhole(byte code)
    {
        if (!Take(1 << ((code - 0xCC) & 3), out ReadOnlySpan<byte> bytes))
        {
            return WireType.Failed;
        }

        switch (code)
        {
            case 0xCC:
                return Whole(bytes[0]);
            case 0xCD:
                return Whole(BinaryPrimitives.ReadUInt16BigEndian(bytes));
            case 0xCE:
                return Whole(BinaryPrimitives.ReadUInt32BigEndian(bytes));
            case 0xD0:
                return Whole((sbyte)bytes[0]);
            case 0xD1:
                return Whole(BinaryPrimitives.ReadInt16BigEndian(bytes));
            case 0xD2:
                return Whole(BinaryPrimitives.ReadInt32BigEndian(bytes));
            case 0xD3:
                return Whole(BinaryPrimitives.ReadInt64BigEndian(bytes));
            default:
                ulong value = BinaryPrimitives.ReadUInt64BigEndian(bytes);
                return value <= long.MaxValue ? Whole((long)value) : WireType.LargeInteger;
        }
    }

    private WireType ReadSingle()
    {
        if (!Take(sizeof(float), out ReadOnlySpan<byte> bytes))
        {
            return WireType.Failed;
        }

        Float = BinaryPrimitives.ReadSingleBigEndian(bytes);
        return WireType.Float;
    }

    private WireType ReadDouble()
    {
        if (!Take(sizeof(double), out ReadOnlySpan<byte> bytes))
        {
            return WireType.Failed;
        }

        Float = BinaryPrimitives.ReadDoubleBigEndian(bytes);
        return WireType.Float;
    }

    private WireType Bytes(int length, WireType type)
    {
        if (!Take(length, out ReadOnlySpan<byte> bytes))
        {
            return WireType.Failed;
        }

        Text = bytes;
        return type;
    }

    private WireType Array(int count) => Nested(count, count, WireType.Array);

    private WireType Map(int count) => Nested(count, 2L * count, WireType.Map);

    // Each value has a byte at least: a count that the rest of the body can't hold is a lie, found before anyone makes room for it.
    private WireType Nested(int count, long values, WireType type)
    {
        if (values > _body.Length - _position)
        {
            return Truncated();
        }

        if (++_depth > BatchDecoder.MaxDepth)
        {
            Refuse(new BatchRefusal($"The body is nested deeper than {BatchDecoder.MaxDepth} levels.", _position - 1, null));
            return WireType.Failed;
        }

        Count = count;
        return type;
    }

    private readonly long Values(WireType type) => type == WireType.Map ? 2L * Count : Count;

    private WireType Extension(int length)
    {
        if (!Take(1, out ReadOnlySpan<byte> type) || !Take(length, out ReadOnlySpan<byte> bytes))
        {
            return WireType.Failed;
        }

        return type[0] == 0xFF && MessagePackTimestamp.TryRead(bytes, out long milliseconds) ? Timestamp(milliseconds) : WireType.Other;
    }

    private WireType Timestamp(long milliseconds)
    {
        Integer = milliseconds;
        return WireType.Timestamp;
    }

    // A length of 1, 2 or 4 bytes.
    private bool Length(int width, out int length)
    {
        length = 0;
        if (!Take(1 << width, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        uint value = width switch
        {
            0 => bytes[0],
            1 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            _ => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        };
        if (value > (uint)(_body.Length - _position))
        {
            Truncated();
            return false;
        }

        length = (int)value;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Take(int length, out ReadOnlySpan<byte> bytes)
    {
        if (length > _body.Length - _position)
        {
            Truncated();
            bytes = default;
            return false;
        }

        bytes = _body.Slice(_position, length);
        _position += length;
        return true;
    }

    private WireType Truncated()
    {
        Refuse(new BatchRefusal("The body ends in the middle of a value, or a length in it is wrong.", _position, null));
        return WireType.Failed;
    }
}
