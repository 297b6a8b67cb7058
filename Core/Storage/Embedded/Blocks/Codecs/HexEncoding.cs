using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>Texts of lower-case hexadecimal digits of one length, plain or with a GUID's dashes, at half a byte a digit.</summary>
internal static class HexEncoding
{
    /// <summary>Most digits of a text packed like this.</summary>
    public const int MaxDigits = 128;

    private const int GuidLength = 36;
    private const int GuidDigits = 32;

    private static readonly byte[] _digitOf = MakeDigits();
    private static readonly byte[] _texts = MakeTexts();

    /// <summary>Bytes that a text of so many characters takes.</summary>
    public static int PackedBytes(int length) => (Digits(length) + 1) / 2;

    /// <summary>Packs a text; false when it has not the form.</summary>
    public static bool TryPack(ReadOnlySpan<byte> text, Span<byte> into)
    {
        // Transaction ids mostly have 16 digits, and every row has one.
        if (text.Length == Vector128<byte>.Count)
        {
            return TryPack16(text, into);
        }

        return text.Length == GuidLength ? TryPackGuid(text, into) : text.Length is > 0 and <= MaxDigits && TryPackDigits(text, into);
    }

    /// <summary>Unpacks a text that fills <paramref name="into"/>.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, Span<byte> into)
    {
        if (into.Length != GuidLength)
        {
            UnpackDigits(packed, into);
            return;
        }

        UnpackDigits(packed[..4], into[..8]);
        UnpackDigits(packed.Slice(4, 2), into.Slice(9, 4));
        UnpackDigits(packed.Slice(6, 2), into.Slice(14, 4));
        UnpackDigits(packed.Slice(8, 2), into.Slice(19, 4));
        UnpackDigits(packed.Slice(10, 6), into.Slice(24, 12));
        into[8] = into[13] = into[18] = into[23] = (byte)'-';
    }

    private static int Digits(int length) => length == GuidLength ? GuidDigits : length;

    private static void UnpackDigits(ReadOnlySpan<byte> packed, Span<byte> into)
    {
        int i = 0;
        for (; i * 2 + 1 < into.Length; i++)
        {
            into[i * 2] = _texts[packed[i] * 2];
            into[i * 2 + 1] = _texts[packed[i] * 2 + 1];
        }

        if (i * 2 < into.Length)
        {
            into[^1] = _texts[packed[i] * 2];
        }
    }

    private static bool TryPackGuid(ReadOnlySpan<byte> text, Span<byte> into)
    {
        Span<byte> digits = stackalloc byte[GuidDigits];
        return Undash(text, digits) && TryPackDigits(digits, into);
    }

    private static bool TryPackDigits(ReadOnlySpan<byte> digits, Span<byte> into)
    {
        while (digits.Length >= Vector128<byte>.Count)
        {
            if (!TryPack16(digits, into))
            {
                return false;
            }

            digits = digits[Vector128<byte>.Count..];
            into = into[Vector64<byte>.Count..];
        }

        return TryPackRest(digits, into);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryPack16(ReadOnlySpan<byte> digits, Span<byte> into)
    {
        Vector128<byte> text = Vector128.Create(digits);
        Vector128<byte> decimals = text - Vector128.Create((byte)'0');
        Vector128<byte> letters = text - Vector128.Create((byte)'a');

        // A minimum says "at most" in one instruction, where an unsigned comparison takes several.
        Vector128<byte> isDecimal = Vector128.Equals(Vector128.Min(decimals, Vector128.Create((byte)9)), decimals);
        Vector128<byte> isLetter = Vector128.Equals(Vector128.Min(letters, Vector128.Create((byte)5)), letters);
        if ((isDecimal | isLetter) != Vector128<byte>.AllBitsSet)
        {
            return false;
        }

        Vector128<ushort> pairs = Vector128.ConditionalSelect(isDecimal, decimals, letters + Vector128.Create((byte)10)).AsUInt16();
        Vector128<ushort> packed = ((pairs << 4) | (pairs >>> 8)) & Vector128.Create((ushort)0xFF);
        BinaryPrimitives.WriteUInt64LittleEndian(into, Vector128.Narrow(packed, packed).AsUInt64().ToScalar());
        return true;
    }

    private static bool TryPackRest(ReadOnlySpan<byte> digits, Span<byte> into)
    {
        byte wrong = 0;
        for (int i = 0; i < digits.Length; i += 2)
        {
            byte high = _digitOf[digits[i]];
            byte low = i + 1 < digits.Length ? _digitOf[digits[i + 1]] : (byte)0;
            wrong |= (byte)(high | low);
            into[i / 2] = (byte)((high << 4) | (low & 0xF));
        }

        return wrong < 0x10;
    }

    private static bool Undash(ReadOnlySpan<byte> text, Span<byte> digits)
    {
        if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        {
            return false;
        }

        text[..8].CopyTo(digits);
        text.Slice(9, 4).CopyTo(digits[8..]);
        text.Slice(14, 4).CopyTo(digits[12..]);
        text.Slice(19, 4).CopyTo(digits[16..]);
        text.Slice(24, 12).CopyTo(digits[20..]);
        return true;
    }

    private static byte[] MakeDigits()
    {
        byte[] digits = new byte[256];
        Array.Fill(digits, (byte)0x80);
        for (int i = 0; i < 16; i++)
        {
            digits["0123456789abcdef"u8[i]] = (byte)i;
        }

        return digits;
    }

    private static byte[] MakeTexts()
    {
        byte[] texts = new byte[512];
        for (int i = 0; i < 256; i++)
        {
            texts[i * 2] = "0123456789abcdef"u8[i >> 4];
            texts[i * 2 + 1] = "0123456789abcdef"u8[i & 15];
        }

        return texts;
    }
}
