using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>A chunk of texts that hardly repeat, as bytes: hex packed where every text allows it, else plain. See docs/format/block.md.</summary>
internal sealed class TextCodec(CooperativeYield throttle)
{
    public const byte Plain = 1;
    public const byte Hex = 2;
    public const byte HexNullable = 3;

    // About a tenth of a millisecond.
    private const int RowsAStep = 4_096;

    private readonly DictionaryIndexCodec _codec = new();
    private int[] _lengths = [];

    /// <summary>Appends the texts that the codes mean, a row each.</summary>
    public void Encode(ReadOnlySpan<int> codes, SymbolView symbols, ByteWriter to)
    {
        int start = to.Count;
        if (!TryHex(codes, symbols, to))
        {
            to.Truncate(start);
            WritePlain(codes, symbols, to);
        }
    }

    /// <summary>
    /// Reads a chunk into all rows of <paramref name="codes"/>: code i means text i of the result, or is missing.
    /// With a <paramref name="scratch"/> the texts are gone when it is used again. <paramref name="bytes"/> ends with <see cref="BitPacking.SlackBytes"/> that
    /// do not belong to the chunk.
    /// </summary>
    public static SymbolView Decode(ReadOnlySpan<byte> bytes, Span<int> codes, TextScratch? scratch = null)
    {
        ByteReader reader = new(bytes[..^BitPacking.SlackBytes]);
        byte form = reader.Byte();
        return form switch
        {
            Plain => ReadPlain(bytes[reader.Position..], codes, scratch),
            Hex => ReadHex(ref reader, ReadOnlySpan<byte>.Empty, codes, scratch),
            HexNullable => ReadHexNullable(ref reader, codes, scratch),
            _ => throw new InvalidDataException("a text chunk has an unknown form"),
        };
    }

    /// <summary>
    /// Reads a part of a dictionary behind the parts before it, in which every row has a text. <paramref name="ends"/> gets the end of each text,
    /// the first of which begins at <paramref name="start"/>. Returns the end of the last. Bytes are as for <see cref="Decode"/>.
    /// </summary>
    public static int DecodePart(ReadOnlySpan<byte> bytes, Span<byte> texts, int start, Span<int> ends)
    {
        ByteReader reader = new(bytes[..^BitPacking.SlackBytes]);
        byte form = reader.Byte();
        return form switch
        {
            Plain => ReadPlainPart(bytes[reader.Position..], texts, start, ends),
            Hex => ReadHexPart(ref reader, texts, start, ends),
            _ => throw new InvalidDataException("a part of a dictionary has an unknown form"),
        };
    }

    private bool TryHex(ReadOnlySpan<int> codes, SymbolView symbols, ByteWriter to)
    {
        int first = codes.IndexOfAnyExcept(TextColumn.Missing);
        int length = first < 0 ? 0 : symbols[codes[first]].Length;
        if (length is 0 or > HexEncoding.MaxDigits)
        {
            return false;
        }

        bool missing = codes.Contains(TextColumn.Missing);
        to.Byte(missing ? HexNullable : Hex);
        to.Byte((byte)length);
        if (missing)
        {
            WritePresence(codes, to);
        }

        int packedBytes = HexEncoding.PackedBytes(length);
        int used = 0;
        Span<byte> into = to.Take(codes.Length * packedBytes);
        for (int row = 0; row < codes.Length; row++)
        {
            if (row % RowsAStep == 0)
            {
                throttle.Step();
            }

            int code = codes[row];
            if (code == TextColumn.Missing)
            {
                continue;
            }

            ReadOnlySpan<byte> text = symbols[code];
            if (text.Length != length || !HexEncoding.TryPack(text, into.Slice(used, packedBytes)))
            {
                return false;
            }

            used += packedBytes;
        }

        to.Truncate(to.Count - into.Length + used);
        return true;
    }

    private static void WritePresence(ReadOnlySpan<int> codes, ByteWriter to)
    {
        Span<byte> present = to.Take((codes.Length + 7) / 8);
        present.Clear();
        for (int i = 0; i < codes.Length; i++)
        {
            if (codes[i] != TextColumn.Missing)
            {
                present[i >> 3] |= (byte)(1 << (i & 7));
            }
        }
    }

    private void WritePlain(ReadOnlySpan<int> codes, SymbolView symbols, ByteWriter to)
    {
        if (_lengths.Length < codes.Length)
        {
            _lengths = new int[codes.Length];
        }

        Span<int> lengths = _lengths.AsSpan(0, codes.Length);
        for (int i = 0; i < codes.Length; i++)
        {
            lengths[i] = codes[i] == TextColumn.Missing ? 0 : symbols[codes[i]].Length + 1;
        }

        to.Byte(Plain);
        _codec.WriteGroups(lengths, 0, to);
        for (int row = 0; row < codes.Length; row++)
        {
            if (row % RowsAStep == 0)
            {
                throttle.Step();
            }

            if (codes[row] != TextColumn.Missing)
            {
                to.Bytes(symbols[codes[row]]);
            }
        }
    }

