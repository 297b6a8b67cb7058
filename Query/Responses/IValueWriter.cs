using System.Globalization;
using System.Text;

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

    void WriteCell(Cell cell);

    /// <summary>Hands what was written to the connection's buffer.</summary>
    void Flush();
}

/// <summary>Entries of maps: a name and its value.</summary>
internal static class ValueWriterExtensions
{
    // The longest 64-bit number with its sign.
    private const int MaxDigits = 20;

    public static void WriteNumber(this IValueWriter writer, ReadOnlySpan<byte> name, long value)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        value.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        writer.WriteName(name);
        writer.WriteCell(Cell.Integer(digits[..length]));
    }

    public static void WriteText(this IValueWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        writer.WriteName(name);
        writer.WriteCell(value is null ? Cell.Missing : Cell.Text(Encoding.UTF8.GetBytes(value)));
    }

    public static void WriteStartArray(this IValueWriter writer, ReadOnlySpan<byte> name, int count)
    {
        writer.WriteName(name);
        writer.WriteStartArray(count);
    }
}
