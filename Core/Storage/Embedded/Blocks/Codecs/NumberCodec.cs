using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>
/// A chunk of a number column as bytes: the first byte names the form. Which form is smallest is decided chunk by chunk. See docs/format/block.md for the
/// layout.
/// </summary>
internal sealed class NumberCodec
{
    internal const byte Constant = 1;
    internal const byte Packed = 2;
    internal const byte PackedNullable = 3;
    internal const byte Delta = 4;
    internal const byte Table = 5;

    // Agents' ids and the like: few values, far apart. Wider tables hardly pay for their 8 bytes a value.
    private const int MaxTable = 64;
    private const int TableSlots = 256;
    private const int WorthATable = 5;

    private readonly ulong[] _group = new ulong[BitPacking.GroupRows];
    private readonly long[] _tableValues = new long[MaxTable];
    private readonly byte[] _tableSlots = new byte[TableSlots];
    private readonly int[] _tableCodes = new int[BlockFormat.MaxChunkRows];
    private readonly DictionaryIndexCodec _codes = new();

    /// <summary>Appends a chunk; tells the least and the greatest value that is not missing (least &gt; greatest when all are).</summary>
    public void Encode(ReadOnlySpan<long> values, ByteWriter to, out long least, out long greatest)
    {
        NumberStatistics.Measure(values, out least, out greatest, out bool missing);
        if (least > greatest || (least == greatest && !missing))
        {
            WriteConstant(to, least > greatest ? NumberColumn.Missing : least);
            return;
        }

        long scale = ScaleOf(values);
        int width = BitPacking.WidthOf((ulong)(greatest - least) / (ulong)scale);
        if (width >= WorthATable && TryTable(values, to))
        {
            return;
        }

        to.Byte(missing ? PackedNullable : Packed);
        to.Int64(least);
        to.Int64(scale);
        WriteGroups(values, least, scale, missing ? 1UL : 0UL, to);
    }

    /// <summary>Appends a chunk whose values hardly fall and are never missing (times, sequence numbers).</summary>
    public void EncodeOrdered(ReadOnlySpan<long> values, ByteWriter to, out long least, out long greatest)
    {
        NumberStatistics.Measure(values, out least, out greatest, out _);
        if (least == greatest)
        {
            WriteConstant(to, least);
            return;
        }

        long leastStep = LeastStep(values, out ulong range);
        if (BitPacking.WidthOf(range) < BitPacking.WidthOf(unchecked((ulong)(greatest - least))))
        {
            to.Byte(Delta);
            to.Int64(values[0]);
            to.Int64(leastStep);
            WriteSteps(values, leastStep, to);
            return;
        }

        to.Byte(Packed);
        to.Int64(least);
        to.Int64(1);
        WriteGroups(values, least, 1, 0, to);
    }

    /// <summary>
    /// Reads a chunk into all rows of <paramref name="into"/>. <paramref name="bytes"/> ends with <see cref="BitPacking.SlackBytes"/>
    /// that do not belong to the chunk.
    /// </summary>
    public static void Decode(ReadOnlySpan<byte> bytes, Span<long> into) => NumberDecoder.Decode(bytes, into, RunMask.All);

    private static void WriteConstant(ByteWriter to, long value)
    {
        to.Byte(Constant);
        to.Int64(value);
    }

    // Durations are mostly whole milliseconds, numbers whole ones: both kept in smaller units.
    private static long ScaleOf(ReadOnlySpan<long> values)
    {
        if (!AllMultiples1000(values))
        {
            return 1;
        }

        foreach (long value in values)
        {
            if (value != NumberColumn.Missing && value % 1_000_000 != 0)
            {
                return 1_000;
            }
        }

        return 1_000_000;
    }

    private static bool AllMultiples1000(ReadOnlySpan<long> values)
    {
        foreach (long value in values)
        {
            if (value % 1_000 != 0 && value != NumberColumn.Missing)
            {
                return false;
            }
        }

        return true;
    }