    private static SymbolView ReadPlain(ReadOnlySpan<byte> payload, Span<int> codes, TextScratch? scratch)
    {
        ReadOnlySpan<byte> own = payload[..^BitPacking.SlackBytes];
        int[] ends = scratch?.Ends(codes.Length) ?? new int[codes.Length];
        int at = BitPackedRuns.Unpack(payload, 0, ends.AsSpan(0, codes.Length));
        long end = 0;
        int texts = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            int length = ends[i] - 1;
            codes[i] = length < 0 ? TextColumn.Missing : texts;
            if (length >= 0)
            {
                end += length;
                ends[texts++] = (int)Math.Min(end, int.MaxValue);
            }
        }

        if (own.Length - at != end)
        {
            throw new InvalidDataException("a text chunk has more or fewer bytes than its texts");
        }

        byte[] copied = scratch?.Bytes((int)end) ?? new byte[end];
        own[at..].CopyTo(copied);
        return new SymbolView(OwnerOf(ends, scratch), copied, ends, texts, Distinct: false);
    }

    private static int ReadPlainPart(ReadOnlySpan<byte> payload, Span<byte> texts, int start, Span<int> ends)
    {
        ReadOnlySpan<byte> own = payload[BitPackedRuns.Unpack(payload, 0, ends)..^BitPacking.SlackBytes];
        long end = start;
        foreach (ref int length in ends)
        {
            end += length - 1;
            if (length <= 0 || end > texts.Length)
            {
                throw new InvalidDataException("a part of a dictionary has other texts than there are");
            }

            length = (int)end;
        }

        if (own.Length != end - start)
        {
            throw new InvalidDataException("a part of a dictionary has more or fewer bytes than its texts");
        }

        own.CopyTo(texts[start..]);
        return (int)end;
    }

    private static int ReadHexPart(ref ByteReader reader, Span<byte> texts, int start, Span<int> ends)
    {
        int length = reader.Byte();
        int packedBytes = HexEncoding.PackedBytes(length);
        ReadOnlySpan<byte> packed = reader.Take((long)ends.Length * packedBytes);
        if ((long)ends.Length * length > texts.Length - start)
        {
            throw new InvalidDataException("a part of a dictionary has other texts than there are");
        }

        for (int i = 0; i < ends.Length; i++, start += length)
        {
            HexEncoding.Unpack(packed.Slice(i * packedBytes, packedBytes), texts.Slice(start, length));
            ends[i] = start + length;
        }

        return start;
    }

    // Memory that is used again says nothing of whether the texts are the same.
    private static object OwnerOf(int[] ends, TextScratch? scratch) => scratch is null ? ends : new object();

    private static SymbolView ReadHexNullable(ref ByteReader reader, Span<int> codes, TextScratch? scratch)
    {
        byte length = reader.Byte();
        ReadOnlySpan<byte> present = reader.Take((codes.Length + 7) / 8);
        return ReadHexTexts(ref reader, length, present, codes, scratch);
    }

    private static SymbolView ReadHex(ref ByteReader reader, ReadOnlySpan<byte> present, Span<int> codes, TextScratch? scratch) =>
        ReadHexTexts(ref reader, reader.Byte(), present, codes, scratch);

    private static SymbolView ReadHexTexts(ref ByteReader reader, int length, ReadOnlySpan<byte> present, Span<int> codes, TextScratch? scratch)
    {
        int texts = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            bool isPresent = present.IsEmpty || (present[i >> 3] >> (i & 7) & 1) != 0;
            codes[i] = isPresent ? texts++ : TextColumn.Missing;
        }

        int packedBytes = HexEncoding.PackedBytes(length);
        ReadOnlySpan<byte> packed = reader.Take(texts * packedBytes);
        byte[] bytes = scratch?.Bytes(texts * length) ?? new byte[texts * length];
        int[] ends = scratch?.Ends(texts) ?? new int[texts];
        for (int i = 0; i < texts; i++)
        {
            HexEncoding.Unpack(packed.Slice(i * packedBytes, packedBytes), bytes.AsSpan(i * length, length));
            ends[i] = (i + 1) * length;
        }

        return new SymbolView(OwnerOf(ends, scratch), bytes, ends, texts, Distinct: false);
    }
}
