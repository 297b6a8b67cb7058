using System.Globalization;
using System.Text;

namespace TimeSeries.Core.Building;

/// <summary>Shows values that were rejected, as responses list them: text of at most <see cref="MaxCodePoints"/>, cut with an ellipsis.</summary>
internal static class FoundValue
{
    /// <summary>Code points of a shown value, with quotes and ellipsis.</summary>
    public const int MaxCodePoints = 64;

    private const char Ellipsis = '…';

    public static string Of(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Of(double number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Of(bool flag) => flag ? "true" : "false";

    /// <summary>A text where a text is expected, UTF-8. What is none is shown as U+FFFD.</summary>
    public static string Of(ReadOnlySpan<byte> text)
    {
        StringBuilder shown = new();
        Append(shown, text, MaxCodePoints);
        return shown.ToString();
    }

    /// <summary>A text where none is expected: in quotes, so that <c>"3"</c> is told from 3.</summary>
    public static string Quoted(ReadOnlySpan<byte> text)
    {
        StringBuilder shown = new("\"");
        Append(shown, text, MaxCodePoints - 2);
        return shown.Append('"').ToString();
    }

    private static void Append(StringBuilder shown, ReadOnlySpan<byte> text, int codePoints)
    {
        // The last one is kept back until it is known whether anything follows.
        for (; !text.IsEmpty && codePoints > 1; codePoints--)
        {
            Take(shown, ref text);
        }

        int last = shown.Length;
        if (!text.IsEmpty)
        {
            Take(shown, ref text);
        }

        if (!text.IsEmpty)
        {
            shown.Length = last;
            shown.Append(Ellipsis);
        }
    }

    private static void Take(StringBuilder shown, ref ReadOnlySpan<byte> text)
    {
        Rune.DecodeFromUtf8(text, out Rune rune, out int bytes);
        shown.Append(rune);
        text = text[bytes..];
    }
}
