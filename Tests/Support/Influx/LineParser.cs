using System.Globalization;
using System.Text;

namespace TimeSeries.Tests.Support.Influx;

/// <summary>
/// Reads line protocol as the servers do, written from its description and held to a real server by tests; it shares nothing with the encoder of the product.
/// </summary>
internal static class LineParser
{
    /// <summary>The lines of a body, comments and empty lines left out. A line break inside a quoted text does not end a line.</summary>
    public static List<ParsedLine> Parse(string body)
    {
        List<ParsedLine> lines = [];
        int number = 0;
        foreach (string text in SplitLines(body))
        {
            number++;
            string trimmed = text.TrimStart(' ', '\t', '\0');
            if (trimmed.Length > 0 && trimmed[0] != '#')
            {
                lines.Add(ParseLine(number, text, trimmed));
            }
        }

        return lines;
    }

    private static IEnumerable<string> SplitLines(string body)
    {
        int start = 0;
        bool quoted = false;
        bool inFields = false;
        for (int i = 0; i < body.Length; i++)
        {
            if (body[i] == '\\' && i + 1 < body.Length && body[i + 1] != '\n')
            {
                i++;
            }
            else if (body[i] == ' ' && !quoted)
            {
                inFields = true;
            }
            else if (body[i] == '"' && inFields)
            {
                quoted = !quoted;
            }
            else if (body[i] == '\n' && !quoted)
            {
                yield return body[start..i];
                start = i + 1;
                inFields = false;
            }
        }

        yield return body[start..];
    }

    private static ParsedLine ParseLine(int number, string text, string trimmed)
    {
        ParsedLine failed = new(number, text);
        try
        {
            List<string> sections = Split(trimmed, ' ', quotes: true).Where(section => section.Length > 0).ToList();
            return sections.Count is 2 or 3 ? ParseSections(failed, sections) : failed with { Error = sections.Count < 2 ? "missing fields" : "bad timestamp" };
        }
        catch (FormatException fault)
        {
            return failed with { Error = fault.Message };
        }
    }

    private static ParsedLine ParseSections(ParsedLine line, List<string> sections)
    {
        List<string> key = Split(sections[0], ',', quotes: false);
        if (key[0].Length == 0)
        {
            throw new FormatException("missing measurement");
        }

        SortedDictionary<string, string> tags = new(StringComparer.Ordinal);
        foreach (string tag in key.Skip(1))
        {
            (string name, string value) = Pair(tag, quotes: false, "tag");
            if (!tags.TryAdd(Unescape(name), Unescape(value)))
            {
                throw new FormatException("duplicate tags");
            }
        }

        Dictionary<string, FieldValue> fields = new(StringComparer.Ordinal);
        foreach (string field in Split(sections[1], ',', quotes: true))
        {
            (string name, string value) = Pair(field, quotes: true, "field");
            fields[Unescape(name)] = ParseValue(value);
        }

        long? time = sections.Count == 2 ? null
            : long.TryParse(sections[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long found) ? found
            : throw new FormatException("bad timestamp");
        return line with { Measurement = Unescape(key[0]), Tags = tags, Fields = fields, Time = time };
    }

    private static (string Name, string Value) Pair(string text, bool quotes, string what)
    {
        List<string> parts = Split(text, '=', quotes);
        return parts.Count == 2 && parts[0].Length > 0 && parts[1].Length > 0 ? (parts[0], parts[1])
            : throw new FormatException($"missing {what} key or value");
    }

    private static FieldValue ParseValue(string text)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (text[0] == '"')
        {
            return text.Length >= 2 && text[^1] == '"' ? new FieldValue("string", UnescapeText(text[1..^1])) : throw new FormatException("unbalanced quotes");
        }

        if (text is "t" or "T" or "true" or "True" or "TRUE" or "f" or "F" or "false" or "False" or "FALSE")
        {
            return new FieldValue("boolean", text[0] is 't' or 'T');
        }

        if (text[^1] == 'i')
        {
            return long.TryParse(text[..^1], NumberStyles.AllowLeadingSign, culture, out long integer) && text[0] != '+'
                ? new FieldValue("integer", integer)
                : throw new FormatException("invalid integer");
        }

        NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, style, culture, out double number) && double.IsFinite(number) && (char.IsAsciiDigit(text[0]) || text[0] is '-' or '.')
            ? new FieldValue("float", number)
            : throw new FormatException("invalid number");
    }

    // Splits at a sign that is neither escaped nor inside quotes.
    private static List<string> Split(string text, char at, bool quotes)
    {
        List<string> parts = [];
        int start = 0;
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (quotes && text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (text[i] == at && !quoted)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        if (quoted)
        {
            throw new FormatException("unbalanced quotes");
        }

        parts.Add(text[start..]);
        return parts;
    }

    // In keys and tags only these are escaped; any other backslash is itself.
    private static string Unescape(string text)
    {
        StringBuilder plain = new();
        for (int i = 0; i < text.Length; i++)
        {
            bool isEscape = text[i] == '\\' && i + 1 < text.Length && (text[i + 1] is ',' or '=' or ' ');
            plain.Append(isEscape ? text[++i] : text[i]);
        }

        return plain.ToString();
    }

    private static string UnescapeText(string text)
    {
        StringBuilder plain = new();
        for (int i = 0; i < text.Length; i++)
        {
            bool isEscape = text[i] == '\\' && i + 1 < text.Length && (text[i + 1] is '"' or '\\');
            plain.Append(isEscape ? text[++i] : text[i]);
        }

        return plain.ToString();
    }
}
