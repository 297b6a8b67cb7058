using System.Text.Json;

namespace TimeSeries.Benchmarks.Http;

/// <summary>The counts in the response to a push that was taken.</summary>
internal readonly record struct ResponseCounts(long Accepted, long Rejected, long Duplicates, long Truncated)
{
    /// <summary>Reads the counts; null when the body is no such response.</summary>
    public static ResponseCounts? Parse(ReadOnlySpan<byte> body)
    {
        long? accepted = null;
        ResponseCounts counts = default;
        try
        {
            Utf8JsonReader reader = new(body);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                if (reader.ValueTextEquals("accepted"u8))
                {
                    accepted = ReadCount(ref reader);
                }
                else if (reader.ValueTextEquals("rejected"u8))
                {
                    counts = counts with { Rejected = ReadCount(ref reader) };
                }
                else if (reader.ValueTextEquals("duplicates"u8))
                {
                    counts = counts with { Duplicates = ReadCount(ref reader) };
                }
                else if (reader.ValueTextEquals("truncated"u8))
                {
                    counts = counts with { Truncated = ReadCount(ref reader) };
                }
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return accepted is { } count ? counts with { Accepted = count } : null;
    }

    private static long ReadCount(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long count) ? count : 0;
}
