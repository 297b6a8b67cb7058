using TimeSeries.Core.Codecs;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Threads;
using TimeSeries.Ingest.Idempotency;

namespace TimeSeries.Ingest.Commit;

/// <summary>
/// The one loop that writes the log: takes all batches that wait, removes repeats, gives sequence numbers, makes the group durable with one
/// write and one flush, and hands it on in order. Batches that come meanwhile are the next group: the more wait, the fewer flushes each needs.
/// </summary>
internal sealed partial class LogCommitter(
    IngestQueue queue, WriteAheadLog log, StoreApplier applier, IdempotencyCache ids, AlertDeduplicator alerts, BatchCompletion ending, SampleLedger ledger,
    SequenceNumbers numbers, RollupUnitClock marks, LogSignal appended, LogHealth health, IngestInstruments instruments, TimeProvider clock, ILogger<LogCommitter> logger) : BackgroundService
{
    // A group as large as a large request: larger ones only make those that wait for the flush wait longer.
    private const long MaxGroupBytes = 16L << 20;
    private const int MaxGroupBatches = 1_024;

    // While the log is faulty it is tried this often, so that a host without traffic becomes ready again.
    private static readonly TimeSpan _probePeriod = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _lastFlush = TimeSpan.FromSeconds(2);

    private readonly List<PendingBatch> _group = [];

    // One more than batches: a mark may come before them.
    private readonly LogEntry[] _entries = new LogEntry[MaxGroupBatches + 1];
    private readonly LogPosition[] _ends = new LogPosition[MaxGroupBatches + 1];

    // Writing the log blocks, which no thread that serves requests may.
    private readonly BackgroundThread _thread = new("log");
    private volatile bool _alarmRang;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Complete();
        if (ExecuteTask is { } loop)
        {
            // For some time even when the stop's is over already, since what the log was told to write must not be cut off; a disk that hangs is not waited for any longer.
            await Task.WhenAny(loop, Task.WhenAll(Task.Delay(_lastFlush, CancellationToken.None), Task.Delay(Timeout.Infinite, cancellationToken)));
        }

        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _thread.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _thread.RunAsync(CommitAll);

    private void CommitAll()
    {
        try
        {
            using ITimer alarm = clock.CreateTimer(_ => Alarm(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            while (WaitForBatches(alarm))
            {
                while (!queue.IsEmpty)
                {
                    Commit();
                }
            }
        }
        catch (Exception failure)
        {
            LogStopped(failure);
            health.Report("the log's writer has stopped");
            queue.Complete();
            EndGroup(CommitOutcome.LogUnavailable);
            while (queue.TryTake(out PendingBatch? waiting))
            {
                ending.Refuse(waiting);
            }
        }

        applier.Complete();
    }

    private bool WaitForBatches(ITimer alarm)
    {
        if (!queue.IsEmpty || (health.IsFaulty ? _probePeriod : marks.TimeLeft) is not { } wait)
        {
            return queue.Wait();
        }

        _alarmRang = false;
        alarm.Change(wait, Timeout.InfiniteTimeSpan);
        bool goesOn = queue.Wait();
        alarm.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (_alarmRang && queue.IsEmpty)
        {
            ProbeOrMark();
        }

        return goesOn;
    }

    private void Alarm()
    {
        _alarmRang = true;
        queue.Ring();
    }

    private void Commit()
    {
        Gather();
        Timestamp now = Timestamp.Now(clock);
        int firstBatch = marks.IsDue && _group.Exists(NeedsRecord) ? 1 : 0;
        if (firstBatch > 0)
        {
            _entries[0] = MakeMark(now);
        }

        int records = firstBatch;
        foreach (PendingBatch batch in _group)
        {
            if (NeedsRecord(batch))
            {
                _entries[records++] = MakeEntry(batch, now);
            }
        }

        LogOutcome outcome = records > 0 ? log.Append(_entries.AsSpan(0, records), _ends) : LogOutcome.Appended;
        Array.Clear(_entries, 0, records);
        if (records > 0)
        {
            Report(outcome);
        }

        if (outcome == LogOutcome.Appended)
        {
            instruments.GroupBatches.Record(_group.Count);
            HandOn(now, firstBatch);
        }
        else
        {
            EndGroup(CommitOutcome.LogUnavailable);
        }
    }

    private void Gather()
    {
        long bytes = 0;
        while (_group.Count < MaxGroupBatches && bytes < MaxGroupBytes && queue.TryTake(out PendingBatch? batch))
        {
            CommitResult known = default;
            IdempotencyState standing = batch.Id is null ? IdempotencyState.New : ids.Begin(batch, out known);
            if (standing == IdempotencyState.New)
            {
                _group.Add(batch);
                RemoveRepeatedAlerts(batch);
                bytes += batch.Payload.Length;
            }
            else if (standing == IdempotencyState.Known)
            {
                ending.EndRepeat(batch, CommitOutcome.Stored, known);
            }
        }
    }

    private void RemoveRepeatedAlerts(PendingBatch batch)
    {
        int repeats = alerts.RemoveRepeats(batch);
        if (repeats == 0)
        {
            return;
        }

        ledger.SettleAlerts(batch.Batch.Pcode, repeats);
        batch.Counts = batch.Counts with { Accepted = batch.Counts.Accepted - repeats, Duplicates = repeats };
        batch.Payload.Clear();
        if (batch.Batch.Samples.RowCount > 0)
        {
            BatchCodec.Write(batch.Batch, batch.Payload);
        }

        batch.PayloadChecksum = Crc32C.Of(batch.Payload.Written.Span);
    }

    // A batch of which only repeats came has nothing to keep but its key.
    private static bool NeedsRecord(PendingBatch batch) => batch.Id is not null || batch.Payload.Length > 0;

    private LogEntry MakeEntry(PendingBatch batch, Timestamp now)
    {
        int rows = batch.Batch.Samples.RowCount;
        batch.Batch.FirstNumber = numbers.Take(rows);
        batch.SetHeader(new RecordHeader(RecordType.Batch, rows, batch.Batch.Pcode, batch.Batch.FirstNumber, now, batch.Id, batch.Counts));
        return new LogEntry(batch.Header, batch.Payload.Written, batch.PayloadChecksum);
    }

    private void HandOn(Timestamp now, int firstBatch)
    {
        if (firstBatch > 0)
        {
            marks.Begin();
        }

        int record = firstBatch;
        foreach (PendingBatch batch in _group)
        {
            batch.Position = NeedsRecord(batch) ? _ends[record++] : log.End;
            if (batch.Id is { } key)
            {
                ids.Remember(new IdempotencyRecord(key, now, batch.Position, batch.Counts));
            }

            marks.Add(batch.Batch.Samples.RowCount, batch.Payload.Length);
        }

        applier.Take(_group, isAlone: queue.IsEmpty);
        _group.Clear();
        appended.Set();
    }

    private void EndGroup(CommitOutcome outcome)
    {
        foreach (PendingBatch batch in _group)
        {
            ending.End(batch, outcome);
        }

        _group.Clear();
    }

    // Nobody pushes: the log is tried, or the open unit gets its mark.
    private void ProbeOrMark()
    {
        Timestamp now = Timestamp.Now(clock);
        bool isMark = marks.IsDue;
        _entries[0] = isMark ? MakeMark(now) : MakeEntry(new RecordHeader(RecordType.Probe, 0, 0, numbers.Next, now));
        LogOutcome outcome = log.Append(_entries.AsSpan(0, 1), _ends);
        Report(outcome);
        if (isMark && outcome == LogOutcome.Appended)
        {
            marks.Begin();
            appended.Set();
        }
    }

    private LogEntry MakeMark(Timestamp now) => MakeEntry(new RecordHeader(RecordType.Mark, 0, marks.NextUnit, numbers.Next, now));

    private static LogEntry MakeEntry(in RecordHeader header)
    {
        byte[] bytes = new byte[RecordHeader.MaxSize];
        return LogEntry.Of(bytes.AsMemory(0, header.Write(bytes)));
    }

    private void Report(LogOutcome outcome)
    {
        string? fault = outcome switch
        {
            LogOutcome.Appended => null,
            LogOutcome.Full => "the log is full",
            LogOutcome.Failed or LogOutcome.InDoubt => "the log can't be written",
            _ => throw new InvalidOperationException($"{outcome} is no outcome."),
        };
        if (fault is not null && !health.IsFaulty)
        {
            LogFault(log.LastFault, fault);
        }
        else if (fault is null && health.IsFaulty)
        {
            LogRecovered();
        }

        health.Report(fault);
    }

    [LoggerMessage(2001, LogLevel.Error, "Pushes are refused since {Reason}. It is tried again.")]
    private partial void LogFault(Exception? cause, string reason);

    [LoggerMessage(2002, LogLevel.Information, "The log can be written again.")]
    private partial void LogRecovered();

    [LoggerMessage(2003, LogLevel.Critical, "The log's writer has stopped; pushes are refused until the host is started again.")]
    private partial void LogStopped(Exception failure);
}
