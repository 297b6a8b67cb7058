using TimeSeries.Core.Model.Ports;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Ingest.Shipping;

/// <summary>Runs the store's own work beside the host's: sealing, compaction and retention, or sending to a shared store.</summary>
internal sealed partial class StoreMaintenanceService(ISampleStore store, ILogger<StoreMaintenanceService> logger)
    : BackgroundService, IReadinessCheck, IReadinessNote
{
    public string? WhyNotReady() => store.NotReadyReason;

    public string? Text => store.Notice;

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
            // A mistake of ours. The host stops; a supervisor starts it again.
            LogStopped(failure);
            throw;
        }
    }

    [LoggerMessage(2007, LogLevel.Critical, "The store's background work has failed; the host stops.")]
    private partial void LogStopped(Exception failure);
}
