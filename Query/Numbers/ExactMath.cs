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
        Int128 hundredths = count == 0 ? 0 : DeviationHundredths(count, sum, sumOfSquares, MicrosecondsPerMillisecond);
        return string.Create(CultureInfo.InvariantCulture, $"{hundredths / 100}.{hundredths % 100:00}");
    }

    /// <summary>A value of a sketch in µs as milliseconds with three decimals; 0 when there is none.</summary>
    public static double SketchMilliseconds(double microseconds) =>
        double.IsNaN(microseconds) ? 0 : Math.Round(microseconds, MidpointRounding.ToEven) / MicrosecondsPerMillisecond;

    /// <summary>
    /// The population standard deviation √(n·Σx² − (Σx)²)/n of whole parts of a unit, in hundredths of the unit, half to even. There is at least one value.
    /// </summary>
    // It is 100·√V / n·parts with V = n·Σx² − (Σx)², an integer of up to 256 bits. The floating-point quotient is close to the whole part;
    // comparing squares then finds that part, and the side of the half that V lies on, exactly.
    public static Int128 DeviationHundredths(long count, Int128 sum, UInt128 sumOfSquares, long partsPerUnit)
    {
        BigInteger total = sum;
        BigInteger variance = ((BigInteger)count * sumOfSquares) - (total * total);
        if (variance.Sign <= 0)
        {
            return 0;
        }

        BigInteger square = variance * 10_000;
        BigInteger divisor = (BigInteger)count * partsPerUnit;
        BigInteger whole = new(Math.Sqrt((double)square) / (double)divisor);
        while (Square(whole * divisor) > square)
        {
            whole--;
        }

        while (Square((whole + 1) * divisor) <= square)
        {
            whole++;
        }

        int half = (4 * square).CompareTo(Square(((2 * whole) + 1) * divisor));
        return (Int128)(half > 0 || (half == 0 && !whole.IsEven) ? whole + 1 : whole);
    }

    private static BigInteger Square(BigInteger value) => value * value;
}
