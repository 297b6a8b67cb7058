using System.Buffers;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>Reads what <see cref="RollupWriter"/> wrote. Whatever the bytes are, the worst is an <see cref="InvalidDataException"/>.</summary>
internal static class RollupReader
{
    /// <summary>Reads how many numbers follow in a column, which can't be more than the bytes left could hold.</summary>
    public static int ReadCount(this ref ByteReader reader)
    {
        int count = reader.Size();
        reader.RequireRoom(count);
        return count;
    }

    /// <summary>Reads 128-bit numbers.</summary>
    public static void ReadWide(this ref ByteReader reader, Span<Int128> numbers)
    {
        reader.RequireRoom(numbers.Length);
        long[] high = ArrayPool<long>.Shared.Rent(numbers.Length);
        reader.ReadNumbers(high.AsSpan(0, numbers.Length));
        reader.RequireRoom(numbers.Length);
        long[] low = ArrayPool<long>.Shared.Rent(numbers.Length);
        reader.ReadNumbers(low.AsSpan(0, numbers.Length));
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = new Int128((ulong)high[i], (ulong)low[i]);
        }

        ArrayPool<long>.Shared.Return(high);
        ArrayPool<long>.Shared.Return(low);
    }

    /// <summary>Reads codes of a dictionary of so many texts; a missing one is −1.</summary>
    public static void ReadCodes(this ref ByteReader reader, Span<int> codes, int texts)
    {
        reader.RequireRoom(codes.Length);
        long[] numbers = ArrayPool<long>.Shared.Rent(codes.Length);
        reader.ReadNumbers(numbers.AsSpan(0, codes.Length));
        for (int i = 0; i < codes.Length; i++)
        {
            bool missing = numbers[i] == NumberColumn.Missing;
            ByteReader.Require(missing || (numbers[i] >= 0 && numbers[i] < texts));
            codes[i] = missing ? TextColumn.Missing : (int)numbers[i];
        }

        ArrayPool<long>.Shared.Return(numbers);
    }

    /// <summary>Reads ascending lists; <paramref name="starts"/> comes with the start of the first and leaves with all, and the end.</summary>
    /// <param name="reader">The section.</param>
    /// <param name="starts">Where each list begins, and the end.</param>
    /// <param name="firstOfEach">The first value of each list, where it is not empty; nothing when they were written.</param>
    /// <param name="count">How many values all lists have.</param>
    /// <returns>The values, at the start of an array that goes back to the shared pool.</returns>
    public static long[] ReadAscending(this ref ByteReader reader, Span<int> starts, ReadOnlySpan<ushort> firstOfEach, out int count)
    {
        int lists = starts.Length - 1;
        long[] lengths = ReadLengths(ref reader, lists, Array.MaxLength - starts[0], out count, out int filled);
        for (int i = 0; i < lists; i++)
        {
            starts[i + 1] = starts[i] + (int)lengths[i];
        }

        reader.RequireRoom(count);
        long[] values = ArrayPool<long>.Shared.Rent(count);
        if (firstOfEach.IsEmpty)
        {
            reader.ReadNumbers(values.AsSpan(0, filled));
        }
        else
        {
            for (int i = 0, list = 0; i < lists; i++)
            {
                if (lengths[i] > 0)
                {
                    values[list++] = firstOfEach[i];
                }
            }
        }

        long[] differences = ArrayPool<long>.Shared.Rent(count - filled);
        reader.ReadNumbers(differences.AsSpan(0, count - filled));
        Arrange(lengths.AsSpan(0, lists), values.AsSpan(0, count), differences.AsSpan(0, count - filled));
        ArrayPool<long>.Shared.Return(lengths);
        ArrayPool<long>.Shared.Return(differences);
        return values;
    }

    /// <summary>Passes over ascending lists, with or without their first values; returns how many values they have.</summary>
    public static int SkipAscending(this ref ByteReader reader, int lists, bool withFirst)
    {
        ArrayPool<long>.Shared.Return(ReadLengths(ref reader, lists, Array.MaxLength, out int count, out int filled));
        reader.SkipNumbers(withFirst ? filled : 0);
        reader.SkipNumbers(count - filled);
        return count;
    }

    /// <summary>Reads a dictionary.</summary>
    public static SymbolTable ReadTexts(this ref ByteReader reader)
    {
        int count = reader.ReadCount();
        long[] numbers = ArrayPool<long>.Shared.Rent(count);
        reader.ReadNumbers(numbers.AsSpan(0, count));
        int[] lengths = ArrayPool<int>.Shared.Rent(count);
        long total = 0;
        for (int i = 0; i < count; i++)
        {
            ByteReader.Require(numbers[i] >= 0 && numbers[i] <= reader.Remaining);
            lengths[i] = (int)numbers[i];
            total += numbers[i];
        }

        SymbolTable texts = new();
        texts.Load(reader.Take(total), lengths.AsSpan(0, count), distinct: false);
        ArrayPool<long>.Shared.Return(numbers);
        ArrayPool<int>.Shared.Return(lengths);
        return texts;
    }

    // The first values are at the start of the array that all values go to, so lists are filled from the last one.
    private static void Arrange(ReadOnlySpan<long> lengths, Span<long> values, ReadOnlySpan<long> differences)
    {
        int end = values.Length;
        int first = values.Length - differences.Length;
        int difference = differences.Length;
        for (int i = lengths.Length - 1; i >= 0; i--)
        {
            if (lengths[i] == 0)
            {
                continue;
            }

            int start = end - (int)lengths[i];
            difference -= (int)lengths[i] - 1;
            values[start] = values[--first];
            for (int place = start + 1; place < end; place++)
            {
                values[place] = values[place - 1] + differences[difference + place - start - 1];
            }

            end = start;
        }
    }

    // How long each of some lists is, at the start of an array that goes back to the shared pool; together at most so long, and how many are not empty.
    private static long[] ReadLengths(ref ByteReader reader, int lists, int most, out int count, out int filled)
    {
        reader.RequireRoom(lists);
        long[] lengths = ArrayPool<long>.Shared.Rent(lists);
        reader.ReadNumbers(lengths.AsSpan(0, lists));
        long total = 0;
        filled = 0;
        foreach (long length in lengths.AsSpan(0, lists))
        {
            ByteReader.Require(length >= 0 && length <= int.MaxValue);
            total += length;
            filled += length > 0 ? 1 : 0;
            ByteReader.Require(total <= most);
        }

        count = (int)total;
        return lengths;
    }
}
