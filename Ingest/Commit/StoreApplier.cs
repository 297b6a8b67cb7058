using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Threads;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest.Shipping;

namespace TimeSeries.Ingest.Commit;

/// <summary>
/// Writes durable batches into the store, in log order and on a thread of its own, while
/// the next group is being flushed, and then answers; for a store that is fed from the log
/// (<see cref="LogShipper"/>) it only answers. While nothing else waits for the log and little is to be written, the committer's own call does so. A store that
/// fails is tried again until it works: nothing durable is ever left out. Meanwhile the host is not ready and refuses new pushes.
/// </summary>
internal sealed partial class StoreApplier(
    StoreRoute route, BatchLifecycle lifecycle, IngestInstruments instruments, TimeProvider clock, ILogger<StoreApplier> logger)
        : BackgroundService, IReadinessCheck
{
    // A batch takes milliseconds; waiting for a seal takes a second or two on a slow disk.
    private static readonly TimeSpan _stuckAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _retryPeriod = TimeSpan.FromSeconds(1);

    // About 0.1 ms of writing: more keeps the committer from the batches that come meanwhile.
    private const int MaxRowsAtOnce = 1_000;

    private readonly BlockingChannel<HandedBatch> _handed = new();
    private readonly DedicatedThread _thread = new("store");

    // Batches that were handed to the thread and have not ended; one more before it runs. Only the committer raises it: at 0 the store is the committer's.
    private int _left = 1;
    private CancellationToken _stopping;

    // The batch that the thread is at.
    private HandedBatch _current;

    // Clock timestamp at which the write that is under way began; 0 when none is.
    private long _writingSince;
    private volatile bool _failing;

    /// <summary>Takes a group of durable batches. The committer alone calls this.</summary>
    /// <param name="group">The batches, in log order.</param>
    /// <param name="isAlone">Whether no other batch waits for the log, so that the committer has time.</param>
    public void Take(List<PendingBatch> group, bool isAlone)
    {
        instruments.GroupBatches.Record(group.Count);
        int rows = 0;
        foreach (PendingBatch batch in group)
        {
            rows += batch.Batch.Samples.RowCount;
        }

        foreach (PendingBatch batch in group)
        {
            if (!isAlone || rows > MaxRowsAtOnce || Volatile.Read(ref _left) > 0)
            {
                HandOver(new HandedBatch(batch, null));
            }
            else if (IsForStore(batch))
            {
                WriteAtOnce(batch);
            }
            else
            {
                lifecycle.End(batch, CommitOutcome.Stored);
            }
        }
    }

    /// <summary>No more batches come.</summary>
    public void Complete() => _handed.Complete();

    public string? WhyNotReady()
    {
        long since = Volatile.Read(ref _writingSince);
        return _failing || (since != 0 && clock.GetElapsedTime(since) > _stuckAfter) ? "the store does not take samples" : null;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The committer stopped before and completed the channel; what is in it is applied and answered first.
        if (ExecuteTask is { } loop)
        {
            await Task.WhenAny(loop, Task.Delay(Timeout.Infinite, cancellationToken));
        }

        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _thread.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        try
        {
            await _thread.RunAsync(() => ApplyAll(stoppingToken));
        }
        catch (Exception failure)
        {
            // A mistake of ours: the host stops, and the next start applies what is in the log.
            LogStopped(failure);
            throw;
        }
    }

    /// <summary>One step: goes on with the batch that was handed over first. For the store's thread only.</summary>
    internal ApplyStep ApplyNext(CancellationToken stoppingToken)
    {
        if (_current.Batch is null)
        {
            if (!_handed.TryRead(out _current))
            {
                return ApplyStep.Idle;
            }

            Volatile.Write(ref _writingSince, Math.Max(1, clock.GetTimestamp()));
        }

        if (_current.Write is null && IsForStore(_current.Batch))
        {
            // At the stop the batch is in the log and is applied at the next start.
            _current = _current with { Write = stoppingToken.IsCancellationRequested ? Task.FromCanceled(stoppingToken) : Begin(_current.Batch).AsTask() };
        }

        Task? write = _current.Write;
        if (write is { IsCompleted: false })
        {
            return ApplyStep.Waiting;
        }

        if (write?.Exception?.InnerException is { } failure and not OperationCanceledException)
        {
            _current = _current with { Write = null };
            Report(failure);
            return ApplyStep.Failed;
        }

        PendingBatch batch = _current.Batch;
        _current = default;
        if (write is { IsCompletedSuccessfully: true })
        {
            _failing = false;
        }

        Volatile.Write(ref _writingSince, 0);
        lifecycle.End(batch, write is null or { IsCompletedSuccessfully: true } ? CommitOutcome.Stored : CommitOutcome.Stopping);
        Interlocked.Decrement(ref _left);
        return ApplyStep.Applied;
    }

    /// <summary>Before the first step: while nothing was handed over the store is the committer's.</summary>
    internal void BeginSteps() => Interlocked.Decrement(ref _left);

    /// <summary>The write that the thread waits for; null when there is none.</summary>
    internal Task? CurrentWrite => _current.Write;

    private void ApplyAll(CancellationToken stoppingToken)
    {
        BeginSteps();
        while (_handed.WaitToRead())
        {
            ApplyStep step;
            while ((step = ApplyNext(stoppingToken)) != ApplyStep.Idle)
            {
                if (step == ApplyStep.Waiting)
                {
                    Task.WaitAny([_current.Write!], CancellationToken.None);
                }
                else if (step == ApplyStep.Failed)
                {
                    Task.WaitAny([Task.Delay(_retryPeriod, clock, stoppingToken)], CancellationToken.None);
                }
            }
        }
    }

    private bool IsForStore(PendingBatch batch) => route.LogFed is null && batch.Batch.Samples.RowCount > 0;

    private void HandOver(in HandedBatch handed)
    {
        Interlocked.Increment(ref _left);
        _handed.TryWrite(handed);
    }

    // A store that makes it wait, or fails, is waited for and tried again by the thread.
    private void WriteAtOnce(PendingBatch batch)
    {
        ValueTask write = Begin(batch);
        if (write.IsCompletedSuccessfully)
        {
            lifecycle.End(batch, CommitOutcome.Stored);
        }
        else
        {
            HandOver(new HandedBatch(batch, write.AsTask()));
        }
    }

    private ValueTask Begin(PendingBatch batch)
    {
        try
        {
            return route.Store.WriteAsync(batch.Batch, batch.Position, _stopping);
        }
        catch (Exception failure)
        {
            // The thread meets it where it waits for the write, and logs it.
            return ValueTask.FromException(failure);
        }
    }

    private void Report(Exception failure)
    {
        instruments.StoreFailures.Add(1);
        if (!_failing)
        {
            LogFailure(failure);
        }

        _failing = true;
    }

    [LoggerMessage(2005, LogLevel.Critical, "Writing to the store has stopped; the host stops.")]
    private partial void LogStopped(Exception failure);

    [LoggerMessage(2004, LogLevel.Error, "The store does not take samples. It is tried again; what is in the WAL stays there.")]
    private partial void LogFailure(Exception failure);

    /// <summary>A batch for the thread, with its write when that was begun.</summary>
    private readonly record struct HandedBatch(PendingBatch Batch, Task? Write);
}

/// <summary>What a step of <see cref="StoreApplier"/> came to.</summary>
internal enum ApplyStep : byte
{
    /// <summary>No batch waits.</summary>
    Idle,

    /// <summary>A batch has ended.</summary>
    Applied,

    /// <summary>The store lets the batch wait.</summary>
    Waiting,

    /// <summary>The store failed; the next step tries it again, at once.</summary>
    Failed,
}

/// <summary>How durable batches reach the store: from memory, each as it was committed, or from the log.</summary>
/// <param name="Store">The store.</param>
/// <param name="LogFed">The same store when the log feeds it; else null.</param>
internal sealed record StoreRoute(ISampleStore Store, ILogFedStore? LogFed);
