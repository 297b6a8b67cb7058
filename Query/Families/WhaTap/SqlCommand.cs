namespace TimeSeries.Query.Families.WhaTap;

/// <summary>What an SQL text does, by its first word: the API's <c>sql_crud</c>.</summary>
internal static class SqlCommand
{
    /// <summary>1 create or insert, 2 select, 3 update or merge, 4 delete, 0 anything else. Blanks, comments and ( before the word do not count.</summary>
    public static int Crud(ReadOnlySpan<byte> sql)
    {
        ReadOnlySpan<byte> rest = SkipToWord(sql);
        int length = 0;
        while (length < rest.Length && IsWordPart(rest[length]))
        {
            length++;
        }

        ReadOnlySpan<byte> word = rest[..length];
        return Is(word, "select"u8) ? 2
            : Is(word, "insert"u8) || Is(word, "create"u8) ? 1
            : Is(word, "update"u8) || Is(word, "merge"u8) ? 3
            : Is(word, "delete"u8) ? 4
            : 0;
    }

    // # begins no comment, as it does in MySQL: in normalised statements it stands for a literal.
    private static ReadOnlySpan<byte> SkipToWord(ReadOnlySpan<byte> sql)
    {
        while (sql.Length > 0)
        {
            if (sql[0] is (byte)' ' or (byte)'(' or (>= (byte)'\t' and <= (byte)'\r'))
            {
                sql = sql[1..];
            }
            else if (sql.StartsWith("/*"u8))
            {
                sql = After(sql[2..], "*/"u8);
            }
            else if (sql.StartsWith("--"u8))
            {
                sql = After(sql, "\n"u8);
            }
            else
            {
                break;
            }
        }

        return sql;
    }

    // A comment that does not end hides everything behind it.
    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> sql, ReadOnlySpan<byte> end)
    {
        int at = sql.IndexOf(end);
        return at < 0 ? [] : sql[(at + end.Length)..];
    }

    // Letters beyond ASCII are bytes above 0x7F: they make another word.
    private static bool IsWordPart(byte value) =>
        value is (byte)'_' or (byte)'$' or > 0x7F || char.IsAsciiLetterOrDigit((char)value);

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> lower) => System.Text.Ascii.EqualsIgnoreCase(word, lower);
}
