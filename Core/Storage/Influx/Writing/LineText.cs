using System.Buffers;
using System.Buffers.Text;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// Parts of a line in line protocol. Keys, measurements and tag values need no escapes: names of the schema, numbers, hexadecimal digits.
/// </summary>
internal static class LineText
{
    // Longest integer with sign and suffix.
    private const int MaxIntegerBytes = 24;

    private static readonly SearchValues<byte> _escaped = SearchValues.Create("\"\\"u8);

    public static void AppendInteger(LineBatch line, long value)
    {
        Utf8Formatter.TryFormat(value, line.Reserve(MaxIntegerBytes), out int written);
        line.Advance(written);
    }

    /// <summary>
    /// A text in quotes. Only <c>"</c> and <c>\</c> need a <c>\</c> before them. The validator made sure that it is valid UTF-8.
    /// </summary>
    public static void AppendText(LineBatch line, ReadOnlySpan<byte> text)
    {
        Span<byte> room = line.Reserve(text.Length * 2 + 2);
        int at = 0;
        room[at++] = (byte)'"';
        while (true)
        {
            int plain = text.IndexOfAny(_escaped);
            ReadOnlySpan<byte> run = plain < 0 ? text : text[..plain];
            run.CopyTo(room[at..]);
            at += run.Length;
            if (plain < 0)
            {
                break;
            }

            room[at++] = (byte)'\\';
            room[at++] = text[plain];
            text = text[(plain + 1)..];
        }

        room[at++] = (byte)'"';
        line.Advance(at);
    }
}
