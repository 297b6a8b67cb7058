using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Replay;

/// <summary>
/// Reads comma-separated values (RFC 4180) as bytes of UTF-8, row by row: quoted fields with commas, line ends and doubled quotes in them,
/// line ends of either kind, with or without the last one; a byte order mark is skipped. Allocates nothing a row. Not thread safe.
/// </summary>
internal sealed class CsvReader(Stream stream)
{
    // What is read from the stream at once.
    private const int BufferBytes = 64 * 1_024;

    private const int End = -1;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly ByteBuffer _row = new();
    private readonly List<int> _ends = [];
    private int _start;
    private int _filled;
    private long _line = 1;
    private bool _begun;

    /// <summary>How many fields the row has.</summary>
    public int FieldCount => _ends.Count;

    /// <summary>Line, from 1, on which the row starts.</summary>
    public long RowLine { get; private set; }

    /// <summary>A field of the row; valid until the next row.</summary>
    public ReadOnlySpan<byte> this[int field]
    {
        get
        {
            int start = field == 0 ? 0 : _ends[field - 1];
            return _row.Written[start.._ends[field]];
        }
    }

    /// <summary>Goes on to the next row; false at the end.</summary>
    /// <exception cref="InvalidDataException">A quote is never closed.</exception>
    public bool ReadRow()
    {
        if (!_begun)
        {
            SkipByteOrderMark();
        }

        _row.Clear();
        _ends.Clear();
        RowLine = _line;
        if (Peek() == End)
        {
            return false;
        }

        bool goesOn = true;
        while (goesOn)
        {
            goesOn = ReadField();
            _ends.Add(_row.Count);
        }

        return true;
    }

    // Returns whether a further field follows in the row.
    private bool ReadField()
    {
        if (Peek() == '"')
        {
            ReadQuoted();
        }

        while (true)
        {
            int value = Take();
            switch (value)
            {
                case ',':
                    return true;
                case '\r' when Peek() == '\n':
                    break;
                case '\n':
                    _line++;
                    return false;
                case End:
                    return false;
                default:
                    _row.Add((byte)value);
                    break;
            }
        }
    }

    private void ReadQuoted()
    {
        long opened = _line;
        Take();
        while (true)
        {
            int value = Take();
            if (value == End)
            {
                throw new InvalidDataException($"The quote opened on line {opened} is never closed.");
            }

            if (value == '"')
            {
                if (Peek() != '"')
                {
                    return;
                }

                Take();
            }

            _line += value == '\n' ? 1 : 0;
            _row.Add((byte)value);
        }
    }

    private void SkipByteOrderMark()
    {
        _begun = true;
        while (_filled < 3 && stream.Read(_buffer, _filled, BufferBytes - _filled) is > 0 and var read)
        {
            _filled += read;
        }

        if (_buffer.AsSpan(0, _filled).StartsWith("\uFEFF"u8))
        {
            _start = 3;
        }
    }

    private int Take()
    {
        int value = Peek();
        _start += value == End ? 0 : 1;
        return value;
    }

    private int Peek()
    {
        if (_start == _filled)
        {
            _start = 0;
            _filled = stream.Read(_buffer, 0, BufferBytes);
        }

        return _filled == 0 ? End : _buffer[_start];
    }
}
