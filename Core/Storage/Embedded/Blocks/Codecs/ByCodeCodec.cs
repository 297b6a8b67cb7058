using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>
/// A chunk of numbers that the codes of a text column give, as an agent's id goes with its name: only a table of the number of each code is kept.
/// See docs/format/block.md for the layout.
/// </summary>
internal sealed class ByCodeCodec
{
    /// <summary>The first byte of such a chunk.</summary>
    public const byte Form = 6;

    // A table of 8 bytes a code then takes at most two bits a row.
    private const int RowsACode = 32;

    private const int MaxCodes = BlockFormat.MaxChunkRows / RowsACode;

    private readonly long[] _numbers = new long[MaxCodes];

    /// <summary>Appends a chunk, unless two rows with the same code have different numbers or the codes are too many.</summary>
    public bool TryEncode(ReadOnlySpan<long> values, ReadOnlySpan<int> codes, ByteWriter to)
    {
        NumberStatistics.Measure(codes, out int least, out int greatest);
        long count = (long)greatest - least + 1;
        if (count * RowsACode > values.Length)
        {
            return false;
        }

        Span<long> numbers = _numbers.AsSpan(0, (int)count);
        numbers.Fill(NumberColumn.Missing);
        for (int row = 0; row < values.Length; row++)
        {
            numbers[codes[row] - least] = values[row];
        }

        for (int row = 0; row < values.Length; row++)
        {
            if (numbers[codes[row] - least] != values[row])
            {
                return false;
            }
        }

        to.Byte(Form);
        to.Int32(least);
        to.Varint((ulong)count);
        foreach (long number in numbers)
        {
            to.Int64(number);
        }

        return true;
    }

    /// <summary>Reads a chunk with the codes of the same rows.</summary>
    public static void Decode(ReadOnlySpan<byte> payload, ReadOnlySpan<int> codes, Span<long> into)
    {
        ByteReader reader = new(payload);
        reader.Byte();
        int least = reader.Int32();
        int count = reader.Size();
        ByteReader.Require(count <= MaxCodes);
        Span<long> table = stackalloc long[MaxCodes];
        table = table[..count];
        foreach (ref long number in table)
        {
            number = reader.Int64();
        }

        for (int row = 0; row < into.Length; row++)
        {
            int place = unchecked(codes[row] - least);
            into[row] = (uint)place < (uint)table.Length ? table[place] : throw new InvalidDataException("a code has no number");
        }
    }
}
