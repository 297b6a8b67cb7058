using System.Buffers;
using System.Text;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// The lines of a write, in one pooled array, with the end of each line: a text may contain line feeds.
/// Filled by one thread, then read by another, which disposes it.
/// </summary>
internal sealed class LineBatch : IDisposable
{
    private const int FirstLines = 1_024;

    private static readonly byte[] _rollup = Encoding.UTF8.GetBytes(InfluxSchema.RollupMeasurement + ",");

    private byte[] _bytes;
    private int[] _ends;
    private readonly HashSet<long> _hours = [];
    private readonly List<(int Lines, LogPosition End)> _records = [];
    private int _length;
    private int _lineStart;
    private long _lineHour;
    private long _lastHour = long.MinValue;

    public LineBatch(int capacity)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(capacity);
        _ends = ArrayPool<int>.Shared.Rent(FirstLines);
    }

    public int LineCount { get; private set; }

    /// <summary>Bytes of the whole lines.</summary>
    public int Length => _lineStart;

    /// <summary>Hours since 1970 that points of the whole lines lie in.</summary>
    public IReadOnlyCollection<long> Hours => _hours;

    /// <summary>Number in the order of sending.</summary>
    public long Sequence { get; set; }

    /// <summary>The log is contained through here once this and all lines before it are confirmed.</summary>
    public LogPosition Through { get; set; }

    /// <summary>The lines since the last call belong to the record that ends there in the log.</summary>
    public void EndRecord(LogPosition end) => _records.Add((LineCount, end));

    /// <summary>Where the record of a line's sample ends in the log; null for a line that is no sample's.</summary>
    public LogPosition? RecordOf(int line)
    {
        int index = _records.FindIndex(record => line < record.Lines);
        return index < 0 || Lines(line, 1).Span.StartsWith(_rollup) ? null : _records[index].End;
    }

    /// <summary>Makes room for bytes of the open line.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (bytes > _bytes.Length - _length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(checked((int)Math.Min(Array.MaxLength, Math.Max(_length + (long)bytes, _bytes.Length * 2L))));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(_length);
    }

    public void Advance(int bytes) => _length += bytes;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Appends the time of the open line's point, in ns, behind all else.</summary>
    public void AppendTime(long nanoseconds)
    {
        Append(" "u8);
        LineText.AppendInteger(this, nanoseconds);
        _lineHour = InfluxSchema.HourOf(nanoseconds);
    }

    /// <summary>
    /// Ends the open line when the batch is not larger than allowed; else removes it and returns false. The first line always fits.
    /// </summary>
    public bool TryEndLine(int maxBytes)
    {
        Append("\n"u8);
        if (LineCount > 0 && _length > maxBytes)
        {
            _length = _lineStart;
            return false;
        }

        if (LineCount == _ends.Length)
        {
            int[] larger = ArrayPool<int>.Shared.Rent(_ends.Length * 2);
            _ends.AsSpan().CopyTo(larger);
            ArrayPool<int>.Shared.Return(_ends);
            _ends = larger;
        }

        _ends[LineCount++] = _length;
        _lineStart = _length;
        if (_lineHour != _lastHour)
        {
            _hours.Add(_lineHour);
            _lastHour = _lineHour;
        }

        return true;
    }

    /// <summary>A range of lines.</summary>
    public ReadOnlyMemory<byte> Lines(int first, int count)
    {
        int start = first == 0 ? 0 : _ends[first - 1];
        return _bytes.AsMemory(start, _ends[first + count - 1] - start);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        ArrayPool<int>.Shared.Return(_ends);
        (_bytes, _ends, _length, _lineStart, LineCount) = ([], [], 0, 0, 0);
    }
}
