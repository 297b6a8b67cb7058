using System.Numerics;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>
/// Quantiles by the stated rule: a value v falls into bin ⌈log_γ v⌉ with γ = 1.01/0.99 = 101/99, the value of rank ⌊q·(n−1)⌋ is given as
/// the middle of its bin, 2γ^i/(γ+1) = 99/100·γ^i, held between the smallest and the greatest value. All in fractions of integers.
/// </summary>
internal static class OracleSketch
{
    // γ^1900 is over 2⁵³, the greatest count, and over the greatest duration and number as kept.
    private const int BinCount = 1_900;

    // The greatest integer in each bin: ⌊γ^i⌋.
    private static readonly BigInteger[] _tops = [.. Enumerable.Range(0, BinCount).Select(i => BigInteger.Pow(101, i) / BigInteger.Pow(99, i))];

    /// <summary>A quantile, in thousandths, of values in µs: in ms with three decimals. Zero is a bin of its own.</summary>
    public static decimal Quantile(IEnumerable<long> values, int thousandths)
    {
        (BigInteger numerator, BigInteger denominator) = Exact(values, thousandths);
        return OracleNumbers.Rounded(numerator, denominator * 1_000, 3);
    }

    /// <summary>The same as a fraction of what the values are in, not rounded.</summary>
    public static (BigInteger Numerator, BigInteger Denominator) Exact(IEnumerable<long> values, int thousandths)
    {
        long[] sorted = [.. values.Order()];
        long value = sorted[(int)((long)thousandths * (sorted.Length - 1) / 1_000)];
        int bin = Bin(value);
        (BigInteger numerator, BigInteger denominator) = value == 0
            ? (BigInteger.Zero, BigInteger.One)
            : (99 * BigInteger.Pow(101, bin), 100 * BigInteger.Pow(99, bin));
        return numerator < sorted[0] * denominator ? (sorted[0], BigInteger.One)
            : numerator > sorted[^1] * denominator ? (sorted[^1], BigInteger.One)
            : (numerator, denominator);
    }

    private static int Bin(long value)
    {
        int low = 0;
        int high = BinCount - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (value <= _tops[middle])
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
