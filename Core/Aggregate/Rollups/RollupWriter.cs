using System.Buffers.Binary;
using System.Numerics;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>
/// Writes the columns of a rollup. Numbers stand in runs of 128: the smallest of the run, the width of the differences in bits, then the
/// differences bit-packed; in a run with missing values 0 is missing and the differences are one greater.
/// </summary>
internal sealed class RollupWriter
{
    // Short enough that one outlier spoils little, long enough that two bytes of header don't count.
    public const int RunLength = 128;

    /// <summary>Set in the width byte of a run with missing values.</summary>
    public const byte WithMissing = 0x80;

    private byte[] _bytes = new byte[256];
    private int _length;
    private long[] _column = [];

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Empties the writer and keeps its memory.</summary>
    public void Clear() => _length = 0;

    /// <summary>Room for a column to be put together in before it is written; what it holds is undefined. Valid until it is asked for again.</summary>
    public Span<long> Column(int length)
    {
        if (_column.Length < length)
        {
            _column = new long[Math.Max(length, _column.Length * 2)];
        }

        return _column.AsSpan(0, length);
    }

    public void WriteByte(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
    }

    /// <summary>Writes a number ≥ 0 (any 64 bits) seven bits at a time, the lowest first.</summary>
    public void WriteVarint(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _bytes[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[_length++] = (byte)value;
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Writes numbers, of which <see cref="NumberColumn.Missing"/> costs little.</summary>
    public void WriteNumbers(ReadOnlySpan<long> numbers)
    {
        for (int first = 0; first < numbers.Length; first += RunLength)
        {
            WriteRun(numbers[first..Math.Min(numbers.Length, first + RunLength)]);
        }
    }

    /// <summary>Writes 128-bit numbers as a column of their upper halves, mostly all alike, and one of their lower.</summary>
    public void WriteWide(ReadOnlySpan<Int128> numbers)
    {
        Span<long> half = Column(numbers.Length);
        for (int i = 0; i < half.Length; i++)
        {
            half[i] = (long)(numbers[i] >> 64);
        }

        WriteNumbers(half);
        for (int i = 0; i < half.Length; i++)
        {
            half[i] = unchecked((long)(ulong)numbers[i]);
        }

        WriteNumbers(half);
    }

    /// <summary>Writes ascending lists, of which list i is <c>values[starts[i]..starts[i + 1]]</c>: lengths, first values, then differences.</summary>
    public void WriteAscending<T>(ReadOnlySpan<int> starts, ReadOnlySpan<T> values)
        where T : struct, IBinaryInteger<T>
    {
        Span<long> run = stackalloc long[RunLength];
        int filled = 0;
        for (int i = 0; i + 1 < starts.Length; i++)
        {
            filled = Put(run, filled, starts[i + 1] - starts[i]);
        }

        WriteNumbers(run[..filled]);
        filled = 0;
        for (int i = 0; i + 1 < starts.Length; i++)
        {
            filled = starts[i + 1] > starts[i] ? Put(run, filled, long.CreateChecked(values[starts[i]])) : filled;
        }

        WriteNumbers(run[..filled]);
        filled = 0;
        for (int i = 0; i + 1 < starts.Length; i++)
        {
            for (int place = starts[i] + 1; place < starts[i + 1]; place++)
            {
                filled = Put(run, filled, long.CreateChecked(values[place] - values[place - 1]));
            }
        }

        WriteNumbers(run[..filled]);
    }

    /// <summary>Writes a dictionary: how many texts, their lengths, then the texts.</summary>
    public void WriteTexts(SymbolTable texts)
    {
        WriteVarint((ulong)texts.Count);
        Span<long> lengths = Column(texts.Count);
        for (int code = 0; code < lengths.Length; code++)
        {
            lengths[code] = texts[code].Length;
        }

        WriteNumbers(lengths);
        SymbolView view = texts.View();
        WriteBytes(view.Bytes.AsSpan(0, texts.TextBytes));
    }

    // Writes a run as soon as it is whole, so that no list is put together in memory. Returns how full the next one is.
    private int Put(Span<long> run, int filled, long number)
    {
        run[filled] = number;
        if (filled + 1 < run.Length)
        {
            return filled + 1;
        }

        WriteRun(run);
        return 0;
    }

    private void WriteRun(ReadOnlySpan<long> run)
    {
        long smallest = long.MaxValue;
        long greatest = long.MinValue;
        bool withMissing = false;
        foreach (long number in run)
        {
            withMissing |= number == NumberColumn.Missing;
            smallest = number == NumberColumn.Missing ? smallest : Math.Min(smallest, number);
            greatest = Math.Max(greatest, number);
        }

        bool allMissing = greatest == NumberColumn.Missing;
        long zero = allMissing ? 0 : unchecked(smallest - (withMissing ? 1 : 0));
        ulong widest = allMissing ? 0 : unchecked((ulong)(greatest - zero));
        int width = 64 - BitOperations.LeadingZeroCount(widest);
        WriteVarint(ZigZag(zero));
        WriteByte((byte)(width | (withMissing ? WithMissing : 0)));
        Pack(run, zero, width);
    }

    private void Pack(ReadOnlySpan<long> run, long zero, int width)
    {
        if (width == 0)
        {
            return;
        }

        Reserve(run.Length * sizeof(ulong) + sizeof(ulong));
        ulong bits = 0;
        int filled = 0;
        foreach (long number in run)
        {
            ulong value = number == NumberColumn.Missing ? 0 : unchecked((ulong)(number - zero));
            bits |= value << filled;
            filled += width;
            if (filled >= 64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_length), bits);
                _length += sizeof(ulong);
                filled -= 64;

                // Shifts count modulo 64, so a number that ended with the word is no remainder.
                bits = filled == 0 ? 0 : value >> (width - filled);
            }
        }

        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_length), bits);
        _length += (filled + 7) / 8;
    }

    private static ulong ZigZag(long value) => unchecked((ulong)((value << 1) ^ (value >> 63)));

    private void Reserve(int bytes)
    {
        if (_length + (long)bytes > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_length + (long)bytes, _bytes.Length * 2L)));
        }
    }
}
