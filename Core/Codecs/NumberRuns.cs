using System.Numerics;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Codecs;

/// <summary>
/// Numbers in runs of 128: the smallest of the run, the width of the differences in bits, then the differences bit-packed. In a run with missing values
/// 0 is missing and the differences are one greater. Where few differences are wide, they are outliers of an <see cref="OutlierGroup"/>.
/// </summary>
internal static class NumberRuns
{
    /// <summary>Short enough that one outlier spoils little, long enough that two bytes of header don't count.</summary>
    public const int Length = 128;

    // Set in the width byte of a run with missing values.
    private const byte WithMissing = 0x80;

    // The width byte of a run with outliers is this and their width; a run without has at most 64.
    private const int WithOutliers = 65;

    private const int MostBytes = 2 * Length * sizeof(ulong);

    /// <summary>Writes numbers; a run of <see cref="NumberColumn.Missing"/> alone costs two bytes.</summary>
    public static void WriteNumbers(this ByteWriter writer, ReadOnlySpan<long> numbers)
    {
        Span<ulong> differences = stackalloc ulong[Length];
        for (int first = 0; first < numbers.Length; first += Length)
        {
            WriteRun(writer, numbers[first..Math.Min(numbers.Length, first + Length)], differences);
        }
    }

    /// <summary>Reads numbers.</summary>
    public static void ReadNumbers(this ref ByteReader reader, Span<long> numbers)
    {
        // Reading a number may take bytes behind the last one.
        Span<byte> packed = stackalloc byte[MostBytes + BitPacking.SlackBytes + 1];
        for (int first = 0; first < numbers.Length; first += Length)
        {
            Span<long> run = numbers[first..Math.Min(numbers.Length, first + Length)];
            int width = ReadHead(ref reader, out long zero, out bool withMissing, out bool hasOutliers);
            TakeRun(ref reader, run.Length, width, hasOutliers).CopyTo(packed);
            ReadOnlySpan<byte> lower = hasOutliers ? packed[OutlierGroup.LowerAt(packed)..] : packed;
            if (withMissing)
            {
                BitPacking.UnpackNullable(lower, width, unchecked(zero + 1), 1, NumberColumn.Missing, run);
            }
            else
            {
                BitPacking.Unpack(lower, width, zero, 1, run);
            }

            if (hasOutliers)
            {
                OutlierGroup.Put(packed, width, zero, withMissing ? NumberColumn.Missing : zero, 1, run);
            }
        }
    }

    /// <summary>Passes over numbers.</summary>
    public static void SkipNumbers(this ref ByteReader reader, int count)
    {
        for (; count > 0; count -= Length)
        {
            int width = ReadHead(ref reader, out _, out _, out bool hasOutliers);
            TakeRun(ref reader, Math.Min(count, Length), width, hasOutliers);
        }
    }

    /// <summary>Throws unless the bytes left could hold so many numbers: each run takes two bytes at least.</summary>
    public static void RequireRoom(this in ByteReader reader, long numbers) =>
        ByteReader.Require(numbers / Length <= reader.Remaining / 2 && (numbers == 0 || reader.Remaining > 0));

    private static void WriteRun(ByteWriter writer, ReadOnlySpan<long> run, Span<ulong> differences)
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
        ulong union = 0;
        for (int i = 0; i < run.Length; i++)
        {
            differences[i] = run[i] == NumberColumn.Missing ? 0 : unchecked((ulong)(run[i] - zero));
            union |= differences[i];
        }

        differences = differences[..run.Length];
        int best = OutlierGroup.BestWidth(differences, union, width, out int outliers);
        writer.Signed(zero);
        writer.Byte((byte)((outliers > 0 ? best + WithOutliers : width) | (withMissing ? WithMissing : 0)));
        if (outliers > 0)
        {
            OutlierGroup.Append(writer, differences, union, best, outliers);
        }
        else
        {
            BitPacking.Pack(differences, width, writer.Take(BitPacking.PackedBytes(run.Length, width)));
        }
    }

    private static int ReadHead(ref ByteReader reader, out long zero, out bool withMissing, out bool hasOutliers)
    {
        zero = reader.Signed();
        byte head = reader.Byte();
        withMissing = (head & WithMissing) != 0;
        int width = head & ~WithMissing;
        hasOutliers = width >= WithOutliers;
        width -= hasOutliers ? WithOutliers : 0;
        ByteReader.Require(!hasOutliers || BitPacking.IsWidth(width));
        return width;
    }

    private static ReadOnlySpan<byte> TakeRun(ref ByteReader reader, int numbers, int width, bool hasOutliers)
    {
        ByteReader ahead = reader;
        return reader.Take(hasOutliers ? OutlierGroup.Measure(ahead.Take(ahead.Remaining), numbers, width) : BitPacking.PackedBytes(numbers, width));
    }
}
