using System.Numerics;

namespace TimeSeries.Query.Numbers;

/// <summary>The double nearest to a quotient of integers, rounded once, half to even.</summary>
internal static class ExactQuotient
{
    private const long LargestExact = 1L << 53;

    // Two bits more than a double has: one for the half, one for whatever is left.
    private const int QuotientBits = 55;

    /// <summary>The quotient. The divisor is positive.</summary>
    public static double Of(Int128 dividend, Int128 divisor)
    {
        if (dividend >= -LargestExact && dividend <= LargestExact && divisor <= LargestExact)
        {
            // Both are doubles, so the division is the only rounding.
            return (double)dividend / (double)divisor;
        }

        BigInteger magnitude = BigInteger.Abs(dividend);
        BigInteger parts = divisor;
        int shift = QuotientBits - (int)(magnitude.GetBitLength() - parts.GetBitLength());
        (BigInteger quotient, BigInteger rest) = shift >= 0
            ? BigInteger.DivRem(magnitude << shift, parts)
            : BigInteger.DivRem(magnitude, parts << -shift);
        long bits = (long)quotient | (rest.IsZero ? 0L : 1L);
        double nearest = Math.ScaleB((double)bits, -shift);
        return dividend < 0 ? -nearest : nearest;
    }
}
