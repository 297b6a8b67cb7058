using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using MessagePack;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native.Wire;

/// <summary>
/// Reads MessagePack (github.com/msgpack/msgpack/blob/master/spec.md) from one span, over the package's <see cref="MessagePackPrimitives"/>.
/// Values that are one byte, short texts and doubles are read here, since nearly all values of a batch are such. Lengths are checked
/// against what is left of the body before they are believed; nothing is allocated and nothing recurses.
/// </summary>
internal ref struct MessagePackWireReader(ReadOnlySpan<byte> body) : IWireReader
{
    // Where a format code holds a count or a length itself.
    private const uint FixCount = MessagePackCode.MaxFixMap - MessagePackCode.MinFixMap;
    private const uint FixLength = MessagePackCode.MaxFixStr - MessagePackCode.MinFixStr;

    private readonly ReadOnlySpan<byte> _body = body;
    private int _position;
    private int _depth;

    public DecodeError? Refusal { get; private set; }

    public readonly long Position => _position;

    public bool Boolean { get; private set; }

    public long Integer { get; private set; }

    public double Float { get; private set; }

    public ReadOnlySpan<byte> Text { get; private set; }

    public int Count { get; private set; }

    public int KeyStart { get; private set; }

    public int KeyLength { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
            <= MessagePackCode.MaxFixInt => Whole(code),
            <= MessagePackCode.MaxFixMap => Nested(code & FixCount, 2 * (code & FixCount), WireType.Map),
            <= MessagePackCode.MaxFixArray => Nested(code & FixCount, code & FixCount, WireType.Array),
            <= MessagePackCode.MaxFixStr => Bytes(code & FixLength, WireType.Text),
            >= MessagePackCode.MinNegativeFixInt => Whole((sbyte)code),

            // Durations are mostly doubles.
            MessagePackCode.Float64 => ReadDouble(),
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
        bool isName = type is WireType.Text or WireType.Binary;
        Text = isName ? Text : default;
        return isName;
    }

    public void ExpectEnd()
    {
        if (_position < _body.Length)
        {
            Refuse(new DecodeError("The body goes on after its map.", _position, null));
        }
    }

    public void Refuse(DecodeError refusal)
    {
        Refusal ??= refusal;
        _position = _body.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private WireType ReadDouble() =>
        Take(sizeof(double), out ReadOnlySpan<byte> bytes) ? Fraction(BinaryPrimitives.ReadDoubleBigEndian(bytes)) : WireType.Failed;

    // Everything whose format code says no more than its type; the package reads what follows the code.
    private WireType ReadLong(byte code)
    {
        ReadOnlySpan<byte> token = _body[(_position - 1)..];
        int size;
        switch (MessagePackCode.ToMessagePackType(code))
        {
            case MessagePackType.Nil:
                return WireType.Null;
            case MessagePackType.Boolean:
                Boolean = code == MessagePackCode.True;
                return WireType.Boolean;
            case MessagePackType.Integer when code == MessagePackCode.UInt64:
                return !Pass(MessagePackPrimitives.TryReadUInt64(token, out ulong large, out size), size) ? WireType.Failed
                    : large <= long.MaxValue ? Whole((long)large) : WireType.LargeInteger;
            case MessagePackType.Integer:
                return Pass(MessagePackPrimitives.TryReadInt64(token, out long whole, out size), size) ? Whole(whole) : WireType.Failed;
            case MessagePackType.Float:
                return Pass(MessagePackPrimitives.TryReadSingle(token, out float single, out size), size) ? Fraction(single) : WireType.Failed;
            case MessagePackType.Binary:
                return Pass(MessagePackPrimitives.TryReadBinHeader(token, out uint binary, out size), size) ? Bytes(binary, WireType.Binary) : WireType.Failed;
            case MessagePackType.String:
                return Pass(MessagePackPrimitives.TryReadStringHeader(token, out uint text, out size), size) ? Bytes(text, WireType.Text) : WireType.Failed;
            case MessagePackType.Array:
                return Pass(MessagePackPrimitives.TryReadArrayHeader(token, out uint values, out size), size)
                    ? Nested(values, values, WireType.Array)
                    : WireType.Failed;
            case MessagePackType.Map:
                return Pass(MessagePackPrimitives.TryReadMapHeader(token, out uint entries, out size), size)
                    ? Nested(entries, 2L * entries, WireType.Map)
                    : WireType.Failed;
            case MessagePackType.Extension:
                return Pass(MessagePackPrimitives.TryReadExtensionHeader(token, out ExtensionHeader header, out size), size)
                    ? Extension(header)
                    : WireType.Failed;
            default:
                Refuse(new DecodeError("The body is not MessagePack: 0xC1 is never used.", _position - 1, null));
                return WireType.Failed;
        }
    }

    // Goes past a token, whose format code has been passed before.
    private bool Pass(MessagePackPrimitives.DecodeResult result, int size)
    {
        if (result != MessagePackPrimitives.DecodeResult.Success)
        {
            Truncated();
            return false;
        }

        _position += size - 1;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private WireType Fraction(double value)
    {
        Float = value;
        return WireType.Float;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private WireType Whole(long value)
    {
        Integer = value;
        return WireType.Integer;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private WireType Bytes(uint length, WireType type)
    {
        if (!Take(length, out ReadOnlySpan<byte> bytes))
        {
            return WireType.Failed;
        }

        Text = bytes;
        return type;
    }

    // Each value has a byte at least: a count that the rest of the body can't hold is a lie, found before anyone makes room for it.
    private WireType Nested(uint count, long values, WireType type)
    {
        if (values > _body.Length - _position)
        {
            return Truncated();
        }

        if (++_depth > BatchDecoder.MaxDepth)
        {
            Refuse(new DecodeError($"The body is nested deeper than {BatchDecoder.MaxDepth} levels.", _position - 1, null));
            return WireType.Failed;
        }

        Count = (int)count;
        return type;
    }

    private readonly long Values(WireType type) => type == WireType.Map ? 2L * Count : Count;

    private WireType Extension(ExtensionHeader header)
    {
        if (!Take(header.Length, out ReadOnlySpan<byte> bytes))
        {
            return WireType.Failed;
        }

        return header.TypeCode == ReservedMessagePackExtensionTypeCode.DateTime && MessagePackTimestamp.TryRead(bytes, out long milliseconds)
            ? Timestamp(milliseconds)
            : WireType.Other;
    }

    private WireType Timestamp(long milliseconds)
    {
        Integer = milliseconds;
        return WireType.Timestamp;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Take(uint length, out ReadOnlySpan<byte> bytes)
    {
        if (length > (uint)(_body.Length - _position))
        {
            Truncated();
            bytes = default;
            return false;
        }

        bytes = _body.Slice(_position, (int)length);
        _position += (int)length;
        return true;
    }

    private WireType Truncated()
    {
        Refuse(new DecodeError("The body ends in the middle of a value, or a length in it is wrong.", _position, null));
        return WireType.Failed;
    }
}
