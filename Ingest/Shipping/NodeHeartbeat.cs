using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Shipping;

/// <summary>
/// Tells the readers of InfluxDB every second how far this node is with what it has accepted: from before its first push until it is stopped, and then, once InfluxDB has everything,
/// that it is closed. It stops when no more pushes are committed and before the samples cease to be sent. For a store that is fed from memory it does nothing.
/// </summary>
internal sealed class NodeHeartbeat(StoreRoute route, DataDirectory directory, SequencedLog log, ShippingLag progress, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    // Lines that were not sent are as old as a flush lets them get; where InfluxDB is away the stop does not wait for it.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(50);

    private readonly ILogFedStore? _store = route.LogFed;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the first push is answered; an InfluxDB that is away is told later and can't be read either.
        await HeartbeatAsync(isOpen: true, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        long began = clock.GetTimestamp();
        while (_store is { Fault: null } && progress.Through().Waits && clock.GetElapsedTime(began) < _patience && !cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(_step, clock, cancellationToken));
        }

        await HeartbeatAsync(isOpen: false, CancellationToken.None);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(_period, clock);
        try
        {
            while (_store is not null && await timer.WaitForNextTickAsync(stoppingToken))
            {
                await HeartbeatAsync(isOpen: true, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task HeartbeatAsync(bool isOpen, CancellationToken cancellationToken)
    {
        if (_store is null)
        {
            return;
        }

        (Timestamp through, bool waits) = progress.Through();
        using CancellationTokenSource patience = new(_patience, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await _store.HeartbeatAsync(directory.NodeIdOf(log.NextNumber), through.Milliseconds, isOpen || waits, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Told again in a second; meanwhile readers know less, and nothing that is wrong.
        }
    }
}
