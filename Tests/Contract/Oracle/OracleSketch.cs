using System.Numerics;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>
/// Quantiles by the stated rule: a value v falls into bin ⌈log_γ v⌉ with γ = 1.01/0.99 = 101/99, the value of rank ⌊q·(n−1)⌋ is answered as
/// the middle of its bin, 2γ^i/(γ+1) = 99/100·γ^i, held between the smallest and the greatest value. All in fractions of integers.
/// </summary>
internal static class OracleSketch
{
    // γ^1800 is over 10¹⁵ µs, the longest duration.
    private const int BinCount = 1_800;

    // The greatest integer in each bin: ⌊γ^i⌋.
    private static readonly BigInteger[] _tops = [.. Enumerable.Range(0, BinCount).Select(i => BigInteger.Pow(101, i) / BigInteger.Pow(99, i))];

    /// <summary>A quantile, in thousandths, of values in µs: in ms with three decimals. Zero is a bin of its own.</summary>
    public static decimal Quantile(IEnumerable<long> values, int thousandths)
    {
        long[] sorted = [.. values.Order()];
        long rank = (long)thousandths * (sorted.Length - 1) / 1_000;
        long value = sorted[rank];
        return value == 0 ? Clamp(0, sorted) : Clamp(Middle(Bin(value)), sorted);
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

    private static decimal Middle(int bin) =>
        OracleNumbers.Rounded(99 * BigInteger.Pow(101, bin), 100 * BigInteger.Pow(99, bin) * 1_000, 3);

    private static decimal Clamp(decimal value, long[] sorted) => Math.Clamp(value, sorted[0] / 1_000m, sorted[^1] / 1_000m);
}
