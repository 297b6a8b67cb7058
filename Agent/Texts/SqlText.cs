using System.Text;
using System.Text.RegularExpressions;

namespace TimeSeries.Agent.Texts;

/// <summary>
/// Takes from a statement what makes each of its runs another text, and what may be a secret: literals and numbers become <c>#</c>, comments go, blanks become
/// one, and a list of only literals or placeholders becomes its first. A literal that never ends takes the rest with it.
/// </summary>
internal static partial class SqlText
{
    /// <summary>Normalises a statement.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="doubleQuotes">Whether double quotes enclose literals, as in MySQL; elsewhere they enclose names.</param>
    public static string Normalize(string sql, bool doubleQuotes = false)
    {
        StringBuilder text = new(sql.Length);
        ReadOnlySpan<char> rest = sql;
        while (!rest.IsEmpty)
        {
            char c = rest[0];
            int length;
            if (char.IsWhiteSpace(c))
            {
                length = 1;
                AddBlank(text);
            }
            else if (CommentLength(rest, doubleQuotes) is > 0 and int comment)
            {
                length = comment;
                AddBlank(text);
            }
            else if (LiteralLength(rest, doubleQuotes, EndsInWord(text)) is > 0 and int literal)
            {
                length = literal;
                text.Append('#');
            }
            else if (c is '"' or '`' or '[' && QuotedNameLength(rest) is > 0 and int quoted)
            {
                length = quoted;
                text.Append(rest[..length]);
            }
            else if (PlaceholderLength(rest) is > 0 and int placeholder)
            {
                length = placeholder;
                text.Append(rest[..length]);
            }
            else
            {
                length = IsWord(c) ? WordLength(rest) : 1;
                text.Append(rest[..length]);
            }

            rest = rest[length..];
        }

        string shown = List().Replace(text.ToString().Trim(), "${first}");
        return Rows().Replace(shown, "${first}");
    }

    private static void AddBlank(StringBuilder text)
    {
        if (text.Length > 0 && text[^1] is not ' ')
        {
            text.Append(' ');
        }
    }

    private static int CommentLength(ReadOnlySpan<char> text, bool isMySql)
    {
        if (text.StartsWith("--") || (isMySql && text[0] == '#'))
        {
            int end = text.IndexOfAny('\r', '\n');
            return end < 0 ? text.Length : end;
        }

        if (!text.StartsWith("/*"))
        {
            return 0;
        }

        int close = text[2..].IndexOf("*/");
        return close < 0 ? text.Length : close + 4;
    }

    private static int LiteralLength(ReadOnlySpan<char> text, bool doubleQuotes, bool afterWord)
    {
        char c = text[0];
        if (c == '\'' || (doubleQuotes && c == '"'))
        {
            return QuotedLength(text, c, doubleQuotes);
        }

        if (c == '$')
        {
            return DollarLength(text);
        }

        if (afterWord)
        {
            return 0;
        }

        if (c is 'N' or 'n' or 'E' or 'e' or 'X' or 'x' or 'B' or 'b' && text is [_, '\'', ..])
        {
            return 1 + QuotedLength(text[1..], '\'', c is 'E' or 'e');
        }

        return char.IsAsciiDigit(c) || (c == '.' && text.Length > 1 && char.IsAsciiDigit(text[1])) ? NumberLength(text) : 0;
    }

    // A quote that is doubled, or escaped where backslashes escape, does not end it.
    private static int QuotedLength(ReadOnlySpan<char> text, char quote, bool escapes)
    {
        for (int i = 1; i < text.Length; i++)
        {
            if (escapes && text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == quote)
            {
                if (i + 1 == text.Length || text[i + 1] != quote)
                {
                    return i + 1;
                }

                i++;
            }
        }

        return text.Length;
    }

    // $tag$ … $tag$ of PostgreSQL; $1 is a placeholder.
    private static int DollarLength(ReadOnlySpan<char> text)
    {
        int end = 1;
        while (end < text.Length && IsWord(text[end]))
        {
            end++;
        }

        if (end >= text.Length || text[end] != '$' || (end > 1 && char.IsAsciiDigit(text[1])))
        {
            return 0;
        }

        ReadOnlySpan<char> tag = text[..(end + 1)];
        int close = text[tag.Length..].IndexOf(tag);
        return close < 0 ? text.Length : close + (2 * tag.Length);
    }

    private static int NumberLength(ReadOnlySpan<char> text)
    {
        int i = 1;
        while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] == '.' || (text[i] is '+' or '-' && text[i - 1] is 'e' or 'E')))
        {
            i++;
        }

        return i;
    }

    private static int QuotedNameLength(ReadOnlySpan<char> text)
    {
        char close = text[0] == '[' ? ']' : text[0];
        int end = text[1..].IndexOf(close);

        // An array's literals stand in brackets too.
        return end < 0 || (close == ']' && text[1..(end + 1)].ContainsAny('\'', '"', '#')) || (close == ']' && !char.IsLetter(text[1])) ? 0 : end + 2;
    }

    // ?, $1, :name, @name.
    private static int PlaceholderLength(ReadOnlySpan<char> text)
    {
        if (text[0] == '?')
        {
            return 1;
        }

        return text[0] is '$' or ':' or '@' && text.Length > 1 && IsWord(text[1]) ? 1 + WordLength(text[1..]) : 0;
    }

    private static int WordLength(ReadOnlySpan<char> text)
    {
        int i = 0;
        while (i < text.Length && IsWord(text[i]))
        {
            i++;
        }

        return i;
    }

    private static bool EndsInWord(StringBuilder text) => text.Length > 0 && IsWord(text[^1]);

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    // Between parentheses, or behind a word that a list follows.
    [GeneratedRegex(@"(?<=[(]\s*|\b(?:select|limit|in)\s+)(?<first>#|\?|[$:@]\w+)(?:\s*,\s*(?:#|\?|[$:@]\w+))+(?=\s*(?:[);]|$|\bfrom\b))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex List();

    // The rows of an insert.
    [GeneratedRegex(@"(?<first>[(]\s*(?:#|\?|[$:@]\w+)\s*[)])(?:\s*,\s*[(]\s*(?:#|\?|[$:@]\w+)\s*[)])+", RegexOptions.CultureInvariant)]
    private static partial Regex Rows();
}
