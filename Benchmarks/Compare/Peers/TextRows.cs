using System.Buffers.Text;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Benchmarks.Wire.Fresh;

namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>
/// Writes transactions as the text that another system takes, and notes where values lie. Durations are whole µs everywhere, so that sums are exact. Not
/// thread safe.
/// </summary>
internal sealed class TextRows(TextForm form)
{
    // Of a time in ms; a line's time goes on with what makes it its own within the millisecond.
    public const int NumberDigits = 6;
    public const long NumbersPerMillisecond = 1_000_000;

    private const double MicrosecondsPerMillisecond = 1_000;
    private const int LongestNumber = 20;

    private readonly ByteBuffer _buffer = new();

    public ReadOnlySpan<byte> Written => _buffer.Written;

    /// <summary>Offsets of times.</summary>
    public List<int> Times { get; } = [];

    /// <summary>Where ids and, if they are to be drawn again, other values lie.</summary>
    public PatchPlaces Places { get; init; } = new() { TimeLayout = TimeLayout.Digits };

    public void Clear()
    {
        _buffer.Clear();
        Times.Clear();
        Places.Ids.Clear();
        Places.Values?.Clear();
    }

    /// <summary>Adds transactions.</summary>
    /// <param name="columns">Their fields; none is missing.</param>
    /// <param name="firstNumber">Number of the first one, of all that are written.</param>
    public void Add(WireColumn[] columns, long firstNumber)
    {
        WireColumn time = Find(columns, "time");
        WireColumn[] tags = [Find(columns, "oname"), Find(columns, "service")];
        WireColumn[] fields = form switch
        {
            TextForm.Tabs => [.. columns.Where(column => column != time)],
            TextForm.Lines => [.. columns.Where(column => column != time && !tags.Contains(column))],
            TextForm.NumericLines => [.. columns.Where(column => !column.Field.IsText && column.Field.Name is not ("time" or "status" or "error"))],
            _ => throw new InvalidOperationException($"{form} is not written."),
        };
        for (int row = 0; row < time.Count; row++)
        {
            if (form == TextForm.Tabs)
            {
                AddTabs(time.Numbers.Values[row], fields, row);
            }
            else
            {
                AddLine(time.Numbers.Values[row], tags, fields, row, firstNumber + row);
            }
        }
    }

    private void AddTabs(long time, WireColumn[] fields, int row)
    {
        Times.Add(_buffer.Count);
        Number(time / 1_000);
        _buffer.Add((byte)'\t');
        Number(time % 1_000);
        foreach (WireColumn field in fields)
        {
            _buffer.Add((byte)'\t');
            Note(field);
            if (field.Field.IsText)
            {
                Escaped(field.Text(row), "\t\n\\"u8, [(byte)'t', (byte)'n', (byte)'\\']);
            }
            else
            {
                Number(Whole(field, row));
            }
        }

        _buffer.Add((byte)'\n');
    }

    private void AddLine(long time, WireColumn[] tags, WireColumn[] fields, int row, long number)
    {
        _buffer.Add("transaction"u8);
        foreach (WireColumn tag in tags)
        {
            _buffer.Add((byte)',');
            _buffer.Add(tag.Field.Utf8Name.AsSpan());
            _buffer.Add((byte)'=');
            Note(tag);
            Escaped(tag.Text(row), ", ="u8, ", ="u8);
        }

        byte before = (byte)' ';
        foreach (WireColumn field in fields)
        {
            _buffer.Add(before);
            before = (byte)',';
            _buffer.Add(field.Field.Utf8Name.AsSpan());
            _buffer.Add((byte)'=');
            LineField(field, row);
        }

        _buffer.Add((byte)' ');
        Times.Add(_buffer.Count);
        Number(time);
        Padded(number % NumbersPerMillisecond, NumberDigits);
        _buffer.Add((byte)'\n');
    }

    private void LineField(WireColumn field, int row)
    {
        if (field.Field.IsText)
        {
            _buffer.Add((byte)'"');
            Note(field);
            Escaped(field.Text(row), "\"\\"u8, "\"\\"u8);
            _buffer.Add((byte)'"');
            return;
        }

        Note(field);
        Number(Whole(field, row));
        if (form == TextForm.Lines)
        {
            _buffer.Add((byte)'i');
        }
    }

    private void Note(WireColumn field)
    {
        Places.Note(field, field.Field.IsText ? ValueLayout.Text : ValueLayout.Digits, _buffer.Count);
        if (field.IsFresh)
        {
            Places.Ids.Add(_buffer.Count);
        }
    }

    private static long Whole(WireColumn field, int row) =>
        field.IsDecimal ? (long)Math.Round(field.Decimal(row) * MicrosecondsPerMillisecond) : field.Numbers.Values[row];

    private void Number(long value)
    {
        Utf8Formatter.TryFormat(value, _buffer.Extend(LongestNumber), out int written);
        _buffer.Shorten(LongestNumber - written);
    }

    private void Padded(long value, byte digits) =>
        Utf8Formatter.TryFormat(value, _buffer.Extend(digits), out _, new System.Buffers.StandardFormat('D', digits));

    private void Escaped(ReadOnlySpan<byte> text, ReadOnlySpan<byte> special, ReadOnlySpan<byte> written)
    {
        if (text.IndexOfAny(special) < 0)
        {
            _buffer.Add(text);
            return;
        }

        foreach (byte one in text)
        {
            int place = special.IndexOf(one);
            if (place >= 0)
            {
                _buffer.Add((byte)'\\');
            }

            _buffer.Add(place >= 0 ? written[place] : one);
        }
    }

    private static WireColumn Find(WireColumn[] columns, string name) => Array.Find(columns, column => column.Field.Name == name)!;
}

/// <summary>How transactions are written for another system.</summary>
internal enum TextForm
{
    /// <summary>Tab-separated values, a column for seconds and one for milliseconds, durations in whole µs (ClickHouse).</summary>
    Tabs,

    /// <summary>Line protocol: tags oname and service, all other fields as fields, a time of its own for each line (InfluxDB).</summary>
    Lines,

    /// <summary>Line protocol with the seven numeric fields only (VictoriaMetrics keeps no text).</summary>
    NumericLines,
}
