using System.Text;

namespace TimeSeries.Ingest.Protocols.Otlp.Texts;

/// <summary>Splits a statement into blanks (comments too), literals, placeholders and the rest. Knows quotes and comments, not grammar.</summary>
internal ref struct SqlTokens(ReadOnlySpan<byte> text, SqlDialect dialect)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _position;

    /// <summary>What the last token is.</summary>
    public SqlTokenKind Kind { get; private set; }

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>Reads the next token; false at the end.</summary>
    public bool Next()
    {
        if (_position >= _text.Length)
        {
            return false;
        }

        int start = _position;
        Kind = Read(_text[start]);
        Text = _text[start.._position];
        return true;
    }

    private SqlTokenKind Read(byte first)
    {
        switch (first)
        {
            case (byte)'\'':
                return ReadQuoted((byte)'\'', hasEscapes: dialect == SqlDialect.MySql, SqlTokenKind.Literal);
            case (byte)'"':
                return ReadQuoted((byte)'"', dialect == SqlDialect.MySql, dialect == SqlDialect.MySql ? SqlTokenKind.Literal : SqlTokenKind.Other);
            case (byte)'`':
                return ReadQuoted((byte)'`', hasEscapes: false, SqlTokenKind.Other);
            case (byte)'[' when dialect == SqlDialect.SqlServer:
                return ReadQuoted((byte)']', hasEscapes: false, SqlTokenKind.Other);
            case (byte)'$':
                return ReadDollar();
            case (byte)'-' when At(1) == '-':
            case (byte)'#' when dialect == SqlDialect.MySql:
                return SkipTo("\n"u8);
            case (byte)'/' when At(1) == '*':
                _position += 2;
                return SkipTo("*/"u8);
            default:
                return IsBlank(first) ? ReadBlanks() : IsDigit(first) || (first == '.' && IsDigit(At(1))) ? ReadNumber() : ReadWordOrMark(first);
        }
    }

    private SqlTokenKind ReadWordOrMark(byte first)
    {
        byte next = At(1);
        if (IsWord(first))
        {
            if (next == '\'' && (char)(first | 0x20) is 'n' or 'x' or 'b' or 'e')
            {
                _position++;
                return ReadQuoted((byte)'\'', hasEscapes: dialect == SqlDialect.MySql || (first | 0x20) == 'e', SqlTokenKind.Literal);
            }

            SkipWord();
            return SqlTokenKind.Other;
        }

        _position++;
        bool isPlaceholder = first switch
        {
            (byte)'?' => true,
            (byte)':' => IsWord(next) || IsDigit(next),
            (byte)'@' => IsWord(next),
            (byte)'%' => next == 's' && !IsWord(At(1)) && !IsDigit(At(1)),
            _ => false,
        };
        if (isPlaceholder)
        {
            SkipWord();
            return SqlTokenKind.Placeholder;
        }

        // A cast: what follows is no placeholder.
        if (first is (byte)':' or (byte)'@' && next == first)
        {
            _position++;
            SkipWord();
        }

        return SqlTokenKind.Other;
    }

    // Quotes within are doubled. What is not closed ends the text, whatever it was to be.
    private SqlTokenKind ReadQuoted(byte quote, bool hasEscapes, SqlTokenKind kind)
    {
        _position++;
        while (_position < _text.Length)
        {
            byte letter = _text[_position++];
            if (letter == '\\' && hasEscapes)
            {
                _position = Math.Min(_position + 1, _text.Length);
            }
            else if (letter == quote && At(0) == quote)
            {
                _position++;
            }
            else if (letter == quote)
            {
                return kind;
            }
        }

        return SqlTokenKind.Literal;
    }

    // $1, or $tag$ … $tag$.
    private SqlTokenKind ReadDollar()
    {
        int start = _position++;
        if (IsDigit(At(0)))
        {
            SkipWord();
            return SqlTokenKind.Placeholder;
        }

        while (_position < _text.Length && IsWord(_text[_position]))
        {
            _position++;
        }

        if (At(0) != '$')
        {
            return SqlTokenKind.Other;
        }

        ReadOnlySpan<byte> tag = _text[start..++_position];
        SkipTo(tag);
        return SqlTokenKind.Literal;
    }

    private SqlTokenKind ReadNumber()
    {
        bool isHex = _text[_position] == '0' && (At(1) | 0x20) == 'x';
        while (_position < _text.Length)
        {
            byte letter = _text[_position];
            bool isSign = letter is (byte)'+' or (byte)'-' && !isHex && (_text[_position - 1] | 0x20) == 'e';
            if (!IsWord(letter) && !IsDigit(letter) && letter != '.' && !isSign)
            {
                break;
            }

            _position++;
        }

        return SqlTokenKind.Literal;
    }

    private SqlTokenKind ReadBlanks()
    {
        while (_position < _text.Length && IsBlank(_text[_position]))
        {
            _position++;
        }

        return SqlTokenKind.Blank;
    }

    private SqlTokenKind SkipTo(ReadOnlySpan<byte> end)
    {
        int found = _text[_position..].IndexOf(end);
        _position = found < 0 ? _text.Length : _position + found + end.Length;
        return SqlTokenKind.Blank;
    }

    private void SkipWord()
    {
        while (_position < _text.Length && (IsWord(_text[_position]) || IsDigit(_text[_position]) || _text[_position] is (byte)'$'))
        {
            _position++;
        }
    }

    private readonly byte At(int ahead) => _position + ahead < _text.Length ? _text[_position + ahead] : (byte)0;

    private static bool IsWord(byte letter) => char.IsAsciiLetter((char)letter) || letter == '_' || letter >= 0x80;

    private static bool IsDigit(byte letter) => char.IsAsciiDigit((char)letter);

    private static bool IsBlank(byte letter) => letter is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'\f' or (byte)'\v';
}

/// <summary>What a part of a statement is.</summary>
internal enum SqlTokenKind : byte
{
    Blank,
    Literal,
    Placeholder,
    Other,
}

/// <summary>How a system writes quotes and comments.</summary>
internal enum SqlDialect : byte
{
    Standard,

    /// <summary>Texts in double quotes, backslashes in texts, comments behind #.</summary>
    MySql,

    /// <summary>Names in brackets.</summary>
    SqlServer,
}

/// <summary>The dialects of systems.</summary>
internal static class SqlDialects
{
    /// <summary>The dialect of a system, by its name in OpenTelemetry's conventions.</summary>
    public static SqlDialect Of(ReadOnlySpan<byte> system) =>
        Ascii.EqualsIgnoreCase(system, "mysql"u8) || Ascii.EqualsIgnoreCase(system, "mariadb"u8) ? SqlDialect.MySql
        : Ascii.EqualsIgnoreCase(system, "mssql"u8) || Ascii.EqualsIgnoreCase(system, "microsoft.sql_server"u8) ? SqlDialect.SqlServer
        : SqlDialect.Standard;
}
