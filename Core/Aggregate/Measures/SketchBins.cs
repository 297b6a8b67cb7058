using System.Numerics;
using System.Runtime.CompilerServices;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>
/// The bins of a DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch", VLDB 2019) with γ = 1.01/0.99 for whole
/// numbers: bin 0 holds zero, bin i + 1 the values in (γ^(i−1), γ^i]. The bounds are computed in exact integers, so a value has the same bin
/// on every machine, and the middle of its bin is within 1 % of it.
/// </summary>
internal static class SketchBins
{
    // With 64 slots to a power of two a slot is narrower than a bin (1/64 < γ − 1), so at most one bound lies inside it.
    private const int SlotBits = 6;

    private static readonly long[] _upper = MakeUpper();
    private static readonly ushort[] _binOfSlot = MakeSlots();
    private static readonly double[] _middle = MakeMiddles();

    /// <summary>How many bins there are: what 63 bits need.</summary>
    public static int Count => _upper.Length;

    /// <summary>The bin of a value. A value below zero, which no measured field has, counts as zero.</summary>
    public static int Of(long value) => Of(value, _binOfSlot, _upper);

    /// <summary>The bins of the values in some rows.</summary>
    public static void OfRows(ReadOnlySpan<long> values, ReadOnlySpan<int> rows, Span<ushort> bins)
    {
        ReadOnlySpan<ushort> binOfSlot = _binOfSlot;
        ReadOnlySpan<long> upper = _upper;
        for (int i = 0; i < rows.Length && i < bins.Length; i++)
        {
            bins[i] = (ushort)Of(values[rows[i]], binOfSlot, upper);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Of(long value, ReadOnlySpan<ushort> binOfSlot, ReadOnlySpan<long> upper)
    {
        value = Math.Max(value, 0);
        int bin = binOfSlot[SlotOf(value)];
        return bin + (value > upper[bin] ? 1 : 0);
    }

    /// <summary>The value of a bin: 2γ^i/(γ + 1), which is off by at most 1 % anywhere in it.</summary>
    public static double MiddleOf(int bin) => _middle[bin];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SlotOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value) - SlotBits);
        return (shift << SlotBits) + (int)(value >> shift);
    }

    // The greatest whole number of each bin: ⌊(101/99)^i⌋, exactly.
    private static long[] MakeUpper()
    {
        List<long> upper = [0];
        BigInteger dividend = 1;
        BigInteger divisor = 1;
        while (true)
        {
            BigInteger bound = dividend / divisor;
            if (bound >= long.MaxValue)
            {
                upper.Add(long.MaxValue);
                return [.. upper];
            }

            upper.Add((long)bound);
            dividend *= 101;
            divisor *= 99;
        }
    }

    private static ushort[] MakeSlots()
    {
        ushort[] bins = new ushort[SlotOf(long.MaxValue) + 1];
        int bin = 0;
        for (int slot = 1; slot < bins.Length; slot++)
        {
            int shift = Math.Max(0, (slot >> SlotBits) - 1);
            long first = (long)(slot - (shift << SlotBits)) << shift;
            while (_upper[bin] < first)
            {
                bin++;
            }

            bins[slot] = (ushort)bin;
        }

        return bins;
    }

    private static double[] MakeMiddles()
    {
        const double gamma = 1.01 / 0.99;
        double[] middle = new double[_upper.Length];
        for (int bin = 1; bin < middle.Length; bin++)
        {
            middle[bin] = 2 * Math.Pow(gamma, bin - 1) / (gamma + 1);
        }

        return middle;
    }
}
