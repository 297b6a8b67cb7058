using System.Globalization;

namespace TimeSeries.Query.Numbers;

/// <summary>Writes whole parts of a unit as that unit, exactly: 1500 thousandths are <c>1.5</c>.</summary>
internal static class DecimalText
{
    /// <summary>Room for any 128-bit number with sign and point.</summary>
    public const int MaxLength = 48;

    /// <summary>Writes a number of parts as ASCII, without superfluous zeros and never in exponent form; returns how long it is.</summary>
    public static int Write(Int128 parts, int decimals, Span<byte> text)
    {
        Int128 partsPerUnit = 1;
        for (int i = 0; i < decimals; i++)
        {
            partsPerUnit *= 10;
        }

        (Int128 whole, Int128 rest) = Int128.DivRem(parts, partsPerUnit);
        int length = 0;
        if (parts < 0 && whole == 0)
        {
            text[length++] = (byte)'-';
        }

        whole.TryFormat(text[length..], out int digits, default, CultureInfo.InvariantCulture);
        length += digits;
        if (rest == 0)
        {
            return length;
        }

        text[length++] = (byte)'.';
        for (rest = Int128.Abs(rest); rest != 0; length++)
        {
            partsPerUnit /= 10;
            text[length] = (byte)('0' + (int)(rest / partsPerUnit));
            rest %= partsPerUnit;
        }

        return length;
    }
}
