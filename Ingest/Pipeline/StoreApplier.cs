using System.Threading.Channels;
using TimeSeries.Core.Model;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Ingest.Pipeline;

/// <summary>
/// Writes durable batches into the store, in log order, while the next group is being flushed, and then answers; for a store that is fed from the log
/// (<see cref="LogDrain"/>) it only answers. A store that fails is tried
/// again until it works: nothing durable is ever left out. Meanwhile the host is not ready and refuses new pushes.
/// </summary>
internal sealed partial class StoreApplier(
    ISampleWriter store, BatchEnding ending, IngestInstruments instruments, TimeProvider clock, ILogger<StoreApplier> logger) : BackgroundService, IReadinessCheck
{
    // A batch takes milliseconds; waiting for a seal takes a second or two on a slow disk.
    private static readonly TimeSpan _stuckAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _retryPeriod = TimeSpan.FromSeconds(1);

    private readonly Channel<PendingBatch> _channel = Channel.CreateUnbounded<PendingBatch>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    // Clock timestamp at which the write that is under way began; 0 when none is.
    private long _writingSince;
    private volatile bool _failing;

    /// <summary>Hands on a durable batch. The committer alone calls this.</summary>
    public void Add(PendingBatch batch) => _channel.Writer.TryWrite(batch);

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
            await foreach (PendingBatch batch in _channel.Reader.ReadAllAsync(CancellationToken.None))
            {
                bool isStored = store.Feed == StoreFeed.Log || batch.Batch.Samples.RowCount == 0 || await WriteAsync(batch, stoppingToken);
                ending.End(batch, isStored ? CommitOutcome.Stored : CommitOutcome.Stopping);
            }
        }
        catch (Exception failure)
        {
            // A mistake of ours: the host stops, and the next start applies what is in the log.
            LogStopped(failure);
            throw;
        }
    }

    private async ValueTask<bool> WriteAsync(PendingBatch batch, CancellationToken stoppingToken)
    {
        Volatile.Write(ref _writingSince, Math.Max(1, clock.GetTimestamp()));
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await store.WriteAsync(batch.Batch, batch.Position, stoppingToken);
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
}
