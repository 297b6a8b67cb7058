using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Ingest.Node;

/// <summary>Runs the embedded store's own work (sealing, compaction, retention) beside the host's.</summary>
internal sealed partial class StoreUpkeep(EmbeddedStore store, ILogger<StoreUpkeep> logger) : BackgroundService, IReadinessCheck
{
    private volatile bool _stopped;

    public string? WhyNotReady() =>
        store.SealFailing ? "the store can't write its blocks" : _stopped ? "the store's upkeep has stopped" : null;

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
