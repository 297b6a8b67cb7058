using TimeSeries.Core.Model.Ports;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Receive;
using TimeSeries.Ingest.Recovery;
using TimeSeries.Ingest.Shipping;

namespace TimeSeries.Ingest.Health;

/// <summary>How queue, WAL, store and disk are. Thread safe.</summary>
internal sealed class NodeFigures(
    QueueFigures queue, LogFigures log, StoreRoute route, StoreApplier applier, ShippingLag lag, DiskWatch disk, StorageOptions storage)
{
    public NodeHealth Find()
    {
        (long bytes, TimeSpan age) = route.LogFed is null ? default : lag.Waiting();
        return new NodeHealth
        {
            QueueBytes = queue.Bytes,
            MaxQueueBytes = queue.MaxBytes,
            BatchesUnderWay = queue.Batches,
            LogBytes = lag.LogBytes,
            MaxLogBytes = log.MaxBytes,
            OldestRecord = log.FindOldest(),
            LogFault = log.Fault,
            IsLogFed = route.LogFed is not null,
            StoreFault = route.LogFed?.Fault ?? route.Store.NotReadyReason ?? applier.WhyNotReady()
                ?? (lag.TakesSamples ? null : "the store does not take samples yet"),
            StoreNotice = route.Store.Notice,
            WaitingBytes = bytes,
            WaitingAge = age,
            FreeDiskBytes = disk.FreeBytes,
            LowDiskBytes = storage.LowDiskBytes,
        };
    }
}

/// <summary>How much is on its way to the WAL.</summary>
internal sealed class QueueFigures(MemoryBudget budget, BatchLifecycle lifecycle, IngestOptions options)
{
    public long Bytes => budget.UsedBytes;

    public long MaxBytes => options.QueueBytes;

    public int Batches => lifecycle.UnderWay;
}
