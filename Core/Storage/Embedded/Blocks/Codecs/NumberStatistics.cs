using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>Passes over the numbers of a chunk, a vector at a time.</summary>
internal static class NumberStatistics
{
    /// <summary>The least and the greatest value that is not missing (least &gt; greatest when all are), and whether any is missing.</summary>
    public static void Measure(ReadOnlySpan<long> values, out long least, out long greatest, out bool missing)
    {
        // The missing value is the smallest integer: less one it becomes the greatest, and so no least value.
        long low = long.MaxValue;
        greatest = long.MinValue;
        missing = values.Contains(NumberColumn.Missing);
        int at = 0;
        if (Vector256.IsHardwareAccelerated && values.Length >= Vector256<long>.Count)
        {
            Vector256<long> lows = Vector256.Create(long.MaxValue);
            Vector256<long> highs = Vector256.Create(long.MinValue);
            ReadOnlySpan<Vector256<long>> vectors = MemoryMarshal.Cast<long, Vector256<long>>(values);
            foreach (Vector256<long> vector in vectors)
            {
                lows = Vector256.Min(lows, vector - Vector256<long>.One);
                highs = Vector256.Max(highs, vector);
            }

            for (int i = 0; i < Vector256<long>.Count; i++)
            {
                low = Math.Min(low, lows[i]);
                greatest = Math.Max(greatest, highs[i]);
            }

            at = vectors.Length * Vector256<long>.Count;
        }

        foreach (long value in values[at..])
        {
            low = Math.Min(low, unchecked(value - 1));
            greatest = Math.Max(greatest, value);
        }

        least = greatest == NumberColumn.Missing ? long.MaxValue : low + 1;
    }

    /// <summary>Writes each number's distance from the least, plus a shift; 0 for a missing one. Returns all of them or-ed together.</summary>
    public static ulong Offsets(ReadOnlySpan<long> values, long least, ulong shift, Span<ulong> into)
    {
        long zero = unchecked(least - (long)shift);
        ulong union = 0;
        int at = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<long> unions = Vector256<long>.Zero;
            ReadOnlySpan<Vector256<long>> from = MemoryMarshal.Cast<long, Vector256<long>>(values);
            Span<Vector256<long>> to = MemoryMarshal.Cast<ulong, Vector256<long>>(into[..values.Length]);
            for (int i = 0; i < from.Length; i++)
            {
                Vector256<long> isMissing = Vector256.Equals(from[i], Vector256.Create(NumberColumn.Missing));
                to[i] = Vector256.AndNot(from[i] - Vector256.Create(zero), isMissing);
                unions |= to[i];
            }

            for (int i = 0; i < Vector256<long>.Count; i++)
            {
                union |= (ulong)unions[i];
            }

            at = from.Length * Vector256<long>.Count;
        }

        for (; at < values.Length; at++)
        {
            into[at] = values[at] == NumberColumn.Missing ? 0 : unchecked((ulong)(values[at] - zero));
            union |= into[at];
        }

        return union;
    }

    /// <summary>The least and the greatest of some codes (least &gt; greatest when there are none).</summary>
    public static void Measure(ReadOnlySpan<int> codes, out int least, out int greatest)
    {
        least = int.MaxValue;
        greatest = int.MinValue;
        Vector<int> lows = new(int.MaxValue);
        Vector<int> highs = new(int.MinValue);
        ReadOnlySpan<Vector<int>> vectors = MemoryMarshal.Cast<int, Vector<int>>(codes);
        foreach (Vector<int> vector in vectors)
        {
            lows = Vector.Min(lows, vector);
            highs = Vector.Max(highs, vector);
        }

        for (int i = 0; i < Vector<int>.Count; i++)
        {
            least = Math.Min(least, lows[i]);
            greatest = Math.Max(greatest, highs[i]);
        }

        foreach (int code in codes[(vectors.Length * Vector<int>.Count)..])
        {
            least = Math.Min(least, code);
            greatest = Math.Max(greatest, code);
        }
    }

    /// <summary>Writes each code's distance from the least. Returns all of them or-ed together.</summary>
    public static ulong Offsets(ReadOnlySpan<int> codes, int least, Span<ulong> into)
    {
        uint union = 0;
        int at = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            Vector128<uint> unions = Vector128<uint>.Zero;
            ReadOnlySpan<Vector128<int>> from = MemoryMarshal.Cast<int, Vector128<int>>(codes);
            Span<Vector256<ulong>> to = MemoryMarshal.Cast<ulong, Vector256<ulong>>(into[..codes.Length]);
            for (int i = 0; i < from.Length; i++)
            {
                Vector128<uint> offsets = (from[i] - Vector128.Create(least)).AsUInt32();
                unions |= offsets;
                (Vector128<ulong> lower, Vector128<ulong> upper) = Vector128.Widen(offsets);
                to[i] = Vector256.Create(lower, upper);
            }

            for (int i = 0; i < Vector128<uint>.Count; i++)
            {
                union |= unions[i];
            }

            at = from.Length * Vector128<int>.Count;
        }

        for (; at < codes.Length; at++)
        {
            uint offset = unchecked((uint)(codes[at] - least));
            union |= offset;
            into[at] = offset;
        }

        return union;
    }
}
