using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using TimeSeries.Core.Building;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Native;

namespace TimeSeries.Ingest.Protocols.Lines;

/// <summary>Decodes a body of line protocol into a builder, a line a sample. Reused; not thread safe.</summary>
internal sealed class LineDecoder
{
    private const int MaxNames = 100;
    private const int MaxShownLine = 256;

    private readonly TextBuffer _key = new();
    private readonly TextBuffer _value = new();

    // The agent of the line that is read.
    private readonly TextBuffer _host = new();
    private bool _hasOname;

    // By kind, the number of the line of each row.
    private readonly List<int>[] _lines = [.. SampleSchema.All.Select(_ => new List<int>())];
    private readonly Dictionary<string, int> _unmapped = new(StringComparer.Ordinal);

    /// <summary>How many lines are no lines.</summary>
    public int BadLines { get; private set; }

    /// <summary>What is wrong with the first of them, or null.</summary>
    public string? FirstError { get; private set; }

    /// <summary>Whether a line has no time of its own.</summary>
    public bool HasUntimed { get; private set; }

    /// <summary>Fields that the kinds of their lines do not have, once each.</summary>
    public UnknownNames Unknown { get; } = new();

    /// <summary>How many lines there are of each measurement that is no kind; of many measurements only the first by name.</summary>
    public IReadOnlyDictionary<string, int> Unmapped => _unmapped;

    /// <summary>The number of the line, from 1, that a sample came from.</summary>
    public int LineOf(Kind kind, int row) => _lines[(int)kind][row];

    /// <summary>Decodes a body.</summary>
    /// <param name="body">The lines.</param>
    /// <param name="precision">What the times count.</param>
    /// <param name="now">The time of arrival in ms, for lines without a time.</param>
    /// <param name="into">The columns.</param>
    public void Decode(ReadOnlySpan<byte> body, LinePrecision precision, long now, SampleBatchBuilder into)
    {
        Begin();
        int number = 0;
        while (!body.IsEmpty)
        {
            number++;
            ReadOnlySpan<byte> line = TakeLine(ref body);
            if (!line.IsEmpty && line[0] != (byte)'#')
            {
                LineReader reader = new(line);
                if (!ReadLine(ref reader, precision, now, into, number) && reader.Error is { } error)
                {
                    AddError(line, error);
                }
            }
        }
    }

    private void Begin()
    {
        BadLines = 0;
        FirstError = null;
        HasUntimed = false;
        Unknown.Clear();
        _unmapped.Clear();
        foreach (List<int> lines in _lines)
        {
            lines.Clear();
        }
    }

