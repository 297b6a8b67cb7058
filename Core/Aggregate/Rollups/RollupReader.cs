using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>Reads what a <see cref="RollupWriter"/> wrote. Whatever the bytes are, the worst is an <see cref="InvalidDataException"/>.</summary>
internal ref struct RollupReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Throws unless what was read makes sense.</summary>
    public static void Require([DoesNotReturnIf(false)] bool makesSense)
    {
        if (!makesSense)
        {
            throw new InvalidDataException("The rollup is damaged.");
        }
    }

    public readonly bool IsAtEnd => _bytes.IsEmpty;

    /// <summary>How many bytes were not read yet.</summary>
    public readonly int Left => _bytes.Length;

    public byte ReadByte()
    {
        Require(!_bytes.IsEmpty);
        byte value = _bytes[0];
        _bytes = _bytes[1..];
        return value;
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = ReadByte();
            Require(shift < 63 || next <= 1);
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    /// <summary>Reads a number that must be less than <paramref name="limit"/>.</summary>
    public int ReadBelow(int limit)
    {
        ulong value = ReadVarint();
        Require(value < (ulong)limit);
        return (int)value;
    }

    /// <summary>Reads how many numbers follow in a column, which can't be more than the bytes left could hold.</summary>
    public int ReadCount()
    {
        ulong count = ReadVarint();
        RequireRoom(count <= int.MaxValue ? (long)count : long.MaxValue);
        return (int)count;
    }

    /// <summary>Throws unless the bytes left could hold a column of so many numbers: each run takes two bytes at least.</summary>
    public readonly void RequireRoom(long numbers) => Require(numbers / RollupWriter.RunLength <= _bytes.Length / 2 && (numbers == 0 || !_bytes.IsEmpty));

    public ReadOnlySpan<byte> ReadBytes(long count)
    {
        Require(count >= 0 && count <= _bytes.Length);
        ReadOnlySpan<byte> read = _bytes[..(int)count];
        _bytes = _bytes[(int)count..];
        return read;
    }

    public void ReadNumbers(Span<long> numbers)
    {
        for (int first = 0; first < numbers.Length; first += RollupWriter.RunLength)
        {
            ReadRun(numbers[first..Math.Min(numbers.Length, first + RollupWriter.RunLength)]);
        }
    }

    public void ReadWide(Span<Int128> numbers)
    {
        RequireRoom(numbers.Length);
        long[] high = ArrayPool<long>.Shared.Rent(numbers.Length);
        ReadNumbers(high.AsSpan(0, numbers.Length));
        RequireRoom(numbers.Length);
        long[] low = ArrayPool<long>.Shared.Rent(numbers.Length);
        ReadNumbers(low.AsSpan(0, numbers.Length));
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = new Int128((ulong)high[i], (ulong)low[i]);
        }

        ArrayPool<long>.Shared.Return(high);
        ArrayPool<long>.Shared.Return(low);
    }

    /// <summary>Reads codes of a dictionary of so many texts; a missing one is −1.</summary>
    public void ReadCodes(Span<int> codes, int texts)
    {
        RequireRoom(codes.Length);
        long[] numbers = ArrayPool<long>.Shared.Rent(codes.Length);
        ReadNumbers(numbers.AsSpan(0, codes.Length));
        for (int i = 0; i < codes.Length; i++)
        {
            bool missing = numbers[i] == NumberColumn.Missing;
            Require(missing || (numbers[i] >= 0 && numbers[i] < texts));
            codes[i] = missing ? TextColumn.Missing : (int)numbers[i];
        }

        ArrayPool<long>.Shared.Return(numbers);
    }

    /// <summary>Reads ascending lists; <paramref name="starts"/> comes with the start of the first and leaves with all, and the end.</summary>
    /// <param name="starts">Where each list begins, and the end.</param>
    /// <param name="count">How many values all lists have.</param>
    /// <returns>The values, at the start of an array that goes back to the shared pool.</returns>
    public long[] ReadAscending(Span<int> starts, out int count)
    {
        int lists = starts.Length - 1;
        long[] lengths = ReadLengths(lists, Array.MaxLength - starts[0], out count, out int filled);
        for (int i = 0; i < lists; i++)
        {
            starts[i + 1] = starts[i] + (int)lengths[i];
        }

        RequireRoom(count);
        long[] values = ArrayPool<long>.Shared.Rent(count);
        ReadNumbers(values.AsSpan(0, filled));
        long[] differences = ArrayPool<long>.Shared.Rent(count - filled);
        ReadNumbers(differences.AsSpan(0, count - filled));
        Arrange(lengths.AsSpan(0, lists), values.AsSpan(0, count), differences.AsSpan(0, count - filled));
        ArrayPool<long>.Shared.Return(lengths);
        ArrayPool<long>.Shared.Return(differences);
        return values;
    }

    /// <summary>Passes over numbers.</summary>
    public void SkipNumbers(int count)
    {
        for (; count > 0; count -= RollupWriter.RunLength)
        {
            int width = ReadRunHeader(out _, out _);
            ReadBytes(PackedBytes(Math.Min(count, RollupWriter.RunLength), width));
        }
    }

    /// <summary>Passes over ascending lists; returns how many values they have.</summary>
    public int SkipAscending(int lists)
    {
        ArrayPool<long>.Shared.Return(ReadLengths(lists, Array.MaxLength, out int count, out int filled));
        SkipNumbers(filled);
        SkipNumbers(count - filled);
        return count;
    }

    /// <summary>Reads a dictionary.</summary>
    public SymbolTable ReadTexts()
    {
        int count = ReadCount();
        long[] numbers = ArrayPool<long>.Shared.Rent(count);
        ReadNumbers(numbers.AsSpan(0, count));
        int[] lengths = ArrayPool<int>.Shared.Rent(count);
        long total = 0;
        for (int i = 0; i < count; i++)
        {
            Require(numbers[i] >= 0 && numbers[i] <= _bytes.Length);
            lengths[i] = (int)numbers[i];
            total += numbers[i];
        }

        SymbolTable texts = new();
        texts.Load(ReadBytes(total), lengths.AsSpan(0, count), distinct: false);
        ArrayPool<long>.Shared.Return(numbers);
        ArrayPool<int>.Shared.Return(lengths);
        return texts;
    }

    // The first values stand in front of the array that all values go to, so lists are laid out from the last one.
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
    private long[] ReadLengths(int lists, int most, out int count, out int filled)
    {
        RequireRoom(lists);
        long[] lengths = ArrayPool<long>.Shared.Rent(lists);
        ReadNumbers(lengths.AsSpan(0, lists));
        long total = 0;
        filled = 0;
        foreach (long length in lengths.AsSpan(0, lists))
        {
            Require(length >= 0 && length <= int.MaxValue);
            total += length;
            filled += length > 0 ? 1 : 0;
            Require(total <= most);
        }

        count = (int)total;
        return lengths;
    }

    private static int PackedBytes(int numbers, int width) => ((numbers * width) + 7) / 8;

    private int ReadRunHeader(out long zero, out bool withMissing)
    {
        ulong zigzag = ReadVarint();
        zero = (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
        byte header = ReadByte();
        withMissing = (header & RollupWriter.WithMissing) != 0;
        int width = header & ~RollupWriter.WithMissing;
        Require(width <= 64);
        return width;
    }

    private void ReadRun(Span<long> run)
    {
        int width = ReadRunHeader(out long zero, out bool withMissing);
        if (width == 0)
        {
            run.Fill(withMissing ? NumberColumn.Missing : zero);
            return;
        }

        // Reading a number takes the eight bytes from its first bit's on and one more, so the last ones need bytes behind them.
        Span<byte> packed = stackalloc byte[(RollupWriter.RunLength + 2) * sizeof(ulong)];
        ReadBytes(PackedBytes(run.Length, width)).CopyTo(packed);
        ulong mask = ulong.MaxValue >> (64 - width);
        for (int i = 0; i < run.Length; i++)
        {
            int bit = i * width;
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(packed[(bit >> 3)..]) >> (bit & 7);
            value |= (ulong)packed[(bit >> 3) + sizeof(ulong)] << 1 << (63 - (bit & 7));
            value &= mask;
            run[i] = withMissing && value == 0 ? NumberColumn.Missing : unchecked(zero + (long)value);
        }
    }
}
