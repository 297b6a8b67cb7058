using TimeSeries.Core.Model.Ports;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Ingest.Shipping;

/// <summary>Runs the store's own work beside the host's: sealing, compaction and retention, or sending to a shared store.</summary>
internal sealed partial class StoreMaintenanceService(ISampleStore store, ILogger<StoreMaintenanceService> logger) : BackgroundService, IReadinessCheck
{
    private volatile bool _stopped;

    public string? WhyNotReady() => store.NotReadyReason ?? (_stopped ? "the store's upkeep has stopped" : null);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await store.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception failure)
        {
            _stopped = true;
            LogStopped(failure);
        }
    }

    [LoggerMessage(2007, LogLevel.Critical, "The store's upkeep has stopped; the host is not ready until it is started again.")]
    private partial void LogStopped(Exception failure);
}
