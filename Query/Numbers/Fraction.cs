using System.Numerics;

namespace TimeSeries.Query.Numbers;

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
