using System.Globalization;
using System.Numerics;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>A number that must be exactly so in a response: whole parts of a unit as that unit, without superfluous zeros.</summary>
internal sealed record DecimalLiteral(string Text)
{
    public static DecimalLiteral Of(BigInteger parts, int decimals)
    {
        string digits = BigInteger.Abs(parts).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        string text = $"{digits[..^decimals]}.{digits[^decimals..]}".TrimEnd('0').TrimEnd('.');
        return new(parts.Sign < 0 ? "-" + text : text);
    }
}
