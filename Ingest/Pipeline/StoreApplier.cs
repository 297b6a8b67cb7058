using System.Threading.Channels;
using TimeSeries.Core.Model;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Ingest.Pipeline;

/// <summary>
/// Writes durable batches into the store, in log order, while the next group is being flushed, and then answers; for a store that is fed from the log
/// (<see cref="LogDrain"/>) it only answers. What is written in less time than handing it over takes, the committer's own call writes, while nothing before it
/// is left. A store that fails is tried again until it works: nothing durable is ever left out. Meanwhile the host is not ready and refuses new pushes.
/// </summary>
internal sealed partial class StoreApplier(
    ISampleWriter store, BatchEnding ending, IngestInstruments instruments, TimeProvider clock, ILogger<StoreApplier> logger) : BackgroundService, IReadinessCheck
{
    // A batch takes milliseconds; waiting for a seal takes a second or two on a slow disk.
    private static readonly TimeSpan _stuckAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _retryPeriod = TimeSpan.FromSeconds(1);

    // About 0.1 ms of writing, as long as a thread takes to wake up: more is written while the next group is being flushed.
    private const int MaxRowsAtOnce = 1_000;

    private readonly Channel<HandedBatch> _channel = Channel.CreateUnbounded<HandedBatch>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    // Batches that were handed to the loop and have not ended; one more before the loop runs. Only the committer raises it: at 0 the store is the committer's.
    private int _left = 1;
    private CancellationToken _stopping;

    // Clock timestamp at which the write that is under way began; 0 when none is.
    private long _writingSince;
    private volatile bool _failing;

    /// <summary>Takes a group of durable batches. The committer alone calls this.</summary>
    public void Take(List<PendingBatch> group)
    {
        int rows = 0;
        foreach (PendingBatch batch in group)
        {
            rows += batch.Batch.Samples.RowCount;
        }

        foreach (PendingBatch batch in group)
        {
            if (rows > MaxRowsAtOnce || Volatile.Read(ref _left) > 0)
            {
                HandOver(new HandedBatch(batch, null));
            }
            else if (IsForStore(batch))
            {
                WriteAtOnce(batch);
            }
            else
            {
                ending.End(batch, CommitOutcome.Stored);
            }
        }
    }

    /// <summary>No more batches come.</summary>
    public void Complete() => _channel.Writer.TryComplete();

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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            _stopping = stoppingToken;
            Interlocked.Decrement(ref _left);
            await foreach (HandedBatch handed in _channel.Reader.ReadAllAsync(CancellationToken.None))
            {
                bool isStored = !IsForStore(handed.Batch) || await WriteAsync(handed, stoppingToken);
                ending.End(handed.Batch, isStored ? CommitOutcome.Stored : CommitOutcome.Stopping);
                Interlocked.Decrement(ref _left);
            }
        }
        catch (Exception failure)
        {
            // A mistake of ours: the host stops, and the next start applies what is in the log.
            LogStopped(failure);
            throw;
        }
    }

    private bool IsForStore(PendingBatch batch) => store.Feed == StoreFeed.Memory && batch.Batch.Samples.RowCount > 0;

    private void HandOver(in HandedBatch handed)
    {
        Interlocked.Increment(ref _left);
        _channel.Writer.TryWrite(handed);
    }

    // A store that makes it wait, or fails, is waited for and tried again by the loop.
    private void WriteAtOnce(PendingBatch batch)
    {
        ValueTask write = Begin(batch);
        if (write.IsCompletedSuccessfully)
        {
            ending.End(batch, CommitOutcome.Stored);
        }
        else
        {
            HandOver(new HandedBatch(batch, write));
        }
    }

    private ValueTask Begin(PendingBatch batch)
    {
        try
        {
            return store.WriteAsync(batch.Batch, batch.Position, _stopping);
        }
        catch (Exception failure)
        {
            // The loop meets it where it awaits the write, and logs it.
            return ValueTask.FromException(failure);
        }
    }

    private async ValueTask<bool> WriteAsync(HandedBatch handed, CancellationToken stoppingToken)
    {
        ValueTask? begun = handed.Begun;
        Volatile.Write(ref _writingSince, Math.Max(1, clock.GetTimestamp()));
        try
        {
            while (begun is not null || !stoppingToken.IsCancellationRequested)
            {
                try
                {
                    ValueTask write = begun ?? store.WriteAsync(handed.Batch.Batch, handed.Batch.Position, stoppingToken);
                    begun = null;
                    await write;
                    _failing = false;
                    return true;
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    instruments.StoreFailures.Add(1);
                    if (!_failing)
                    {
                        LogFailure(failure);
                    }

                    _failing = true;
                }

                await Task.Delay(_retryPeriod, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops; the batch is in the log and is applied at the next start.
        }
        finally
        {
            Volatile.Write(ref _writingSince, 0);
        }

        return false;
    }

    [LoggerMessage(2005, LogLevel.Critical, "Writing to the store has stopped; the host stops.")]
    private partial void LogStopped(Exception failure);

    [LoggerMessage(2004, LogLevel.Error, "The store does not take samples. It is tried again; what is in the log stays there.")]
    private partial void LogFailure(Exception failure);

    /// <summary>A batch for the loop, with its write when that was begun.</summary>
    private readonly record struct HandedBatch(PendingBatch Batch, ValueTask? Begun);
}
