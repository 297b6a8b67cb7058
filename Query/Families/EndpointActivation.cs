namespace TimeSeries.Query.Families;

/// <summary>
/// Makes the endpoints of all families once the host has started, so that no first request waits for it. Before, nothing may be made: routes are also mapped
/// where store and projects must stay closed.
/// </summary>
internal sealed class EndpointActivation(EndpointDataSource endpoints, IServiceProvider services) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (Step step in endpoints.Endpoints.SelectMany(endpoint => endpoint.Metadata.GetOrderedMetadata<Step>()))
        {
            step.Run(services);
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Makes what responds to a route's requests.</summary>
    internal sealed record Step(Action<IServiceProvider> Run);
}
