using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TimeSeries.Hosting.Running;

/// <summary>Says where the host listens once it does, and that it stops.</summary>
internal sealed partial class Banner(IServer server, IHostApplicationLifetime lifetime, ILogger<Banner> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() =>
            LogListening(HostVersion.Text, string.Join(", ", server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])));
        lifetime.ApplicationStopping.Register(LogStopping);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1002, LogLevel.Information, "TimeSeries {Version} listens on {Addresses}.")]
    private partial void LogListening(string version, string addresses);

    [LoggerMessage(1003, LogLevel.Information, "Stopping: no new requests; those in flight are finished.")]
    private partial void LogStopping();
}
