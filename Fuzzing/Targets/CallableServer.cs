using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>A server without a port: requests are calls.</summary>
internal sealed class CallableServer : IServer
{
    private Func<IFeatureCollection, Task>? _call;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    /// <summary>Lets the application respond to a request.</summary>
    public Task Call(IFeatureCollection request) => _call is { } call ? call(request) : throw new InvalidOperationException("The server has not started.");

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _call = async request =>
        {
            TContext context = application.CreateContext(request);
            try
            {
                await application.ProcessRequestAsync(context);
                application.DisposeContext(context, null);
            }
            catch (Exception fault)
            {
                application.DisposeContext(context, fault);
                throw;
            }
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        // There is nothing that listens.
    }
}
