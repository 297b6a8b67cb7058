using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Replay;

/// <summary>
/// Samples of one kind from a file of comma-separated values, whose header names the fields as the schema does. An empty field is a missing value.
/// Not thread safe.
/// </summary>
internal sealed class CsvSamples : IDisposable
{
    private readonly Stream _stream;
    private readonly CsvReader _reader;
    private readonly Field?[] _fields;
    private readonly int _timeField;
    private readonly string _path;
    private bool _hasRow;

    /// <exception cref="InvalidDataException">The header names no time.</exception>
    public CsvSamples(KindSchema kind, string path)
    {
        Kind = kind;
        _path = path;
        Stream file = File.OpenRead(path);
        _stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        _reader = new CsvReader(_stream);
        _reader.ReadRow();
        _fields = new Field?[_reader.FieldCount];
        _timeField = -1;
        for (int i = 0; i < _fields.Length; i++)
        {
            string name = Encoding.UTF8.GetString(_reader[i]);
            _fields[i] = kind.Find(name) is { FromEnvelope: false } field ? field : null;
            _timeField = name == "time" ? i : _timeField;
            if (_fields[i] is null)
            {
                UnknownFields.Add(name);
            }
        }

        if (_timeField < 0)
        {
            _stream.Dispose();
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
            ReadOnlySpan<byte> text = _reader[i];
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

    public void Dispose() => _stream.Dispose();

    // Goes on to the next row that is a sample.
    private void Advance()
    {
        NextTime = null;
        _hasRow = _reader.ReadRow();
        while (_hasRow && FindFault() is { } fault)
        {
            UnreadableCount++;
            FirstUnreadable ??= $"{_path}, line {_reader.RowLine}: {fault}";
            _hasRow = _reader.ReadRow();
        }

        if (_hasRow && Utf8Parser.TryParse(_reader[_timeField], out long time, out _))
        {
            NextTime = time;
        }
    }

    private string? FindFault()
    {
        if (_reader.FieldCount != _fields.Length)
        {
            return $"{_reader.FieldCount} fields, but the header has {_fields.Length}.";
        }

        if (_reader[_timeField].IsEmpty)
        {
            return "no time.";
        }

        for (int i = 0; i < _fields.Length; i++)
        {
            if (_fields[i] is { } field && !_reader[i].IsEmpty && !IsReadable(field, _reader[i]))
            {
                return $"{field.Name} is '{Encoding.UTF8.GetString(_reader[i])}'.";
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
