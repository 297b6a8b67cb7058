using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Recovery;

namespace TimeSeries.Ingest.Shipping;

/// <summary>
/// Feeds a store from the log on disk, record by record and in order, from what it
/// has onwards and then along with the committer. What waits for the store waits
/// in the log, not in memory. For a store that is fed from memory it does nothing.
/// </summary>
internal sealed partial class LogShipper(
    StoreRoute route, WriteAheadLog log, LogSignal appended, ShippingLag progress, ShippingGate gate, SampleBatchPool batches,
    IHostApplicationLifetime lifetime, ILogger<LogShipper> logger)
    : BackgroundService
{
    private LogReplayer? _replayer;

    public override void Dispose()
    {
        _replayer?.Dispose();
        base.Dispose();
    }

    /// <summary>One step: gives the store the next record of the WAL. False when there is none yet. For one caller at a time.</summary>
    internal async ValueTask<bool> ShipNextAsync(ILogFedStore store, CancellationToken stoppingToken)
    {
        _replayer ??= BeginReplay(store);
        if (!_replayer.TryRead(out RecordHeader header, out LogPosition end))
        {
            return false;
        }

        gate.Pass(header);
        progress.Take(header, end);
        if (header.Type == RecordType.Mark)
        {
            await store.MarkAsync(end, header.Pcode, header.FirstNumber, stoppingToken);
        }
        else if (header.RowCount > 0)
        {
            await _replayer.WriteAsync(header, end, stoppingToken);
        }

        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (route.LogFed is not { } store)
        {
            return;
        }

        try
        {
            await gate.Opened.WaitAsync(stoppingToken);
            while (true)
            {
                // Taken before the look, so that what is appended in between is not slept through.
                Task more = appended.Next;
                while (await ShipNextAsync(store, stoppingToken))
                {
                }

                await more.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the next start reads on from what the store has.
        }
        catch (Exception failure)
        {
            // A mistake of ours, or the WAL can't be read: going on would leave samples out.
            LogStopped(failure);
            lifetime.StopApplication();
            throw;
        }
    }

    private LogReplayer BeginReplay(ILogFedStore store)
    {
        // The WAL may begin behind that, when a part of it was lost. A store whose checkpoint was lost knows nothing.
        LogPosition from = store.StoredThrough > LogPosition.Start ? store.StoredThrough : log.Start;
        progress.Begin(from);
        return new LogReplayer(log, from, store, batches);
    }

    [LoggerMessage(2020, LogLevel.Critical, "Feeding the store from the WAL has stopped; the host stops.")]
    private partial void LogStopped(Exception failure);
}
