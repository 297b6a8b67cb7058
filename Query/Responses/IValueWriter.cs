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