    private void WriteGroups(ReadOnlySpan<long> values, long least, long scale, ulong shift, ByteWriter to)
    {
        int widthsAt = to.Count;
        to.Take(BitPackedRuns.GroupCount(values.Length));
        for (int group = 0; !values.IsEmpty; group++)
        {
            ReadOnlySpan<long> rows = values[..Math.Min(values.Length, BitPacking.GroupRows)];
            Span<ulong> numbers = _group.AsSpan(0, rows.Length);
            ulong union = scale switch
            {
                1 => NumberStatistics.Offsets(rows, least, shift, numbers),
                1_000 => Offsets1000(rows, least, shift, numbers),
                _ => Offsets1000000(rows, least, shift, numbers),
            };
            BitPackedRuns.Append(to, numbers, union, out byte width);
            to.Patch(widthsAt + group, width);
            values = values[rows.Length..];
        }
    }

    // What steps are counted from, and how far up they go. Few steps back, as where two agents' batches meet, are left to be outliers.
    private static long LeastStep(ReadOnlySpan<long> values, out ulong range)
    {
        long least = long.MaxValue;
        long leastForward = long.MaxValue;
        long greatest = long.MinValue;
        int back = 0;
        for (int i = 1; i < values.Length; i++)
        {
            long step = unchecked(values[i] - values[i - 1]);
            least = Math.Min(least, step);
            leastForward = Math.Min(leastForward, step < 0 ? long.MaxValue : step);
            greatest = Math.Max(greatest, step);
            back += step < 0 ? 1 : 0;
        }

        long from = back * BitPacking.GroupRows <= values.Length && leastForward <= greatest ? leastForward : least;
        range = unchecked((ulong)(greatest - from));
        return from;
    }

    private void WriteSteps(ReadOnlySpan<long> values, long leastStep, ByteWriter to)
    {
        int widthsAt = to.Count;
        to.Take(BitPackedRuns.GroupCount(values.Length));
        long before = unchecked(values[0] - leastStep);
        for (int start = 0; start < values.Length; start += BitPacking.GroupRows)
        {
            ReadOnlySpan<long> rows = values.Slice(start, Math.Min(values.Length - start, BitPacking.GroupRows));
            ulong union = 0;
            for (int i = 0; i < rows.Length; i++)
            {
                ulong step = unchecked((ulong)(rows[i] - before - leastStep));
                before = rows[i];
                union |= step;
                _group[i] = step;
            }

            BitPackedRuns.Append(to, _group.AsSpan(0, rows.Length), union, out byte width);
            to.Patch(widthsAt + start / BitPacking.GroupRows, width);
        }
    }

    // The divisor is a constant, since a division by a constant is a multiplication.
    private static ulong Offsets1000(ReadOnlySpan<long> rows, long least, ulong shift, Span<ulong> into)
    {
        ulong union = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            ulong number = rows[i] == NumberColumn.Missing ? 0 : unchecked((ulong)(rows[i] - least)) / 1_000 + shift;
            union |= number;
            into[i] = number;
        }

        return union;
    }

    private static ulong Offsets1000000(ReadOnlySpan<long> rows, long least, ulong shift, Span<ulong> into)
    {
        ulong union = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            ulong number = rows[i] == NumberColumn.Missing ? 0 : unchecked((ulong)(rows[i] - least)) / 1_000_000 + shift;
            union |= number;
            into[i] = number;
        }

        return union;
    }

    private bool TryTable(ReadOnlySpan<long> values, ByteWriter to)
    {
        Array.Clear(_tableSlots);
        Span<int> codes = _tableCodes.AsSpan(0, values.Length);
        int count = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (!TryFindCode(values[i], ref count, out codes[i]))
            {
                return false;
            }
        }

        to.Byte(Table);
        to.Byte((byte)count);
        foreach (long value in _tableValues.AsSpan(0, count))
        {
            to.Int64(value);
        }

        _codes.WriteGroups(codes, least: 0, to);
        return true;
    }

    private bool TryFindCode(long value, ref int count, out int code)
    {
        int slot = (int)(unchecked((ulong)value * 0x9E3779B97F4A7C15) >> 56);
        for (; _tableSlots[slot] != 0; slot = (slot + 1) & (TableSlots - 1))
        {
            code = _tableSlots[slot] - 1;
            if (_tableValues[code] == value)
            {
                return true;
            }
        }

        code = count;
        if (count == MaxTable)
        {
            return false;
        }

        _tableValues[count++] = value;
        _tableSlots[slot] = (byte)count;
        return true;
    }
}