    // A line ends with a line feed that is not within a text in quotes. Quotes count where a value is, as for InfluxDB: there have been more equals signs than
    // commas since the tags. In keys and tags they are letters.
    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> body)
    {
        int end = 0;
        bool isQuoted = false;
        bool isComment = body.TrimStart(" \t"u8) is [(byte)'#', ..];
        bool isInFields = false;
        int equals = 0;
        int commas = 0;
        while (end < body.Length && (body[end] != (byte)'\n' || isQuoted))
        {
            byte letter = body[end];
            if (letter == (byte)'\\')
            {
                end++;
            }
            else if (letter == (byte)' ')
            {
                isInFields = true;
            }
            else if (isInFields && !isQuoted && letter is (byte)'=' or (byte)',')
            {
                equals += letter == (byte)'=' ? 1 : 0;
                commas += letter == (byte)',' ? 1 : 0;
            }
            else if (letter == (byte)'"' && equals > commas && !isComment)
            {
                isQuoted = !isQuoted;
            }

            end++;
        }

        end = Math.Min(end, body.Length);
        ReadOnlySpan<byte> line = body[..end];
        body = end < body.Length ? body[(end + 1)..] : default;
        return line.Trim(" \t\r"u8);
    }

    private bool ReadLine(ref LineReader reader, LinePrecision precision, long now, SampleBatchBuilder into, int number)
    {
        if (!reader.ReadMeasurement(out LineText name))
        {
            return false;
        }

        KindSchema? schema = FindKind(name.Read(_key));
        KindBuilder? kind = schema is null ? null : into.Of(schema.Kind);
        string? measurement = schema is null ? Encoding.UTF8.GetString(name.Read(_key)) : null;
        if (!ReadTags(ref reader, kind) || !ReadFields(ref reader, kind) || !reader.ReadTime(out long? time))
        {
            kind?.DropRow();
            return false;
        }

        if (kind is null)
        {
            CountUnmapped(measurement!);
            return true;
        }

        HasUntimed |= time is null;
        SetTime(kind, time, precision, now);
        if (!_hasOname && _host.Length > 0)
        {
            kind.Set(KindSchema.Oname, _host.Written);
        }

        _lines[(int)kind.Schema.Kind].Add(number);
        kind.EndRow();
        return true;
    }

    private bool ReadTags(ref LineReader reader, KindBuilder? kind)
    {
        _hasOname = false;
        _host.Clear();
        while (reader.ReadTag(out LineText key, out LineText value))
        {
            if (kind is not null)
            {
                SetTag(kind, key.Read(_key), value.Read(_value));
            }
        }

        return reader.Error is null;
    }

    private void SetTag(KindBuilder kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("host"u8))
        {
            // The agent, unless it has a name of its own; that may come later.
            _host.Clear();
            _host.Add(value);
        }

        if (kind.Schema.Find(key) is not { Type: not (FieldType.Map or FieldType.Time) } field)
        {
            if (!key.SequenceEqual("host"u8))
            {
                Unknown.Add(kind.Schema.Name, key);
            }

            return;
        }

        _hasOname |= field.Ordinal == KindSchema.Oname;

        // Tags are texts, whatever they mean.
        if (field.IsText)
        {
            kind.Set(field.Ordinal, value);
        }
        else
        {
            SetValue(kind, field, value);
        }
    }

    private bool ReadFields(ref LineReader reader, KindBuilder? kind)
    {
        reader.ReadBlanks();
        bool isFirst = true;
        while (reader.ReadFieldKey(isFirst, out LineText key))
        {
            isFirst = false;
            if (!reader.ReadFieldValue(out LineText value, out bool isText))
            {
                return false;
            }

            if (!isText && !IsValue(value.Written))
            {
                return reader.Reject("invalid field value");
            }

            if (kind is not null)
            {
                SetField(kind, key.Read(_key), value, isText);
            }
        }

        return reader.Error is null;
    }

    private void SetField(KindBuilder kind, ReadOnlySpan<byte> key, in LineText value, bool isText)
    {
        if (kind.Schema.Find(key) is not { Type: not (FieldType.Map or FieldType.Time) } field)
        {
            Unknown.Add(kind.Schema.Name, key);
        }
        else if (isText)
        {
            _hasOname |= field.Ordinal == KindSchema.Oname;
            kind.Set(field.Ordinal, value.Read(_value));
        }
        else
        {
            SetValue(kind, field, value.Written);
        }
    }

    private static void SetValue(KindBuilder kind, Field field, ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> digits = value is [.., (byte)'i' or (byte)'u'] ? value[..^1] : value;
        if (FindFlag(value) is { } flag)
        {
            kind.Set(field.Ordinal, flag);
        }
        else if (Utf8Parser.TryParse(digits, out long whole, out int read) && read == digits.Length)
        {
            kind.Set(field.Ordinal, whole);
        }
        else if (Utf8Parser.TryParse(digits, out double number, out read) && read == digits.Length)
        {
            kind.Set(field.Ordinal, number);
        }
        else
        {
            // A text where a number is wanted.
            kind.Set(field.Ordinal, value);
        }
    }

    // No number begins with a plus, as for InfluxDB.
    private static bool IsValue(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> digits = value is [.., (byte)'i' or (byte)'u'] ? value[..^1] : value;
        bool isWhole = Utf8Parser.TryParse(digits, out decimal _, out int read) && read == digits.Length && digits.IndexOfAny(".eE"u8) < 0;
        bool isNumber = isWhole
            || (digits.Length == value.Length && Utf8Parser.TryParse(value, out double number, out read) && read == value.Length && double.IsFinite(number));
        return (isNumber && value[0] != (byte)'+') || FindFlag(value) is not null;
    }

    private static bool? FindFlag(ReadOnlySpan<byte> value) =>
        value.SequenceEqual("t"u8) || value.SequenceEqual("T"u8) || value.SequenceEqual("true"u8) || value.SequenceEqual("True"u8)
            || value.SequenceEqual("TRUE"u8) ? true
        : value.SequenceEqual("f"u8) || value.SequenceEqual("F"u8) || value.SequenceEqual("false"u8) || value.SequenceEqual("False"u8)
            || value.SequenceEqual("FALSE"u8) ? false
        : null;

    private static void SetTime(KindBuilder kind, long? time, LinePrecision precision, long now)
    {
        long milliseconds = (time, precision) switch
        {
            (null, _) => now,
            ({ } nanoseconds, LinePrecision.Nanoseconds) => Math.DivRem(nanoseconds, 1_000_000).Quotient,
            ({ } microseconds, LinePrecision.Microseconds) => Math.DivRem(microseconds, 1_000).Quotient,
            ({ } seconds, LinePrecision.Seconds) => seconds is > -9_000_000_000 and < 9_000_000_000 ? seconds * 1_000 : long.MaxValue,
            ({ } given, _) => given,
        };
        kind.Set(KindSchema.Time, milliseconds);
    }

    private static KindSchema? FindKind(ReadOnlySpan<byte> name)
    {
        foreach (KindSchema schema in SampleSchema.All)
        {
            if (Ascii.Equals(name, schema.Name))
            {
                return schema;
            }
        }

        return null;
    }

    private void CountUnmapped(string measurement)
    {
        string name = _unmapped.Count < MaxNames || _unmapped.ContainsKey(measurement) ? measurement : "…";
        _unmapped[name] = _unmapped.GetValueOrDefault(name) + 1;
    }

    private void AddError(ReadOnlySpan<byte> line, string error)
    {
        BadLines++;
        ReadOnlySpan<byte> shown = line[..Utf8Truncation.Length(line, MaxShownLine)];
        FirstError ??= $"unable to parse '{(Utf8.IsValid(shown) ? Encoding.UTF8.GetString(shown) : "…")}': {error}";
    }
}

/// <summary>What the times of lines count.</summary>
internal enum LinePrecision : byte
{
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
}
