using System.Globalization;
using System.Text.Json;
using TimeSeries.Query.Numbers;

namespace TimeSeries.Query.Responses;

/// <summary>Numbers that are wider than JSON writers know.</summary>
internal static class JsonNumbers
{
    // The longest Int128 with its sign.
    private const int MaxDigits = 40;

    /// <summary>Writes a property with an integer of any size, never in exponent form.</summary>
    public static void WriteInteger(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Int128 value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            json.WriteNumber(name, (long)value);
            return;
        }

        Span<byte> digits = stackalloc byte[MaxDigits];
        value.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        json.WritePropertyName(name);
        json.WriteRawValue(digits[..length], skipInputValidation: true);
    }

    /// <summary>Writes a property with the standard deviation of durations in µs, as a string of milliseconds with two decimals.</summary>
    public static void WriteDeviation(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long count, Int128 sum, UInt128 sumOfSquares)
    {
        Span<byte> digits = stackalloc byte[DecimalText.MaxLength];
        json.WriteString(name, digits[..ExactMath.WriteStandardDeviation(count, sum, sumOfSquares, digits)]);
    }
}
