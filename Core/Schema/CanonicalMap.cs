using System.Buffers;
using System.Text;

namespace TimeSeries.Core.Schema;

/// <summary>
/// The one way a map of texts is kept (<see cref="FieldType.Map"/>): JSON with keys in ascending order of their UTF-8 bytes, no blanks, and no escapes but
/// those JSON demands: <c>\"</c>, <c>\\</c> and <c>\u00xx</c> for control characters.
/// </summary>
public static class CanonicalMap
{
    // A control character takes six bytes, and there are two quotes.
    private const int MostBytesPerByte = 6;
    private const int QuoteBytes = 2;

    /// <summary>Writes a name or a value as in a map, with its quotes.</summary>
    public static void Quote(ReadOnlySpan<byte> text, IBufferWriter<byte> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        Span<byte> quoted = into.GetSpan((text.Length * MostBytesPerByte) + QuoteBytes);
        int length = 0;
        quoted[length++] = (byte)'"';
        foreach (byte value in text)
        {
            if (value is (byte)'"' or (byte)'\\')
            {
                quoted[length++] = (byte)'\\';
            }
            else if (value < 0x20)
            {
                length += Escape(value, quoted[length..]);
                continue;
            }

            quoted[length++] = value;
        }

        quoted[length++] = (byte)'"';
        into.Advance(length);
    }

    /// <summary>An entry as in a map that has it: <c>"name":"value"</c>.</summary>
    public static string Entry(string name, string value)
    {
        ArrayBufferWriter<byte> entry = new();
        Quote(Encoding.UTF8.GetBytes(name), entry);
        entry.Write(":"u8);
        Quote(Encoding.UTF8.GetBytes(value), entry);
        return Encoding.UTF8.GetString(entry.WrittenSpan);
    }

    /// <summary>Whether a map has an entry, which is written as <see cref="Entry"/> gives it.</summary>
    public static bool HasEntry(ReadOnlySpan<byte> map, ReadOnlySpan<byte> entry)
    {
        if (map.IndexOf(entry) < 0)
        {
            return false;
        }

        // The bytes may also begin at the closing quote of a text: only entries from their begin to their end count.
        int start = 1;
        while (start < map.Length - 1)
        {
            int colon = EndOfText(map, start);
            int end = EndOfText(map, colon + 1);
            if (end > map.Length)
            {
                return false;
            }

            if (map[start..end].SequenceEqual(entry))
            {
                return true;
            }

            start = end + 1;
        }

        return false;
    }

    // The index behind the closing quote of the text whose opening quote is at the start.
    private static int EndOfText(ReadOnlySpan<byte> map, int start)
    {
        int at = start + 1;
        while (at < map.Length && map[at] != (byte)'"')
        {
            at += map[at] == (byte)'\\' ? 2 : 1;
        }

        return at + 1;
    }

    private static int Escape(byte control, Span<byte> into)
    {
        ReadOnlySpan<byte> hex = "0123456789abcdef"u8;
        "\\u00"u8.CopyTo(into);
        into[4] = hex[control >> 4];
        into[5] = hex[control & 0xF];
        return MostBytesPerByte;
    }
}
