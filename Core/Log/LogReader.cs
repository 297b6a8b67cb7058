using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Log;

/// <summary>
/// Reads the log's durable records forward, into pooled memory, past what is damaged. It ends at the log's end of the moment and goes on
/// when more was appended. Used by one thread at a time, beside an appender.
/// </summary>
public sealed class LogReader : IDisposable
{
    private readonly WriteAheadLog _log;
    private readonly IFileSystem _files;
    private readonly FrameFormat _format;
    private readonly List<LogDamage> _damage = [];
    private FrameReader? _frames;
    private LogSegment _segment;
    private long _end;

    internal LogReader(WriteAheadLog log, IFileSystem files, FrameFormat format, LogPosition from)
    {
        _log = log;
        _files = files;
        _format = format;
        Position = from;
    }

    /// <summary>Through here the log was read.</summary>
    public LogPosition Position { get; private set; }

    /// <summary>What could not be read so far, in order.</summary>
    public IReadOnlyList<LogDamage> Damage => _damage;

    /// <summary>The next record; false at the log's end. The payload stays as it is until the next call.</summary>
    /// <exception cref="IOException">A segment can't be opened.</exception>
    public bool TryRead(out LogPosition end, out ReadOnlyMemory<byte> payload)
    {
        while (_frames is not null || OpenNext())
        {
            if (_frames!.TryRead(out payload))
            {
                Position = new(_frames.Position);
                end = Position;
                return true;
            }

            Leave();
        }

        end = Position;
        payload = default;
        return false;
    }

    /// <summary>The segment that was read last, and where a position is in it.</summary>
    public (string Segment, long Offset) PlaceOf(LogPosition position) => (_segment.Path, FileHeader.Size + position.Offset - _segment.Start);

    public void Dispose() => _frames?.Dispose();

    private bool OpenNext()
    {
        if (!_log.TryFindSegment(Position, out LogSegment segment, out long end))
        {
            return false;
        }

        _segment = segment;
        if (segment.Start > Position.Offset)
        {
            Report(Position.Offset, segment.Start);
            Position = new(segment.Start);
        }

        if (_log.Lost.TryFind(Position, end, out LogStretch lost))
        {
            if (lost.Has(Position.Offset))
            {
                PassLost(lost);
                return OpenNext();
            }

            end = lost.Start;
        }

        IFile file;
        try
        {
            file = _files.Open(segment.Path, FileAccess.Read);
        }
        catch (FileNotFoundException) when (_log.IsGone(segment))
        {
            // Truncated between the look-up and here; the next look-up finds what is left.
            return OpenNext();
        }

        _end = end;
        _frames = new FrameReader(file, _format, FileHeader.Size - segment.Start, (Position.Offset, end), Report);
        return true;
    }

    // Everything through the range's end was acknowledged, so a rest without a record is damage.
    private void Leave()
    {
        if (_frames!.Position < _end)
        {
            Report(_frames.Position, _end);
        }

        Position = new(_end);
        _frames.Dispose();
        _frames = null;
    }

    // What is in it may be whole again, but the store went past it.
    private void PassLost(LogStretch lost)
    {
        Add(Position.Offset, lost.End, wasPassed: true);
        Position = new(lost.End);
    }

    private void Report(long start, long end) => Add(start, end, wasPassed: false);

    private void Add(long start, long end, bool wasPassed)
    {
        LogDamage damage = new(_segment.Path, Math.Max(0, FileHeader.Size + start - _segment.Start), new(start), new(end), wasPassed);
        _damage.Add(damage);
        _log.Count(damage);
    }
}

/// <summary>A stretch of the log that can't be read; what comes before and after it can.</summary>
/// <param name="Segment">Full path of the segment.</param>
/// <param name="Offset">Where the stretch starts in that file.</param>
/// <param name="Start">Position of its first byte.</param>
/// <param name="End">Position behind its last byte.</param>
/// <param name="WasPassed">Whether it was noted before that the store went past it without its records.</param>
public sealed record LogDamage(string Segment, long Offset, LogPosition Start, LogPosition End, bool WasPassed = false)
{
    public override string ToString() => $"{Segment}: {End.Offset - Start.Offset} bytes from offset {Offset} can't be read.";
}
