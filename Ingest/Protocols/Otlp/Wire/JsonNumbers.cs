using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace TimeSeries.Ingest.Protocols.Otlp.Wire;

/// <summary>Reads numbers as protobuf's JSON writes them: integers of 64 bits as texts too, and doubles that JSON has no number for.</summary>
internal static class JsonNumbers
{
    public static bool TryReadSigned(ref Utf8JsonReader reader, out long value)
    {
        value = 0;
        return reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetInt64(out value) || (TryReadWhole(ref reader, out decimal whole) && TryConvert(whole, out value)),
            JsonTokenType.String => Utf8Parser.TryParse(reader.ValueSpan, out value, out int read) && read == reader.ValueSpan.Length,
            _ => false,
        };
    }

    public static bool TryReadUnsigned(ref Utf8JsonReader reader, out ulong value)
    {
        value = 0;
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                if (reader.TryGetUInt64(out value))
                {
                    return true;
                }

                bool isWhole = TryReadWhole(ref reader, out decimal whole) && whole is >= 0 and <= ulong.MaxValue;
                value = isWhole ? (ulong)whole : 0;
                return isWhole;
            case JsonTokenType.String:
                return Utf8Parser.TryParse(reader.ValueSpan, out value, out int read) && read == reader.ValueSpan.Length;
            default:
                return false;
        }
    }

    public static bool TryReadDouble(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetDouble(out value) && double.IsFinite(value);
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        value = reader.ValueTextEquals("NaN"u8) ? double.NaN
            : reader.ValueTextEquals("Infinity"u8) ? double.PositiveInfinity
            : reader.ValueTextEquals("-Infinity"u8) ? double.NegativeInfinity
            : 0;
        return value != 0 || (double.TryParse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value));
    }

    // 1e3, or 5.0.
    private static bool TryReadWhole(ref Utf8JsonReader reader, out decimal value) => reader.TryGetDecimal(out value) && decimal.IsInteger(value);

    private static bool TryConvert(decimal whole, out long value)
    {
        bool fits = whole is >= long.MinValue and <= long.MaxValue;
        value = fits ? (long)whole : 0;
        return fits;
    }
}
