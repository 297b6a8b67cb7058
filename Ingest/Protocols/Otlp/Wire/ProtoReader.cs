using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace TimeSeries.Ingest.Protocols.Otlp.Wire;

/// <summary>
/// Reads the fields of one protobuf message in a body, in the order in which they come. Positions are offsets in the whole body. What is malformed ends
/// every reader: <see cref="Next"/> is false, and <see cref="Error"/> says why. Bytes are trusted in nothing; nothing throws.
/// </summary>
internal ref struct ProtoReader
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Bytes = 2;
    public const int Fixed32 = 5;
    private const int StartGroup = 3;
    private const int EndGroup = 4;
    private const int MaxGroupDepth = 100;
    private const int MaxVarintBytes = 10;

    private readonly ReadOnlySpan<byte> _body;
    private readonly int _end;
    private int _position;

    /// <summary>A reader of a whole body.</summary>
    public ProtoReader(ReadOnlySpan<byte> body)
        : this(body, new Segment(0, body.Length))
    {
    }

    /// <summary>A reader of a message within a body.</summary>
    public ProtoReader(ReadOnlySpan<byte> body, Segment message)
    {
        _body = body;
        _position = message.Start;
        _end = message.Start + message.Length;
    }

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its wire type: <see cref="Varint"/>, <see cref="Fixed64"/>, <see cref="Bytes"/> or <see cref="Fixed32"/>.</summary>
    public int Type { get; private set; }

    /// <summary>Its value when it is a number, as bits.</summary>
    public ulong Number { get; private set; }

    /// <summary>Where its bytes are when it is of <see cref="Bytes"/>.</summary>
    public Segment Value { get; private set; }

    /// <summary>What is wrong with the message, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>Where that is.</summary>
    public int ErrorPosition { get; private set; }

    /// <summary>Field and wire type in one, as the key has them.</summary>
    public readonly int Key => (Field << 3) | Type;

    /// <summary>The key of a field of a wire type, for <see cref="Key"/>.</summary>
    public static int KeyOf(int field, int type) => (field << 3) | type;

    /// <summary>Reads the next field; false at the end of the message, or where it is malformed. Groups are passed over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next()
    {
        while (_position < _end)
        {
            int start = _position;
            if (!TryReadKey(out int field, out int type))
            {
                return false;
            }

            if (type is StartGroup or EndGroup)
            {
                if (!SkipGroup(field, type, start))
                {
                    return false;
                }

                continue;
            }

            Field = field;
            Type = type;
            return ReadValue(start);
        }

        return false;
    }

    /// <summary>Takes what another reader of the same body found wrong; false when it found something.</summary>
    public bool Adopt(in ProtoReader inner)
    {
        if (inner.Error is null)
        {
            return true;
        }

        Error = inner.Error;
        ErrorPosition = inner.ErrorPosition;
        _position = _end;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadKey(out int field, out int type)
    {
        int start = _position;
        field = 0;
        type = 0;
        if (!TryReadVarint(out ulong key))
        {
            return false;
        }

        // A key has 32 bits, as every implementation reads it.
        field = (int)((uint)key >> 3);
        type = (int)key & 7;
        return field != 0 || Fail("field number 0", start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ReadValue(int start)
    {
        switch (Type)
        {
            case Varint:
                bool isRead = TryReadVarint(out ulong number);
                Number = number;
                return isRead;
            case Bytes:
                return ReadBytes(start);
            case Fixed64:
                if (_end - _position < sizeof(ulong))
                {
                    return Truncated();
                }

                Number = BinaryPrimitives.ReadUInt64LittleEndian(_body[_position..]);
                _position += sizeof(ulong);
                return true;
            case Fixed32:
                if (_end - _position < sizeof(uint))
                {
                    return Truncated();
                }

                Number = BinaryPrimitives.ReadUInt32LittleEndian(_body[_position..]);
                _position += sizeof(uint);
                return true;
            default:
                return Fail("unknown wire type", start);
        }
    }

    private bool ReadBytes(int start)
    {
        if (!TryReadVarint(out ulong length))
        {
            return false;
        }

        if (length > (ulong)(_end - _position))
        {
            return Fail("length beyond the message", start);
        }

        Value = new Segment(_position, (int)length);
        _position += (int)length;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadVarint(out ulong value)
    {
        if (_position < _end && _body[_position] < 0x80)
        {
            value = _body[_position++];
            return true;
        }

        return TryReadLongVarint(out value);
    }

    private bool TryReadLongVarint(out ulong value)
    {
        int start = _position;
        value = 0;
        for (int i = 0; i < MaxVarintBytes; i++)
        {
            if (_position >= _end)
            {
                return Truncated();
            }

            byte next = _body[_position++];
            if (i == MaxVarintBytes - 1 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return true;
            }
        }

        return Fail("number of more than 64 bits", start);
    }

    // Without recursion: a stack of the numbers of the groups that are open.
    private bool SkipGroup(int field, int type, int start)
    {
        if (type == EndGroup)
        {
            return Fail("end of a group that was not begun", start);
        }

        Span<int> open = stackalloc int[MaxGroupDepth];
        int depth = 0;
        open[depth++] = field;
        while (depth > 0)
        {
            int at = _position;
            if (at >= _end)
            {
                return Fail("group without end", start);
            }

            if (!TryReadKey(out int number, out int inner))
            {
                return false;
            }

            if (inner == StartGroup)
            {
                if (depth == MaxGroupDepth)
                {
                    return Fail("groups nested too deeply", at);
                }

                open[depth++] = number;
            }
            else if (inner == EndGroup)
            {
                if (open[--depth] != number)
                {
                    return Fail("end of another group", at);
                }
            }
            else
            {
                Type = inner;
                if (!ReadValue(at))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool Truncated() => Fail("truncated message", _end);

    private bool Fail(string what, int position)
    {
        Error = what;
        ErrorPosition = position;
        _position = _end;
        return false;
    }
}

/// <summary>A part of a body.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">How long it is.</param>
internal readonly record struct Segment(int Start, int Length)
{
    public bool IsEmpty => Length == 0;

    /// <summary>The bytes of the part.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> body) => body.Slice(Start, Length);
}
