using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Threads;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Commit;

/// <summary>
/// The one loop that writes the log: takes all batches that wait, removes repeats, gives sequence numbers, makes the group durable with one
/// write and one flush, and hands it on in order. Batches that come meanwhile are the next group: the more wait, the fewer flushes each needs.
/// </summary>
internal sealed partial class LogCommitter(
    IngestQueue queue, SequencedLog log, BatchLifecycle lifecycle, StoreApplier applier, TimeProvider clock, ILogger<LogCommitter> logger)
        : BackgroundService, IReadinessCheck
{
    // A group as large as a large request: larger ones only make those that wait for the flush wait longer.
    private const long MaxGroupBytes = 16L << 20;

    private static readonly TimeSpan _lastFlush = TimeSpan.FromSeconds(2);

    // A flush takes milliseconds; a disk that is busy with something else takes a second or two.
    private static readonly TimeSpan _stuckAfter = TimeSpan.FromSeconds(5);

    private readonly List<PendingBatch> _group = [];

    // Writing the log blocks, which no thread that serves requests may.
    private readonly DedicatedThread _thread = new("log");
    private volatile bool _alarmRang;

    // Clock timestamp at which the write that is under way began; 0 when none is.
    private long _writingSince;

    /// <inheritdoc/>
    /// <remarks>A disk that hangs. Of one that fails <see cref="SequencedLog"/> tells.</remarks>
    public string? WhyNotReady() =>
        Volatile.Read(ref _writingSince) is var since && since != 0 && clock.GetElapsedTime(since) > _stuckAfter ? "the WAL's disk does not respond" : null;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Complete();
        if (ExecuteTask is { } loop)
        {
            // For some time even when the stop's is over already, since what the log was told
            // to write must not be cut off; a disk that hangs is not waited for any longer.
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
                while (CommitNext())
                {
                }
            }
        }
        catch (Exception failure)
        {
            LogStopped(failure);
            log.Report("the WAL's writer has stopped");
            queue.Complete();
            EndGroup(CommitOutcome.LogUnavailable);
            while (queue.TryRead(out PendingBatch? waiting))
            {
                lifecycle.Refuse(waiting);
            }

            // The host stops.
            throw;
        }
        finally
        {
            applier.Complete();
        }
    }

    private bool WaitForBatches(ITimer alarm)
    {
        if (!queue.IsEmpty || log.IdleTime is not { } wait)
        {
            return queue.WaitToRead();
        }

        _alarmRang = false;
        alarm.Change(wait, Timeout.InfiniteTimeSpan);
        bool goesOn = queue.WaitToRead();
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

    /// <summary>One step: commits the batches that wait as one group. False when none waits. For the committer's thread only.</summary>
    internal bool CommitNext()
    {
        if (queue.IsEmpty)
        {
            return false;
        }

        Gather();
        Timestamp now = Timestamp.Now(clock);
        foreach (PendingBatch batch in _group)
        {
            if (batch.NeedsRecord)
            {
                log.Add(batch, now);
            }
        }

        LogOutcome outcome = log.HasEntries ? Append() : LogOutcome.Appended;
        if (outcome == LogOutcome.Appended)
        {
            HandOn(now);
        }
        else
        {
            EndGroup(outcome != LogOutcome.Full ? CommitOutcome.LogUnavailable : IsDiskFull ? CommitOutcome.DiskFull : CommitOutcome.LogFull);
        }

        return true;
    }

    /// <summary>One step while nobody pushes: the WAL is tried, or the open unit gets its mark.</summary>
    internal void ProbeOrMark()
    {
        log.AddMarkOrProbe(Timestamp.Now(clock));
        if (Append() == LogOutcome.Appended)
        {
            log.Announce();
        }
    }

    private void Gather()
    {
        long bytes = 0;
        while (_group.Count < SequencedLog.MaxBatches && bytes < MaxGroupBytes && queue.TryRead(out PendingBatch? batch))
        {
            if (lifecycle.TryBegin(batch))
            {
                _group.Add(batch);
                lifecycle.RemoveRepeatedAlerts(batch);
                if (batch.Claim is not null && !lifecycle.TryClaim(batch))
                {
                    _group.RemoveAt(_group.Count - 1);
                    continue;
                }

                bytes += batch.Payload.Length;
            }
        }
    }

    private void HandOn(Timestamp now)
    {
        foreach (PendingBatch batch in _group)
        {
            log.Place(batch);
            lifecycle.Remember(batch, now);
        }

        applier.Take(_group, isAlone: queue.IsEmpty);
        _group.Clear();
        log.Announce();
    }

    private void EndGroup(CommitOutcome outcome)
    {
        foreach (PendingBatch batch in _group)
        {
            lifecycle.End(batch, outcome);
        }

        _group.Clear();
    }

    private bool IsDiskFull => log.Log.LastFault is DiskFullException;

    private LogOutcome Append()
    {
        Volatile.Write(ref _writingSince, Math.Max(1, clock.GetTimestamp()));
        LogOutcome outcome = log.Append();
        Volatile.Write(ref _writingSince, 0);
        Report(outcome);
        return outcome;
    }

    private void Report(LogOutcome outcome)
    {
        string? fault = outcome switch
        {
            LogOutcome.Appended => null,
            LogOutcome.Full => IsDiskFull ? IngestProblem.DiskFull : IngestProblem.LogFull,
            LogOutcome.Failed or LogOutcome.InDoubt => IngestProblem.LogUnavailable,
            _ => throw new InvalidOperationException($"{outcome} is no outcome."),
        };
        if (fault is not null && !log.IsFaulty)
        {
            LogFault(log.Log.LastFault, fault);
        }
        else if (fault is null && log.IsFaulty)
        {
            LogRecovered();
        }

        log.Report(fault);
    }

    [LoggerMessage(2001, LogLevel.Error, "Pushes are refused since {Reason}. It is tried again.")]
    private partial void LogFault(Exception? cause, string reason);

    [LoggerMessage(2002, LogLevel.Information, "The WAL can be written again.")]
    private partial void LogRecovered();

    [LoggerMessage(2003, LogLevel.Critical, "The WAL's writer has stopped; pushes are refused until the host is started again.")]
    private partial void LogStopped(Exception failure);
}
