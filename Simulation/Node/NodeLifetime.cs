using Microsoft.Extensions.Hosting;

namespace TimeSeries.Simulation.Node;

/// <summary>The lifetime of a host that never stops by itself: the simulation ends it.</summary>
internal sealed class NodeLifetime : IHostApplicationLifetime
{
    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => CancellationToken.None;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => throw new InvalidOperationException("A part of the node stopped the host.");
}
