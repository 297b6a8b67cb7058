using System.Globalization;
using System.Numerics;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>Exact sums, and quotients and roots rounded once, in integers of any size.</summary>
internal static class OracleNumbers
{
    public static BigInteger Sum(this IEnumerable<OracleSample> samples, string field) =>
        samples.Aggregate(BigInteger.Zero, (sum, sample) => sum + sample.Term(field));

    /// <summary>The quotient cut to an integer; 0 when the divisor is.</summary>
    public static long Quotient(BigInteger dividend, BigInteger divisor) => divisor.IsZero ? 0 : (long)(dividend / divisor);

    /// <summary>A quotient of numbers ≥ 0, rounded half to even at so many decimals.</summary>
    public static decimal Rounded(BigInteger dividend, BigInteger divisor, int decimals)
    {
        BigInteger scale = BigInteger.Pow(10, decimals);
        BigInteger quotient = BigInteger.DivRem(dividend * scale, divisor, out BigInteger rest);
        int half = (2 * rest).CompareTo(divisor);
        if (half > 0 || (half == 0 && !quotient.IsEven))
        {
            quotient++;
        }

        return (decimal)quotient / (decimal)scale;
    }

    /// <summary>Population standard deviation in ms of a field in µs, with two decimals, half to even: √(n·Σx² − (Σx)²)/n.</summary>
    public static string StandardDeviation(IReadOnlyCollection<OracleSample> samples, string field)
    {
        BigInteger n = samples.Count;
        BigInteger sum = samples.Sum(field);
        BigInteger squares = samples.Aggregate(BigInteger.Zero, (total, sample) => total + BigInteger.Pow(sample.Term(field), 2));
        BigInteger radicand = (n * squares) - (sum * sum);

        // Hundredths of a ms are √radicand / 10n. Found as the greatest h with (10n·h)² ≤ radicand, then rounded by the place of the half.
        BigInteger unit = 10 * n;
        BigInteger hundredths = Root(radicand) / unit;
        int half = (4 * radicand).CompareTo(BigInteger.Pow(unit * ((2 * hundredths) + 1), 2));
        if (half > 0 || (half == 0 && !hundredths.IsEven))
        {
            hundredths++;
        }

        return ((decimal)hundredths / 100).ToString("0.00", CultureInfo.InvariantCulture);
    }

    /// <summary>The double nearest to a quotient: its first sixty digits, and whether any follow, read as a number.</summary>
    public static double Nearest(BigInteger dividend, BigInteger divisor)
    {
        var digits = BigInteger.DivRem(BigInteger.Abs(dividend) * BigInteger.Pow(10, 60), divisor, out BigInteger rest);
        double nearest = double.Parse($"{digits}{(rest.IsZero ? 0 : 1)}e-61", CultureInfo.InvariantCulture);
        return dividend.Sign < 0 ? -nearest : nearest;
    }

    /// <summary>The greatest integer whose square is not greater, by halving.</summary>
    public static BigInteger Root(BigInteger value)
    {
        BigInteger low = 0;
        BigInteger high = BigInteger.One << (int)((value.GetBitLength() / 2) + 1);
        while (low < high)
        {
            BigInteger middle = (low + high + 1) / 2;
            if (middle * middle <= value)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }
}
