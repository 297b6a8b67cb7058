using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace TimeSeries.Alerting.Rules;

/// <summary>A text with names in braces, in whose places values stand. A brace without a name behind it is a brace.</summary>
internal static partial class RuleTemplate
{
    /// <summary>The names that every rule has beside the fields that it groups by.</summary>
    public static ImmutableArray<string> Names { get; } = ["value", "threshold", "since", "rule", "window"];

    /// <summary>A name of a template that there is not; null when all are there.</summary>
    public static string? FindUnknown(string template, ImmutableArray<string> fields) =>
        Name().Matches(template).Select(match => match.Groups[1].Value).FirstOrDefault(name => !Names.Contains(name) && !fields.Contains(name));

    /// <summary>Puts values in the names' places. The values are not looked through for names.</summary>
    public static string Fill(string template, Func<string, string> valueOf) => Name().Replace(template, match => valueOf(match.Groups[1].Value));

    /// <summary>A text cut to a number of bytes in UTF-8, at the end of a character.</summary>
    public static string Cut(string text, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes)
        {
            return text;
        }

        int bytes = 0;
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    [GeneratedRegex(@"\{([A-Za-z0-9_]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
