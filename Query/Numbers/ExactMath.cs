using System.Globalization;
using System.Numerics;

namespace TimeSeries.Query.Numbers;

/// <summary>
/// The last step from exact sums to what a response shows: every number is rounded once, from integers, so that both stores agree to the digit.
/// </summary>
internal static class ExactMath
{
    public const int MicrosecondsPerMillisecond = 1_000;

    /// <summary>Microseconds as whole milliseconds, cut.</summary>
    public static Int128 Milliseconds(Int128 microseconds) => Mean(microseconds, MicrosecondsPerMillisecond);

    /// <summary>The mean of durations in µs as whole milliseconds, cut; 0 when there are none.</summary>
    public static Int128 MeanMilliseconds(Int128 microseconds, Int128 count) => Mean(microseconds, count * MicrosecondsPerMillisecond);

    /// <summary>A quotient without its fraction; 0 when there is nothing to divide by.</summary>
    // Divisions of 128 bits cost some ten times as much as those of 64.
    public static Int128 Mean(Int128 sum, Int128 count) =>
        count == 0 ? 0
        : (long)sum == sum && (long)count == count && count > 0 ? (long)sum / (long)count
        : sum / count;

    /// <summary>A quotient of integers rounded to the nearest integer, half to even. Neither part is negative, the denominator not 0.</summary>
    public static T RoundHalfToEven<T>(T numerator, T denominator) where T : IBinaryInteger<T>
    {
        (T quotient, T remainder) = T.DivRem(numerator, denominator);
        // Not 2·remainder against the denominator: that might not fit.
        int half = remainder.CompareTo(denominator - remainder);
        return half > 0 || (half == 0 && T.IsOddInteger(quotient)) ? quotient + T.One : quotient;
    }

    /// <summary>
    /// Writes the population standard deviation √(n·Σx² − (Σx)²)/n of durations in µs, as milliseconds with two decimals, half to even, into
    /// <paramref name="text"/> of at least <see cref="DecimalText.MaxLength"/> bytes; returns its length.
    /// </summary>
    public static int WriteStandardDeviation(long count, Int128 sum, UInt128 sumOfSquares, Span<byte> text)
    {
        Int128 hundredths = count == 0 ? 0 : DeviationHundredths(count, sum, sumOfSquares, MicrosecondsPerMillisecond);
        Int128 whole = Mean(hundredths, 100);
        whole.TryFormat(text, out int length, default, CultureInfo.InvariantCulture);
        int rest = (int)(hundredths - (whole * 100));
        text[length++] = (byte)'.';
        text[length++] = (byte)('0' + (rest / 10));
        text[length++] = (byte)('0' + (rest % 10));
        return length;
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
        if (TrySmallDeviation(count, sum, sumOfSquares, partsPerUnit, out long small))
        {
            return small;
        }

        BigInteger total = sum;
        BigInteger variance = ((BigInteger)count * sumOfSquares) - (total * total);
        if (variance.Sign <= 0)
        {
            return 0;
        }

        BigInteger square = variance * 10_000;
        BigInteger divisor = (BigInteger)count * partsPerUnit;
        return (Int128)RoundRoot(square, divisor, new BigInteger(Math.Sqrt((double)square) / (double)divisor));
    }

    // The same in 128 bits, where all of it fits: products of two numbers below 2⁶² are below 2¹²⁴.
    private static bool TrySmallDeviation(long count, Int128 sum, UInt128 sumOfSquares, long partsPerUnit, out long hundredths)
    {
        hundredths = 0;
        const long most = 1L << 62;
        if (count > int.MaxValue || sum > most || sum < -most || sumOfSquares > (UInt128)(most >> 16) << 48)
        {
            return false;
        }

        // n < 2³¹ and Σx² < 2⁹⁴: their product fits. V < 2¹⁰⁸ leaves room for the factor of 40,000.
        UInt128 total = (UInt128)(ulong)(long)Int128.Abs(sum);
        UInt128 squares = (ulong)count * sumOfSquares;
        UInt128 variance = squares <= total * total ? 0 : squares - (total * total);
        if (variance >= UInt128.One << 108)
        {
            return false;
        }

        UInt128 square = variance * 10_000;
        UInt128 divisor = (UInt128)(ulong)count * (ulong)partsPerUnit;
        hundredths = (long)RoundRoot(square, divisor, (UInt128)(Math.Sqrt((double)square) / (double)divisor));
        return true;
    }

    // √square / divisor, half to even, from its whole part or a number close to it.
    private static T RoundRoot<T>(T square, T divisor, T whole)
        where T : IBinaryInteger<T>
    {
        while (Square(whole * divisor) > square)
        {
            whole--;
        }

        while (Square((whole + T.One) * divisor) <= square)
        {
            whole++;
        }

        int half = (T.CreateChecked(4) * square).CompareTo(Square((whole + whole + T.One) * divisor));
        return half > 0 || (half == 0 && T.IsOddInteger(whole)) ? whole + T.One : whole;
    }

    private static T Square<T>(T value)
        where T : IBinaryInteger<T> => value * value;
}

/// <summary>An exact fraction of integers, not negative: means of means are summed up without rounding.</summary>
internal readonly record struct Fraction(BigInteger Numerator, BigInteger Denominator)
{
    public static Fraction Zero { get; } = new(BigInteger.Zero, BigInteger.One);

    public Fraction Add(Int128 numerator, Int128 denominator)
    {
        if (Denominator == denominator)
        {
            return new(Numerator + numerator, Denominator);
        }

        BigInteger shared = BigInteger.GreatestCommonDivisor(Denominator, denominator);
        BigInteger factor = denominator / shared;
        return new((Numerator * factor) + (Denominator / shared * numerator), Denominator * factor);
    }

    /// <summary>This, divided by a count and multiplied by a scale, as the nearest integer, half to even.</summary>
    public BigInteger DivideAndRound(BigInteger scale, BigInteger count) =>
        ExactMath.RoundHalfToEven(Numerator * scale, Denominator * count);
}
