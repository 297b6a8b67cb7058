using System.Reflection;
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
            LogListening(HostVersion.Text, string.Join(", ", (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(Describe))));
        lifetime.ApplicationStopping.Register(LogStopping);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static string Describe(string address) =>
        Listener.IsOnEveryAddress(address) ? $"{Listener.LocalAddress(address)} (and every other address of this machine)" : address;

    [LoggerMessage(1002, LogLevel.Information, "TimeSeries {Version} listens on {Addresses}.")]
    private partial void LogListening(string version, string addresses);

    [LoggerMessage(1003, LogLevel.Information, "Stopping: no new requests; those in flight are finished.")]
    private partial void LogStopping();
}

/// <summary>Where the host prints what must not stand in logs: the token that it made.</summary>
/// <param name="Out">The console; a test's own writer in tests.</param>
public sealed record Terminal(TextWriter Out)
{
    /// <summary>Whether somebody looks, and nothing keeps what is printed.</summary>
    public bool IsInteractive => Out != Console.Out || !Console.IsOutputRedirected;
}

/// <summary>The version of the hosts.</summary>
public static class HostVersion
{
    public static string Text { get; } =
        typeof(HostVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
