using System.Collections.Immutable;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Log;

/// <summary>
/// The durable log: records of bytes in segments, appended in groups with one write and one flush each. A record that was acknowledged
/// is read back, once and in order, whatever happens; one that was refused never is (see <see cref="LogOutcome"/>).
/// One appender; <see cref="Truncate"/>, the properties and readers may run beside it. The layout is in <c>docs/format/log.md</c>.
/// </summary>
public sealed class WriteAheadLog : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly ulong _nodeId;
    private readonly WriteAheadLogOptions _options;
    private readonly CoreInstruments _instruments;
    private readonly FrameGroup _group;
    private readonly SpareSegments _spares;

    // Guards _segments, _forgettable (through where the log was told to forget), _holds (while there are any it forgets nothing) and the note of the end.
    private readonly Lock _segmentsLock = new();
    private ImmutableArray<LogSegment> _segments;
    private long _forgettable;
    private int _holds;
    private long _end;
    private SegmentWriter? _active;

    private WriteAheadLog(IFileSystem files, string directory, ulong nodeId, WriteAheadLogOptions options, CoreInstruments instruments)
    {
        _files = files;
        _directory = directory;
        _nodeId = nodeId;
        _options = options;
        _instruments = instruments;
        _group = new FrameGroup(new FrameFormat(nodeId));
        _spares = new SpareSegments(files, directory, options.SegmentBytes);
    }

    /// <summary>Where the oldest record that the log still has begins; its end when it has none.</summary>
    public LogPosition Start
    {
        get
        {
            lock (_segmentsLock)
            {
                return _segments.IsEmpty ? End : new(_segments[0].Start);
            }
        }
    }

    /// <summary>The position behind the last durable record.</summary>
    public LogPosition End => new(Volatile.Read(ref _end));

    /// <summary>Bytes that the log holds, headers included, what is reserved for more not.</summary>
    public long Bytes
    {
        get
        {
            lock (_segmentsLock)
            {
                return _segments.IsEmpty ? 0 : End.Offset - _segments[0].Start + _segments.Length * (long)FileHeader.Size;
            }
        }
    }

    /// <summary>What made the last append fail; null when it did not.</summary>
    public Exception? LastFault { get; private set; }

    /// <summary>What was noted of the log's end before it was opened.</summary>
    public NotedEnd Noted { get; private set; }

    /// <summary>What a store went past without having it.</summary>
    public LostStretches Lost { get; private set; } = null!;

    /// <summary>A number of the appender's own that is noted with the log's end.</summary>
    public long AppenderNumber { get; set; }

    /// <summary>Where those who read the log report what can't be read.</summary>
    public DamageRegister Register => _instruments.Damage;

    /// <summary>Opens the log in a directory, making it when there is none. Nothing is forgotten until <see cref="Truncate"/> is called.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="directory">The log's own directory.</param>
    /// <param name="nodeId">The node whose log this is.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="storedThrough">Through here the store has the records. New positions lie behind it even if the log was lost.</param>
    /// <param name="instruments">Where flushes, records and faults are counted.</param>
    /// <exception cref="ArgumentException">An option can't be used.</exception>
    /// <exception cref="UnknownFormatException">A segment is of another format version or another node.</exception>
    /// <exception cref="IOException">The directory can't be read or made.</exception>
    public static WriteAheadLog Open(
        IFileSystem files, string directory, ulong nodeId, WriteAheadLogOptions options, LogPosition storedThrough, CoreInstruments instruments)
    {
        if (options.FindErrors() is [var error, ..])
        {
            throw new ArgumentException(error, nameof(options));
        }

        files.CreateDirectory(directory);
        if (Path.GetDirectoryName(Path.GetFullPath(directory)) is { } parent)
        {
            files.FlushDirectory(parent);
        }

        WriteAheadLog log = new(files, directory, nodeId, options, instruments);
        log.Recover(storedThrough);
        return log;
    }

    /// <summary>
    /// Appends records as one group, with one write and one flush; when it returns <see cref="LogOutcome.Appended"/> all are durable.
    /// Records are not empty. The appender calls this, one call at a time.
    /// </summary>
    /// <param name="entries">The records.</param>
    /// <param name="ends">Gets the position behind each record; at least as long as <paramref name="entries"/>.</param>
    public LogOutcome Append(ReadOnlySpan<LogEntry> entries, Span<LogPosition> ends)
    {
        if (entries.IsEmpty)
        {
            return LogOutcome.Appended;
        }

        _group.Gather(entries, _end, ends);
        try
        {
            if (!MakeRoom(_group.Bytes))
            {
                LastFault = null;
                return LogOutcome.Full;
            }

            SegmentFor(_group.Bytes).Append(_group.Buffers, _group.Bytes);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return TakeBack(fault);
        }
        finally
        {
            _group.Clear();
        }

        Volatile.Write(ref _end, ends[entries.Length - 1].Offset);
        LastFault = null;
        _instruments.LogFlushes.Add(1);
        _instruments.LogRecords.Add(entries.Length);
        _instruments.LogBytes.Add(_group.Bytes);
        return LogOutcome.Appended;
    }

    /// <summary>Reads the records behind a position (the end of one, or the start of the log).</summary>
    public LogReader Read(LogPosition from) => new(this, _files, new FrameFormat(_nodeId), from);

    /// <summary>Keeps all that the log has until the hold is disposed, so that it can be copied while it grows.</summary>
    public LogHold Hold()
    {
        lock (_segmentsLock)
        {
            _holds++;
        }

        return new LogHold(this, _nodeId);
    }

    /// <summary>
    /// Forgets what the store has: the segments that end at or before a position are deleted, or written over later. The newest one stays, and while the log
    /// is held so do all.
    /// </summary>
    public void Truncate(LogPosition through)
    {
        lock (_segmentsLock)
        {
            _forgettable = Math.Max(_forgettable, through.Offset);
            int before = _segments.Length;
            while (_holds == 0 && _segments.Length > 1 && _segments[1].Start <= _forgettable && TryForget(_segments[0]))
            {
                _segments = _segments.RemoveAt(0);
            }

            if (_segments.Length < before)
            {
                NoteEnd();
            }
        }

        // Appends need not wait for it. What fails is tried again by the next checkpoint; until then segments are new files.
        TryOnDisk(_spares.Settle);
    }

    /// <summary>
    /// Notes that all is durable that was found when the log was opened, as far as the note does not say so yet: a record that can't be read after the next
    /// crash is damage then, and none that was torn. Call once <see cref="AppenderNumber"/> is what comes behind it.
    /// </summary>
    public void NoteRecovered()
    {
        lock (_segmentsLock)
        {
            // Of an empty log without a note it was written when the log was opened.
            if (_end > Math.Max(0, Noted.Position))
            {
                NoteEnd();
            }
        }
    }

    /// <summary>Closes the log and notes where it ends, so that the next process knows what must be there.</summary>
    public void Dispose()
    {
        _active?.GiveBack();
        LeaveSegment();
        lock (_segmentsLock)
        {
            NoteEnd();
        }
    }

    /// <summary>All segments, and where the log ends.</summary>
    internal (ImmutableArray<LogSegment> Segments, LogPosition End) Extent
    {
        get
        {
            lock (_segmentsLock)
            {
                return (_segments, End);
            }
        }
    }

    /// <summary>Ends a hold, and forgets what was to be forgotten meanwhile.</summary>
    internal void Release()
    {
        lock (_segmentsLock)
        {
            _holds--;
        }

        Truncate(LogPosition.Start);
    }

    /// <summary>The segment that holds what comes behind a position, and where it ends for now.</summary>
    internal bool TryFindSegment(LogPosition position, out LogSegment segment, out long end)
    {
        lock (_segmentsLock)
        {
            end = End.Offset;
            for (int i = 0; i < _segments.Length && position.Offset < end; i++)
            {
                long segmentEnd = i + 1 < _segments.Length ? _segments[i + 1].Start : end;
                if (position.Offset < segmentEnd)
                {
                    (segment, end) = (_segments[i], segmentEnd);
                    return true;
                }
            }
        }

        segment = default;
        return false;
    }

    internal bool IsGone(LogSegment segment)
    {
        lock (_segmentsLock)
        {
            return !_segments.Contains(segment);
        }
    }

    internal void Count(LogDamage damage) => _instruments.LogDamages.Add(damage.End > damage.Start ? 1 : 0);

    private void Recover(LogPosition storedThrough)
    {
        _spares.Find();
        Noted = DurableEnd.Read(_files, _directory, _nodeId, Register) ?? new NotedEnd(NotedEnd.Nowhere, 0);
        AppenderNumber = Noted.Number;
        Lost = LostStretches.Open(_files, _directory, _nodeId, Register);
        _segments = LogRecovery.FindSegments(_files, _directory, _nodeId, _instruments);
        long end = _segments.IsEmpty ? 0 : LogRecovery.FindEnd(_files, _segments[^1], _nodeId, Noted.Position, _instruments);

        // Through the note everything was acknowledged: what a reader does not find before it is damage.
        _end = Math.Max(Math.Max(storedThrough.Offset, Noted.Position), Math.Max(end, Lost.End));
        if (_segments.IsEmpty && _end > 0)
        {
            LogRecovery.ReportMissing(_directory, storedThrough.Offset, Noted, _instruments);
        }

        if (Noted.Position == NotedEnd.Nowhere)
        {
            NoteEnd();
        }
    }

    // Only a hint for the next start, so a fault costs no more than that.
    private void NoteEnd()
    {
        try
        {
            DurableEnd.Write(_files, _directory, _nodeId, new NotedEnd(_end, AppenderNumber));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _instruments.LogFailures.Add(1);
        }
    }

    private bool MakeRoom(long bytes)
    {
        long needed = bytes + FileHeader.Size;
        if (_options.MaxBytes == 0 || Bytes + needed <= _options.MaxBytes)
        {
            return true;
        }

        // When the log may forget everything, a new segment replaces the newest one.
        if (needed <= _options.MaxBytes && !_segments.IsEmpty && Volatile.Read(ref _forgettable) >= _end && _segments[^1].Start < _end)
        {
            BeginSegment(bytes);
            Truncate(new(_end));
        }

        return Bytes + bytes <= _options.MaxBytes;
    }

    private SegmentWriter SegmentFor(long bytes)
    {
        if (_active is { } active)
        {
            long held = active.End - active.Segment.Start;
            if (held == 0 || FileHeader.Size + held + bytes <= _options.SegmentBytes)
            {
                return active;
            }
        }

        return BeginSegment(bytes);
    }

    private SegmentWriter BeginSegment(long bytes)
    {
        LeaveSegment();
        LogSegment segment = LogSegment.At(_directory, _end);
        long reserve = Math.Max(_options.SegmentBytes, bytes + FileHeader.Size);
        IFile file = _spares.TakeOrCreate(segment, reserve, bytes + FileHeader.Size);
        SegmentWriter writer = SegmentWriter.Begin(file, _files, _directory, _nodeId, segment);
        lock (_segmentsLock)
        {
            // A segment that failed at its first record, or was torn before it, has the same name and was emptied.
            _segments = !_segments.IsEmpty && _segments[^1].Start == _end ? _segments : _segments.Add(segment);
        }

        _active = writer;
        return writer;
    }

    private void LeaveSegment()
    {
        _active?.Dispose();
        _active = null;
    }

    // The group was refused, so nothing of it may be read later: it is cut off, or else fenced by the next segment's name.
    private LogOutcome TakeBack(Exception fault)
    {
        LastFault = fault;
        _instruments.LogFailures.Add(1);
        LogOutcome refused = fault is DiskFullException ? LogOutcome.Full : LogOutcome.Failed;
        if (_active is not { } failed)
        {
            // No segment could be begun, so nothing was written.
            return refused;
        }

        _active = null;
        bool cut = failed.TryCut();
        failed.Dispose();
        return cut || TryFence() ? refused : LogOutcome.InDoubt;
    }

    // The next append begins with another try.
    private bool TryFence() => TryOnDisk(() => BeginSegment(0));

    // What fails is tried again with the next checkpoint; until then it only takes room.
    private bool TryForget(LogSegment segment) => TryOnDisk(() => _spares.Put(segment, Register));

    private bool TryOnDisk(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _instruments.LogFailures.Add(1);
            return false;
        }
    }
}
