using System.Globalization;
using System.Numerics;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Api;

/// <summary>A number as a caller writes it, in the wire's unit, beside the whole parts that are kept.</summary>
/// <param name="Floor">The greatest number of parts that is not greater.</param>
/// <param name="IsWhole">Whether it is that number of parts; if not, it lies between that and the next.</param>
internal readonly record struct WireNumber(BigInteger Floor, bool IsWhole)
{
    /// <summary>The smallest number of parts that is not less.</summary>
    public BigInteger Ceiling => IsWhole ? Floor : Floor + 1;

    /// <summary>Reads a decimal number of any size and precision; of a boolean <c>true</c> and <c>false</c> too.</summary>
    public static bool TryRead(Field field, string text, out WireNumber number)
    {
        if (field.Type == FieldType.Boolean && text is "true" or "false")
        {
            number = new WireNumber(text == "true" ? 1 : 0, IsWhole: true);
            return true;
        }

        number = default;
        ReadOnlySpan<char> digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        int point = digits.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? digits : digits[..point];
        ReadOnlySpan<char> fraction = point < 0 ? [] : digits[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty)
            || whole.IndexOfAnyExceptInRange('0', '9') >= 0 || fraction.IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return false;
        }

        int decimals = FieldRules.Decimals(field);
        ReadOnlySpan<char> kept = fraction[..Math.Min(decimals, fraction.Length)];
        var parts = BigInteger.Parse($"{whole}{kept}", CultureInfo.InvariantCulture);
        parts *= BigInteger.Pow(10, decimals - kept.Length);
        bool isWhole = fraction[kept.Length..].IndexOfAnyExcept('0') < 0;
        number = text[0] != '-' ? new WireNumber(parts, isWhole) : new WireNumber(isWhole ? -parts : -parts - 1, isWhole);
        return true;
    }
}
