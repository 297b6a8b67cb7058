using System.Globalization;
using System.Numerics;

namespace TimeSeries.Query.Numbers;

/// <summary>Writes whole parts of a unit as that unit, exactly: 1500 thousandths are <c>1.5</c>.</summary>
internal static class DecimalText
{
    /// <summary>Room for any 128-bit number with sign and point.</summary>
    public const int MaxLength = 48;

    /// <summary>Writes a number of parts as ASCII, without superfluous zeros and never in exponent form; returns how long it is.</summary>
    public static int Write(Int128 parts, int decimals, Span<byte> text) => parts >= long.MinValue && parts <= long.MaxValue
        ? Write((long)parts, decimals, text)
        : Write<Int128>(parts, decimals, text);

    /// <summary>The same of a number that nearly all are: 128 bits are divided ten times as slowly.</summary>
    public static int Write(long parts, int decimals, Span<byte> text) => Write<long>(parts, decimals, text);

    private static int Write<T>(T parts, int decimals, Span<byte> text)
        where T : IBinaryInteger<T>, IUtf8SpanFormattable
    {
        T ten = T.CreateChecked(10);
        T partsPerUnit = T.One;
        for (int i = 0; i < decimals; i++)
        {
            partsPerUnit *= ten;
        }

        (T whole, T rest) = T.DivRem(parts, partsPerUnit);
        int length = 0;
        if (T.IsNegative(parts) && T.IsZero(whole))
        {
            text[length++] = (byte)'-';
        }

        whole.TryFormat(text[length..], out int digits, default, CultureInfo.InvariantCulture);
        length += digits;
        if (T.IsZero(rest))
        {
            return length;
        }

        text[length++] = (byte)'.';
        for (rest = T.Abs(rest); !T.IsZero(rest); length++)
        {
            partsPerUnit /= ten;
            text[length] = (byte)('0' + int.CreateTruncating(rest / partsPerUnit));
            rest %= partsPerUnit;
        }

        return length;
    }
}
