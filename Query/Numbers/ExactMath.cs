using System.Globalization;
using System.Numerics;

namespace TimeSeries.Query.Numbers;

/// <summary>
/// The last step from exact sums to what an answer shows: every number is rounded once, from integers, so that both stores agree to the digit.
/// </summary>
internal static class ExactMath
{
    private const int MicrosecondsPerMillisecond = 1_000;

    /// <summary>Microseconds as whole milliseconds, cut.</summary>
    public static Int128 Milliseconds(Int128 microseconds) => microseconds / MicrosecondsPerMillisecond;

    /// <summary>The mean of durations in µs as whole milliseconds, cut; 0 when there are none.</summary>
    public static Int128 MeanMilliseconds(Int128 microseconds, Int128 count) => Mean(microseconds, count * MicrosecondsPerMillisecond);

    /// <summary>A quotient without its fraction; 0 when there is nothing to divide by.</summary>
    public static Int128 Mean(Int128 sum, Int128 count) => count == 0 ? 0 : sum / count;

    /// <summary>A quotient of integers rounded to the nearest integer, half to even. Neither part is negative, the denominator not 0.</summary>
    public static T RoundHalfToEven<T>(T numerator, T denominator) where T : IBinaryInteger<T>
    {
        (T quotient, T remainder) = T.DivRem(numerator, denominator);
        // Not 2·remainder against the denominator: that might not fit.
        int half = remainder.CompareTo(denominator - remainder);
        return half > 0 || (half == 0 && T.IsOddInteger(quotient)) ? quotient + T.One : quotient;
    }

    /// <summary>
    /// The population standard deviation √(n·Σx² − (Σx)²)/n of durations in µs, as milliseconds with two decimals, half to even.
    /// </summary>
    public static string StandardDeviation(long count, Int128 sum, UInt128 sumOfSquares)
    {
        long hundredths = count == 0 ? 0 : DeviationHundredths(count, sum, sumOfSquares);
        return string.Create(CultureInfo.InvariantCulture, $"{hundredths / 100}.{hundredths % 100:00}");
    }

    /// <summary>A value of a sketch in µs as milliseconds with three decimals; 0 when there is none.</summary>
    public static double SketchMilliseconds(double microseconds) =>
        double.IsNaN(microseconds) ? 0 : Math.Round(microseconds, MidpointRounding.ToEven) / MicrosecondsPerMillisecond;

    // In hundredths of a ms the deviation is √V / 10n with V = n·Σx² − (Σx)², an integer of up to 256 bits. The floating-point quotient is within one
    // of the whole part (at most 5·10¹³, far below 2⁵³); comparing squares then finds that part, and the side of the half that V lies on, exactly.
    private static long DeviationHundredths(long count, Int128 sum, UInt128 sumOfSquares)
    {
        BigInteger total = sum;
        BigInteger variance = ((BigInteger)count * sumOfSquares) - (total * total);
        if (variance.Sign <= 0)
        {
            return 0;
        }

        BigInteger divisor = (BigInteger)count * 10;
        BigInteger whole = new(Math.Sqrt((double)variance) / (double)divisor);
        while (Square(whole * divisor) > variance)
        {
            whole--;
        }

        while (Square((whole + 1) * divisor) <= variance)
        {
            whole++;
        }

        int half = (4 * variance).CompareTo(Square(((2 * whole) + 1) * divisor));
        return (long)(half > 0 || (half == 0 && !whole.IsEven) ? whole + 1 : whole);
    }

    private static BigInteger Square(BigInteger value) => value * value;
}
