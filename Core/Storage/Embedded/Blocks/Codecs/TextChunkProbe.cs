using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>
/// Looks at a few texts of a chunk of <see cref="TextCodec"/> without decoding the others. Bytes are as for its Decode: they end with
/// <see cref="BitPacking.SlackBytes"/> that do not belong to the chunk.
/// </summary>
internal static class TextChunkProbe
{
    /// <summary>
    /// Whether a chunk may hold a text, without decoding it; false is certain. <paramref name="rows"/> is how many rows it has.
    /// </summary>
    public static bool MayHold(ReadOnlySpan<byte> bytes, int rows, ReadOnlySpan<byte> text)
    {
        ByteReader reader = new(bytes[..^BitPacking.SlackBytes]);
        return reader.Byte() is not (TextCodec.Hex or TextCodec.HexNullable) and not TextCodec.Plain || FindText(bytes, rows, text) >= 0;
    }

    /// <summary>The row of a text in a part of a dictionary, which has so many texts; −1 when it has not the text.</summary>
    public static int Find(ReadOnlySpan<byte> bytes, int texts, ReadOnlySpan<byte> text) => bytes[0] == TextCodec.HexNullable
        ? throw new InvalidDataException("a part of a dictionary has an unknown form")
        : FindText(bytes, texts, text);

    // The number of the first equal text among those that are present; −1 when there is none.
    private static int FindText(ReadOnlySpan<byte> bytes, int rows, ReadOnlySpan<byte> text)
    {
        ByteReader reader = new(bytes[..^BitPacking.SlackBytes]);
        byte form = reader.Byte();
        if (form == TextCodec.Plain)
        {
            return FindPlain(bytes[reader.Position..], rows, text);
        }

        int length = reader.Byte();
        if (length > HexEncoding.MaxDigits)
        {
            throw new InvalidDataException("a text chunk has an impossible length");
        }

        Span<byte> packed = stackalloc byte[HexEncoding.MaxDigits / 2];
        packed = packed[..HexEncoding.PackedBytes(length)];
        if (text.Length != length || !HexEncoding.TryPack(text, packed))
        {
            return -1;
        }

        reader.Take(form == TextCodec.HexNullable ? (rows + 7) / 8 : 0);
        return FindPacked(bytes[reader.Position..^BitPacking.SlackBytes], packed);
    }

    private static int FindPlain(ReadOnlySpan<byte> payload, int rows, ReadOnlySpan<byte> text)
    {
        int[] rented = ArrayPool<int>.Shared.Rent(rows);
        Span<int> lengths = rented.AsSpan(0, rows);
        ReadOnlySpan<byte> texts = payload[BitPackedRuns.Unpack(payload, 0, lengths)..^BitPacking.SlackBytes];
        long start = 0;
        int found = -1;
        for (int row = 0; row < rows && found < 0; row++)
        {
            int length = Math.Max(0, lengths[row] - 1);
            if (start + length > texts.Length)
            {
                throw new InvalidDataException("a text chunk has fewer bytes than its texts");
            }

            found = lengths[row] - 1 == text.Length && texts.Slice((int)start, length).SequenceEqual(text) ? row : -1;
            start += length;
        }

        ArrayPool<int>.Shared.Return(rented);
        return found;
    }

    // Texts of whole words are looked for eight bytes at a time.
    private static int FindPacked(ReadOnlySpan<byte> texts, ReadOnlySpan<byte> text)
    {
        if (text.Length % sizeof(ulong) == 0)
        {
            return FindWords(MemoryMarshal.Cast<byte, ulong>(texts), MemoryMarshal.Cast<byte, ulong>(text));
        }

        for (int from = 0; texts[from..].IndexOf(text) is >= 0 and int at; from += at + 1)
        {
            if ((from + at) % text.Length == 0)
            {
                return (from + at) / text.Length;
            }
        }

        return -1;
    }

    private static int FindWords(ReadOnlySpan<ulong> words, ReadOnlySpan<ulong> wanted)
    {
        for (int from = 0; words[from..].IndexOf(wanted[0]) is >= 0 and int at; from += at + 1)
        {
            if ((from + at) % wanted.Length == 0 && words[(from + at)..].StartsWith(wanted))
            {
                return (from + at) / wanted.Length;
            }
        }

        return -1;
    }

    /// <summary>Copies the texts of some rows, which ascend, to some rows of a column; a missing one leaves its row as it is.</summary>
    public static void Copy(ReadOnlySpan<byte> bytes, int rows, ReadOnlySpan<int> from, TextColumn into, ReadOnlySpan<int> to)
    {
        ByteReader reader = new(bytes[..^BitPacking.SlackBytes]);
        byte form = reader.Byte();
        switch (form)
        {
            case TextCodec.Plain:
                CopyPlain(bytes[reader.Position..], rows, from, into, to);
                break;
            case TextCodec.Hex or TextCodec.HexNullable:
                int length = reader.Byte();
                ReadOnlySpan<byte> present = form == TextCodec.HexNullable ? reader.Take((rows + 7) / 8) : default;
                CopyHex(bytes[reader.Position..^BitPacking.SlackBytes], length, present, from, into, to);
                break;
            default:
                throw new InvalidDataException("a text chunk has an unknown form");
        }
    }

    private static void CopyPlain(ReadOnlySpan<byte> payload, int rows, ReadOnlySpan<int> from, TextColumn into, ReadOnlySpan<int> to)
    {
        int[] rented = ArrayPool<int>.Shared.Rent(rows);
        Span<int> lengths = rented.AsSpan(0, rows);
        ReadOnlySpan<byte> texts = payload[BitPackedRuns.Unpack(payload, 0, lengths)..^BitPacking.SlackBytes];
        long start = 0;
        int row = 0;
        for (int i = 0; i < from.Length; i++)
        {
            for (; row < from[i]; row++)
            {
                start += Math.Max(0, lengths[row] - 1);
            }

            int length = lengths[row] - 1;
            if (start + length > texts.Length)
            {
                throw new InvalidDataException("a text chunk has fewer bytes than its texts");
            }

            if (length >= 0)
            {
                into.Set(to[i], texts.Slice((int)start, length));
            }
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    private static void CopyHex(
        ReadOnlySpan<byte> packed, int length, ReadOnlySpan<byte> present, ReadOnlySpan<int> from, TextColumn into, ReadOnlySpan<int> to)
    {
        int packedBytes = HexEncoding.PackedBytes(length);
        Span<byte> text = stackalloc byte[byte.MaxValue];
        text = text[..length];
        int row = 0;
        int before = 0;
        for (int i = 0; i < from.Length; i++)
        {
            // How many texts come before the row: whole bytes of presence first.
            for (; !present.IsEmpty && row + 8 <= from[i]; row += 8)
            {
                before += BitOperations.PopCount(present[row >> 3]);
            }

            int own = before;
            bool isPresent = true;
            if (!present.IsEmpty)
            {
                int bits = present[from[i] >> 3];
                own += BitOperations.PopCount((uint)(bits & ((1 << (from[i] & 7)) - 1)));
                isPresent = (bits >> (from[i] & 7) & 1) != 0;
            }
            else
            {
                own = from[i];
            }

            if (isPresent)
            {
                long start = (long)own * packedBytes;
                if (start + packedBytes > packed.Length)
                {
                    throw new InvalidDataException("a text chunk has fewer bytes than its texts");
                }

                HexEncoding.Unpack(packed.Slice((int)start, packedBytes), text);
                into.Set(to[i], text);
            }
        }
    }
}
