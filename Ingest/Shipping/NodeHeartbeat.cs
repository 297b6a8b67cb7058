using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Shipping;

/// <summary>
/// Writes every second into a shared store through when it has this node's samples, from before the first push. When the store has everything
/// at the stop, it writes that the node is closed. It stops after the last commit and before sending ends. A store that is fed from memory needs none.
/// </summary>
internal sealed class NodeHeartbeat(
    StoreRoute route, DataDirectory directory, SequencedLog log, NodeOwnership ownership, ShippingLag progress, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    // Longer than samples wait to be sent. While the store is away, the stop does not wait for it.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(50);

    private readonly ILogFedStore? _store = route.LogFed;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the response to the first push. A store that is away gets it later, and can't be read until then. Where the last process did not
        // stop in good order, its last heartbeat says that the node is open.
        ownership.Begin();
        await HeartbeatAsync(isOpen: true, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        long began = clock.GetTimestamp();
        while (_store is { Fault: null } && ownership.IsOwned && progress.Through().Waits && clock.GetElapsedTime(began) < _timeout
            && !cancellationToken.IsCancellationRequested)
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
        using CancellationTokenSource patience = new(_timeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            if (await ownership.LookAsync(through.Milliseconds, isOpen || waits, either.Token) is { } status)
            {
                await _store.HeartbeatAsync(directory.NodeIdOf(log.NextNumber), status, either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Told again in a second; meanwhile readers know less, and nothing that is wrong.
        }
    }
}
