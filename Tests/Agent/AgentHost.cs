using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeSeries.Agent;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Tests.Agent;

/// <summary>An application with the agent: one of ASP.NET Core on a port that the system picks, or a worker. Disposing it stops it in good order.</summary>
internal sealed class AgentHost : IAsyncDisposable
{
    private readonly IHost _host;

    private AgentHost(IHost host)
    {
        _host = host;
    }

    public IServiceProvider Services => _host.Services;

    public TimeSeriesAgent Agent => Services.GetRequiredService<TimeSeriesAgent>();

    public Uri Address => new(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Starts an application of ASP.NET Core.</summary>
    /// <param name="map">Maps its endpoints.</param>
    /// <param name="sender">Where batches go; null for the endpoint of the options.</param>
    /// <param name="configure">The agent's options.</param>
    /// <param name="register">More services.</param>
    public static async Task<AgentHost> StartWebAsync(
        Action<WebApplication> map, IBatchSender? sender, Action<TimeSeriesAgentOptions>? configure = null, Action<IServiceCollection>? register = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        register?.Invoke(builder.Services);
        Add(builder.Services, sender, configure);
        WebApplication app = builder.Build();
        map(app);
        await app.StartAsync();
        return new AgentHost(app);
    }

    /// <summary>Starts a host without HTTP.</summary>
    public static async Task<AgentHost> StartWorkerAsync(
        IBatchSender? sender, Action<TimeSeriesAgentOptions>? configure = null, Action<IServiceCollection>? register = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        register?.Invoke(builder.Services);
        Add(builder.Services, sender, configure);
        IHost host = builder.Build();
        await host.StartAsync();
        return new AgentHost(host);
    }

    /// <summary>Stops it, so that what was collected is sent.</summary>
    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    private static void Add(IServiceCollection services, IBatchSender? sender, Action<TimeSeriesAgentOptions>? configure)
    {
        if (sender is not null)
        {
            services.AddSingleton(sender);
        }

        services.AddTimeSeriesAgent(options =>
        {
            // Other tests of this process call by HTTP and run commands too.
            options.Sources.Clear();
            options.Commands = false;
            options.ThreadInterval = TimeSpan.Zero;
            options.Oname = "agent-under-test";
            configure?.Invoke(options);
        });
    }
}
