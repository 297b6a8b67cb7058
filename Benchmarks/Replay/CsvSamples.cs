using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using nietras.SeparatedValues;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Replay;

/// <summary>
/// Samples of one kind from a file of comma-separated values (RFC 4180, UTF-8), whose header names the fields as the schema does.
/// An empty field is a missing value. Not thread safe.
/// </summary>
internal sealed class CsvSamples : IDisposable
{
    // The header is read as a row: its names need not be unique.
    private static readonly SepReaderOptions _csv =
        Sep.New(',').Reader() with { HasHeader = false, Unescape = true, DisableColCountCheck = true };

    private readonly SepReader _reader;
    private readonly Field?[] _fields;
    private readonly int _timeField;
    private readonly string _path;
    private readonly ByteBuffer _text = new();
    private bool _hasRow;
    private int _line = 1;

    /// <exception cref="InvalidDataException">The header names no time, or a quote is never closed.</exception>
    public CsvSamples(KindSchema kind, string path)
    {
        Kind = kind;
        _path = path;
        Stream file = File.OpenRead(path);
        _reader = _csv.From(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
        _fields = new Field?[ReadRow() ? _reader.Current.ColCount : 0];
        _timeField = -1;
        for (int i = 0; i < _fields.Length; i++)
        {
            string name = _reader.Current[i].ToString();
            _fields[i] = kind.Find(name) is { FromEnvelope: false } field ? field : null;
            _timeField = name == "time" ? i : _timeField;
            if (_fields[i] is null)
            {
                UnknownFields.Add(name);
            }
        }

        if (_timeField < 0)
        {
            Dispose();
            throw new InvalidDataException($"{path} has no field 'time' in its first line.");
        }

        Advance();
    }

    public KindSchema Kind { get; }

    /// <summary>Names in the header that the schema does not know, or that a sample does not carry; they are left out.</summary>
    public List<string> UnknownFields { get; } = [];

    /// <summary>Rows so far that could not be read as a sample.</summary>
    public long UnreadableCount { get; private set; }

    /// <summary>Why the first of them could not be read.</summary>
    public string? FirstUnreadable { get; private set; }

    /// <summary>Time of the next sample in ms; null at the end.</summary>
    public long? NextTime { get; private set; }

    /// <summary>One empty column for each field of the file, in its order.</summary>
    public WireColumn[] MakeColumns() => [.. _fields.OfType<Field>().Select(field => new WireColumn(field))];

    /// <summary>Adds the next sample to columns that <see cref="MakeColumns"/> made.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="shiftMilliseconds">Added to its time.</param>
    public void Take(WireColumn[] columns, long shiftMilliseconds)
    {
        int next = 0;
        for (int i = 0; i < _fields.Length; i++)
        {
            if (_fields[i] is not { } field)
            {
                continue;
            }

            WireColumn column = columns[next++];
            ReadOnlySpan<byte> text = Text(i);
            if (i == _timeField)
            {
                column.Add(NextTime!.Value + shiftMilliseconds);
            }
            else if (text.IsEmpty)
            {
                column.AddMissing();
            }
            else if (field.IsText)
            {
                column.Add(text);
            }
            else if (column.IsDecimal)
            {
                column.Add(ParseDecimal(text)!.Value);
            }
            else
            {
                column.Add(ParseWhole(field, text)!.Value);
            }
        }

        Advance();
    }

    public void Dispose() => _reader.Dispose();

    // Goes on to the next row that is a sample.
    private void Advance()
    {
        NextTime = null;
        _hasRow = ReadRow();
        while (_hasRow && FindFault() is { } fault)
        {
            UnreadableCount++;
            FirstUnreadable ??= $"{_path}, line {_reader.Current.LineNumberFrom}: {fault}";
            _hasRow = ReadRow();
        }

        if (_hasRow && Utf8Parser.TryParse(Text(_timeField), out long time, out _))
        {
            NextTime = time;
        }
    }

    // A quote that is never closed takes everything behind it into its row, to the end of the file or until it is too long.
    private bool ReadRow()
    {
        try
        {
            if (!_reader.MoveNext())
            {
                return false;
            }

            if (int.IsEvenInteger(_reader.Current.Span.Count('"')))
            {
                _line = _reader.Current.LineNumberToExcl;
                return true;
            }
        }
        catch (NotSupportedException)
        {
            // Too long; said below.
        }

        throw new InvalidDataException($"{_path}, line {_line}: a quote is never closed.");
    }

    // A field as UTF-8; valid until the next.
    private ReadOnlySpan<byte> Text(int field)
    {
        ReadOnlySpan<char> text = _reader.Current[field].Span;
        _text.Clear();
        Encoding.UTF8.GetBytes(text, _text.Extend(Encoding.UTF8.GetByteCount(text)));
        return _text.Written;
    }

    private string? FindFault()
    {
        if (_reader.Current.ColCount != _fields.Length)
        {
            return $"{_reader.Current.ColCount} fields, but the header has {_fields.Length}.";
        }

        if (Text(_timeField).IsEmpty)
        {
            return "no time.";
        }

        for (int i = 0; i < _fields.Length; i++)
        {
            if (_fields[i] is { } field && Text(i) is { IsEmpty: false } text && !IsReadable(field, text))
            {
                return $"{field.Name} is '{_reader.Current[i].ToString()}'.";
            }
        }

        return null;
    }

    private static bool IsReadable(Field field, ReadOnlySpan<byte> text) => field.Type switch
    {
        FieldType.Duration or FieldType.Number => ParseDecimal(text) is not null,
        FieldType.Map => IsMap(text),
        FieldType.Text => true,
        FieldType.Time or FieldType.Integer or FieldType.Boolean => ParseWhole(field, text) is not null,
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    // A map stands in a file as JSON.
    private static bool IsMap(ReadOnlySpan<byte> text)
    {
        try
        {
            Utf8JsonReader reader = new(text);
            bool isMap = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (isMap && reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                isMap = reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String;
            }

            return isMap && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static double? ParseDecimal(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out double value, out int used) && used == text.Length ? value : null;

    private static long? ParseWhole(Field field, ReadOnlySpan<byte> text)
    {
        if (field.Type == FieldType.Boolean)
        {
            return Ascii.EqualsIgnoreCase(text, "true"u8) || text.SequenceEqual("1"u8) ? 1
                : Ascii.EqualsIgnoreCase(text, "false"u8) || text.SequenceEqual("0"u8) ? 0 : null;
        }

        return Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length ? value : null;
    }
}
