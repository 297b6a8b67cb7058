using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest.Quotas;

namespace TimeSeries.Ingest.Commit;

/// <summary>
/// The log of samples: records with their sequence numbers and the marks of units, and whether it can be written.
/// The committer alone adds and appends; the properties are thread safe to read.
/// </summary>
/// <param name="log">The log itself.</param>
/// <param name="units">Decides when a mark is due.</param>
/// <param name="appended">Set when a group is in the log.</param>
/// <param name="nextNumber">The sequence number behind everything that the store has.</param>
/// <param name="days">Counts what is in the log at the start; null where nobody asks.</param>
internal sealed class SequencedLog(WriteAheadLog log, RollupUnitClock units, LogSignal appended, long nextNumber, DayCounts? days = null) : IReadinessCheck
{
    /// <summary>Most batches between two calls of <see cref="Append"/>.</summary>
    public const int MaxBatches = 1_024;

    // While the log is faulty it is tried this often, so that a host without traffic becomes ready again.
    private static readonly TimeSpan _probePeriod = TimeSpan.FromSeconds(1);

    // One more than batches: a mark may come before them.
    private readonly LogEntry[] _entries = new LogEntry[MaxBatches + 1];
    private readonly LogPosition[] _ends = new LogPosition[MaxBatches + 1];
    private int _count;
    private bool _hasMark;
    private int _nextEnd;
    private long _nextNumber = nextNumber;
    private volatile string? _fault;

    /// <summary>The log itself, for those who read it.</summary>
    public WriteAheadLog Log => log;

    /// <summary>The number that the next sample gets. Numbers of refused batches are not used again.</summary>
    public long NextNumber => Volatile.Read(ref _nextNumber);

    /// <summary>Whether the last attempt to write failed.</summary>
    public bool IsFaulty => _fault is not null;

    /// <summary>How long the log may stay as it is without batches: until it is tried again, or its unit ends; null when it needs nothing.</summary>
    public TimeSpan? IdleTime => IsFaulty ? _probePeriod : units.TimeLeft;

    /// <summary>Whether there is something to append.</summary>
    public bool HasEntries => _count > 0;

    public string? WhyNotReady() => _fault;

    /// <summary>Notes whether the log can be written: null when it can.</summary>
    public void Report(string? fault) => _fault = fault;

    /// <summary>Makes the next number at least this: the samples before have theirs.</summary>
    public void SkipTo(long number)
    {
        Volatile.Write(ref _nextNumber, Math.Max(_nextNumber, number));
        log.AppenderNumber = _nextNumber;
    }

    /// <summary>Goes on behind a record that was in the log at the start.</summary>
    public void SkipPast(in RecordHeader header)
    {
        SkipTo(header.FirstNumber + header.RowCount);
        days?.Replay(header);
        if (header.Type == RecordType.Mark)
        {
            units.SkipTo(header.Pcode);
        }
    }

    /// <summary>Adds a batch's record to what is appended next, behind a mark when one is due.</summary>
    public void Add(PendingBatch batch, Timestamp now)
    {
        if (_count == 0 && units.IsDue)
        {
            AddMark(now);
        }

        int rows = batch.Batch.Samples.RowCount;
        batch.Batch.FirstNumber = Interlocked.Add(ref _nextNumber, rows) - rows;
        batch.SetHeader(new RecordHeader(RecordType.Batch, rows, batch.Batch.Pcode, batch.Batch.FirstNumber, now, batch.Id, batch.Counts));
        _entries[_count++] = new LogEntry(batch.Header, batch.Payload.Written, batch.PayloadChecksum);
    }

    /// <summary>While nobody pushes: ends the unit when it is due, or tries whether the log can be written.</summary>
    public void AddMarkOrProbe(Timestamp now)
    {
        if (units.IsDue)
        {
            AddMark(now);
        }
        else
        {
            Add(new RecordHeader(RecordType.Probe, 0, 0, NextNumber, now));
        }
    }

    /// <summary>Makes everything that was added durable with one write and one flush.</summary>
    public LogOutcome Append()
    {
        log.AppenderNumber = _nextNumber;
        LogOutcome outcome = log.Append(_entries.AsSpan(0, _count), _ends);
        if (outcome == LogOutcome.Appended && _hasMark)
        {
            units.Begin();
        }

        Array.Clear(_entries, 0, _count);
        (_nextEnd, _count, _hasMark) = (_hasMark ? 1 : 0, 0, false);
        return outcome;
    }

    /// <summary>Gives a batch of the group that was appended its position. Batches come in the order of the group.</summary>
    public void Place(PendingBatch batch)
    {
        batch.Position = batch.NeedsRecord ? _ends[_nextEnd++] : log.End;
        units.Add(batch.Batch.Samples.RowCount, batch.Payload.Length);
    }

    /// <summary>Wakes those who read along.</summary>
    public void Announce() => appended.Set();

    private void AddMark(Timestamp now)
    {
        _hasMark = true;
        Add(new RecordHeader(RecordType.Mark, 0, units.NextUnit, NextNumber, now));
    }

    private void Add(in RecordHeader header)
    {
        byte[] bytes = new byte[RecordHeader.MaxSize];
        _entries[_count++] = LogEntry.Of(bytes.AsMemory(0, header.Write(bytes)));
    }
}

/// <summary>Tells who reads along that the log has grown. Thread safe.</summary>
internal sealed class LogSignal
{
    private TaskCompletionSource _next = NewSignal();

    /// <summary>Completes when the log grows after this was read.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Set() => Interlocked.Exchange(ref _next, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
