using System.Buffers.Text;
using TimeSeries.Core.Memory;

namespace TimeSeries.Ingest.Protocols.Lines;

/// <summary>
/// Reads one line of InfluxDB's line protocol: <c>measurement,tag=value field=value time</c>. Escapes are InfluxDB's: a backslash before a comma or a blank in
/// measurements, before those and an equals sign in keys and values of tags, and before a quote or itself in texts; before anything else it is itself.
/// </summary>
internal ref struct LineReader(ReadOnlySpan<byte> line)
{
    private readonly ReadOnlySpan<byte> _line = line;
    private int _position;

    /// <summary>What is wrong with the line, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads the measurement.</summary>
    public bool ReadMeasurement(out LineText name)
    {
        name = ReadName(" ,"u8);
        return !name.IsEmpty || Fail("missing measurement");
    }

    /// <summary>Reads the next tag; false behind the last, or where the line is wrong.</summary>
    public bool ReadTag(out LineText key, out LineText value)
    {
        key = default;
        value = default;
        if (At != (byte)',')
        {
            return false;
        }

        _position++;
        key = ReadName("=, "u8);
        if (key.IsEmpty || At != (byte)'=')
        {
            return Fail(key.IsEmpty ? "missing tag key" : "missing tag value");
        }

        _position++;
        value = ReadName(", ="u8);
        return (!value.IsEmpty && At != (byte)'=') || Fail(At == (byte)'=' ? "invalid tag format" : "missing tag value");
    }

    /// <summary>Passes over the blanks before the fields or the time; false when there are none.</summary>
    public bool ReadBlanks()
    {
        int start = _position;
        while (At is (byte)' ' or (byte)'\t')
        {
            _position++;
        }

        return _position > start;
    }

    /// <summary>Reads the key of the next field; false behind the last, or where the line is wrong.</summary>
    public bool ReadFieldKey(bool isFirst, out LineText key)
    {
        key = default;
        if (!isFirst)
        {
            if (At != (byte)',')
            {
                return false;
            }

            _position++;
        }

        key = ReadName("=, "u8);
        if (key.IsEmpty || At != (byte)'=')
        {
            return Fail(key.IsEmpty ? "missing fields" : "missing field value");
        }

        _position++;
        return true;
    }

    /// <summary>Reads the value of a field: a text in quotes, or what stands until the next comma or blank.</summary>
    public bool ReadFieldValue(out LineText value, out bool isText)
    {
        isText = At == (byte)'"';
        if (!isText)
        {
            int end = _line[_position..].IndexOfAny(", "u8);
            end = end < 0 ? _line.Length : _position + end;
            value = new LineText(_line[_position..end], default);
            _position = end;
            return !value.IsEmpty || Fail("missing field value");
        }

        int start = ++_position;
        while (At is { } letter && letter != (byte)'"')
        {
            _position += letter == (byte)'\\' && _position + 1 < _line.Length ? 2 : 1;
        }

        value = new LineText(_line[start..Math.Min(_position, _line.Length)], "\"\\"u8);
        if (At is null)
        {
            return Fail("unbalanced quotes");
        }

        _position++;
        return At is null or (byte)',' or (byte)' ' || Fail("invalid field format");
    }

    /// <summary>Reads the time behind the fields, a whole number; null when there is none.</summary>
    public bool ReadTime(out long? time)
    {
        time = null;
        ReadBlanks();
        ReadOnlySpan<byte> rest = _line[_position..].TrimEnd(" \t"u8);
        if (rest.IsEmpty)
        {
            return true;
        }

        bool isRead = Utf8Parser.TryParse(rest, out long number, out int read) && read == rest.Length;
        time = isRead ? number : null;
        return isRead || Fail("bad timestamp");
    }

    /// <summary>Says that the line is wrong.</summary>
    public bool Reject(string error) => Fail(error);

    private readonly byte? At => _position < _line.Length ? _line[_position] : null;

    // Until one of the bytes that end it, unless a backslash is before it.
    private LineText ReadName(ReadOnlySpan<byte> ends)
    {
        int start = _position;
        while (_position < _line.Length && ends.IndexOf(_line[_position]) < 0)
        {
            bool isEscape = _line[_position] == (byte)'\\' && _position + 1 < _line.Length && ", ="u8.IndexOf(_line[_position + 1]) >= 0;
            _position += isEscape ? 2 : 1;
        }

        return new LineText(_line[start.._position], ", ="u8);
    }

    private bool Fail(string error)
    {
        Error = error;
        return false;
    }
}

/// <summary>A part of a line, as it stands there.</summary>
internal readonly ref struct LineText(ReadOnlySpan<byte> written, ReadOnlySpan<byte> escaped)
{
    private readonly ReadOnlySpan<byte> _escaped = escaped;

    /// <summary>The bytes with their escapes.</summary>
    public ReadOnlySpan<byte> Written { get; } = written;

    public bool IsEmpty => Written.IsEmpty;

    /// <summary>The bytes that are meant; in a buffer where there are escapes.</summary>
    public ReadOnlySpan<byte> Read(TextBuffer buffer)
    {
        if (Written.IndexOf((byte)'\\') < 0)
        {
            return Written;
        }

        buffer.Clear();
        for (int i = 0; i < Written.Length; i++)
        {
            bool isEscape = Written[i] == (byte)'\\' && i + 1 < Written.Length && _escaped.IndexOf(Written[i + 1]) >= 0;
            buffer.Add(Written[isEscape ? ++i : i]);
        }

        return buffer.Written;
    }
}
