using System.Buffers;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Codecs;

/// <summary>
/// A text column as bytes: <c>encoding u8 | dictionary | rows</c>. The dictionary holds only texts that a row means; what the rows need
/// beside it depends on the <see cref="ColumnEncoding"/>.
/// </summary>
internal static class TextColumnCodec
{
    public static void Write(Field field, TextColumn column, IBufferWriter<byte> output)
    {
        ReadOnlySpan<int> codes = column.Codes;
        SymbolView texts = column.Symbols.View();
        if (texts.Count == codes.Length && IsCounting(codes))
        {
            WriteColumn(field, ColumnEncoding.TextPerRow, codes, texts, output);
            return;
        }

        int[] places = ArrayPool<int>.Shared.Rent(Math.Max(1, texts.Count));
        try
        {
            WriteUsed(field, codes, texts, places.AsSpan(0, texts.Count), output);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(places);
        }
    }

    /// <summary>Reads a column; false when the bytes are none.</summary>
    /// <exception cref="InvalidDataException">The bytes end too soon.</exception>
    public static bool TryRead(ColumnEncoding encoding, ref ByteReader reader, TextColumn column, int rows)
    {
        if (!TextDictionaryCodec.TryRead(ref reader, column.Symbols, rows))
        {
            return false;
        }

        int count = column.Symbols.Count;
        Span<int> codes = column.Extend(rows);
        return encoding switch
        {
            ColumnEncoding.SameText => count == 1 && Fill(codes),
            ColumnEncoding.TextPerRow => count == rows && Count(codes),
            ColumnEncoding.TextPerRowWithMissing => TryReadBitmap(reader.Take((rows + 7) / 8), codes, count),
            ColumnEncoding.Codes => TryReadCodes(ref reader, codes, count),
            _ => false,
        };
    }

    private static void WriteUsed(Field field, ReadOnlySpan<int> codes, SymbolView texts, Span<int> places, IBufferWriter<byte> output)
    {
        (int used, int missing, bool rising) = MarkUsed(codes, places);
        if (used == 0)
        {
            // No sample has the field, so it needs no column.
            return;
        }

        ColumnEncoding encoding = missing == 0
            ? used == 1 ? ColumnEncoding.SameText : rising ? ColumnEncoding.TextPerRow : ColumnEncoding.Codes
            : rising && used > byte.MaxValue ? ColumnEncoding.TextPerRowWithMissing : ColumnEncoding.Codes;
        if (used == texts.Count)
        {
            WriteColumn(field, encoding, codes, texts, output);
            return;
        }

        using UsedTexts kept = new(texts, codes, places, used);
        WriteColumn(field, encoding, kept.Codes, kept.Texts, output);
    }

    // Marks the texts that a row means, and tells whether the rows mean them in the dictionary's order, each once.
    private static (int Used, int Missing, bool Rising) MarkUsed(ReadOnlySpan<int> codes, Span<int> places)
    {
        places.Clear();
        int missing = 0;
        int last = -1;
        bool rising = true;
        foreach (int code in codes)
        {
            if (code < 0)
            {
                missing++;
                continue;
            }

            places[code] = 1;
            rising &= code > last;
            last = code;
        }

        int used = 0;
        foreach (int mark in places)
        {
            used += mark;
        }

        return (used, missing, rising);
    }

    private static void WriteColumn(Field field, ColumnEncoding encoding, ReadOnlySpan<int> codes, SymbolView texts, IBufferWriter<byte> output)
    {
        using TextDictionaryCodec.Plan dictionary = new(texts);
        int width = NumberPacking.WidthOf((uint)texts.Count);
        int rowBytes = encoding switch
        {
            ColumnEncoding.Codes => sizeof(byte) + checked(codes.Length * width),
            ColumnEncoding.TextPerRowWithMissing => (codes.Length + 7) / 8,
            _ => 0,
        };
        int body = checked(sizeof(byte) + dictionary.Bytes + rowBytes);
        Span<byte> bytes = ColumnHead.Begin(field, body, output);
        bytes[0] = (byte)encoding;
        dictionary.Write(bytes[1..]);
        Span<byte> rows = bytes[(1 + dictionary.Bytes)..];
        if (encoding == ColumnEncoding.Codes)
        {
            rows[0] = (byte)width;
            CodePacking.Pack(codes, TextColumn.Missing, width, rows[1..]);
        }
        else if (encoding == ColumnEncoding.TextPerRowWithMissing)
        {
            WriteBitmap(codes, rows);
        }

        output.Advance(body);
    }

    private static bool IsCounting(ReadOnlySpan<int> codes)
    {
        for (int i = 0; i < codes.Length; i++)
        {
            if (codes[i] != i)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Fill(Span<int> codes)
    {
        codes.Clear();
        return true;
    }

    private static bool Count(Span<int> codes)
    {
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = i;
        }

        return true;
    }

    private static void WriteBitmap(ReadOnlySpan<int> codes, Span<byte> bitmap)
    {
        bitmap.Clear();
        for (int i = 0; i < codes.Length; i++)
        {
            bitmap[i >> 3] |= (byte)((codes[i] >= 0 ? 1 : 0) << (i & 7));
        }
    }

    private static bool TryReadBitmap(ReadOnlySpan<byte> bitmap, Span<int> codes, int count)
    {
        int next = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = ((bitmap[i >> 3] >> (i & 7)) & 1) != 0 ? next++ : TextColumn.Missing;
        }

        return next == count;
    }

    private static bool TryReadCodes(ref ByteReader reader, Span<int> codes, int count)
    {
        byte width = reader.Byte();
        if (!CodePacking.IsWidth(width) || width == 0)
        {
            return false;
        }

        CodePacking.Unpack(reader.Take((long)codes.Length * width), TextColumn.Missing, width, codes);
        (int smallest, int largest) = CodePacking.RangeOf(codes);
        return smallest >= TextColumn.Missing && largest < count;
    }
}
