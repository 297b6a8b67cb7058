namespace TimeSeries.Query.Responses;

/// <summary>Entries of maps: a name and its value.</summary>
internal static class ValueWriterExtensions
{
    public static void WriteNumber(this IValueWriter writer, ReadOnlySpan<byte> name, long value)
    {
        writer.WriteName(name);
        writer.WriteNumber(value);
    }

    public static void WriteText(this IValueWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        writer.WriteName(name);
        writer.WriteText(value);
    }

    public static void WriteStartArray(this IValueWriter writer, ReadOnlySpan<byte> name, int count)
    {
        writer.WriteName(name);
        writer.WriteStartArray(count);
    }
}
