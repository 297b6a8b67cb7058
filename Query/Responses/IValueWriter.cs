namespace TimeSeries.Query.Responses;

/// <summary>Writes maps, arrays and values of a response, so that JSON and MessagePack have the same ones. Owned by one request.</summary>
internal interface IValueWriter
{
    /// <summary>Begins a map. MessagePack has its number of entries at its start; JSON needs no number.</summary>
    void WriteStartMap(int count);

    void WriteEndMap();

    /// <summary>Begins an array of so many values.</summary>
    void WriteStartArray(int count);

    void WriteEndArray();

    /// <summary>Writes the name of an entry, whose value follows.</summary>
    void WriteName(ReadOnlySpan<byte> utf8);

    void WriteNumber(long value);

    void WriteText(string? value);

    void WriteCell(Cell cell);

    /// <summary>Hands what was written to the connection's buffer.</summary>
    void Flush();
}

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
