using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TimeSeries.Core.Files;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Server.WarmUp;

/// <summary>
/// Before the start, pushes and queries a twin of this host for a moment, so that the first requests of users find compiled code. The twin keeps its files in
/// memory, listens on this machine only, and reads no settings but its own.
/// </summary>
internal sealed partial class WarmUpService(StartOptions options, TimeProvider clock, ILogger<WarmUpService> logger) : IHostedLifecycleService
{
    // The first round compiles our own code. What the framework brings compiled is compiled again, for this machine, when it has been called 30 times.
    private static readonly TimeSpan _length = TimeSpan.FromMilliseconds(700);

    // A token in a file would need the disk.
    private const long SelfPcode = 2;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!options.WarmUp)
        {
            return;
        }

        try
        {
            IReadOnlyCollection<string> refused = await RunAsync(clock, _length, cancellationToken);
            if (refused.Count > 0)
            {
                LogRefused(string.Join(", ", refused));
            }
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing depends on it: the start goes on, and the first requests are slower.
            LogFailure(failure);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs a twin for at least one round of requests, and until the time is over.</summary>
    /// <param name="clock">The time of requests and rounds.</param>
    /// <param name="length">When to begin no further round.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="replace">Registers other services in place of the twin's own.</param>
    /// <returns>Requests that were refused; none, unless a request or an endpoint is wrong.</returns>
    internal static async Task<IReadOnlyCollection<string>> RunAsync(
        TimeProvider clock, TimeSpan length, CancellationToken cancellationToken, Action<IServiceCollection>? replace = null)
    {
        long start = clock.GetTimestamp();
        using WarmUpRequests requests = new(clock);
        await using WebApplication twin = ServerHost.Build(
            [
                "--urls=http://127.0.0.1:0", "--Otlp:Http=", "--Otlp:Grpc=", "--Ui:Enabled=false",
                "--Storage:Kind=embedded", "--Storage:Directory=/warm-up", "--Storage:HeadBytes=1MiB", "--Wal:MaxBytes=8MiB",
                .. requests.Project,
            ],
            services =>
            {
                services.AddSingleton<IFileSystem, MemoryFileSystem>();
                services.AddSingleton(provider => new SelfProject(
                    provider.GetRequiredService<IFileSystem>(), provider.GetRequiredService<DataDirectory>, SelfPcode, isEnabled: true,
                    RandomNumberGenerator.GetHexString(32)));
                services.AddSingleton<IHostLifetime, NoLifetime>();
                services.RemoveAll<ILoggerProvider>();
                replace?.Invoke(services);
            },
            readsSettings: false);
        await twin.StartAsync(cancellationToken);
        requests.Address = new Uri(twin.Urls.First());
        await requests.PushAsync();
        await twin.Services.GetRequiredService<EmbeddedStore>().SealAsync(cancellationToken);
        await Task.WhenAll(RepeatAsync(requests.PushAsync), RepeatAsync(requests.QueryAsync));
        await twin.StopAsync(cancellationToken);
        return requests.Refused;

        Task RepeatAsync(Func<Task> send) => Task.Run(
            async () =>
            {
                do
                {
                    await send();
                }
                while (clock.GetElapsedTime(start) < length);
            },
            cancellationToken);
    }

    [LoggerMessage(4001, LogLevel.Warning, "The warm-up had requests refused: {Requests}.")]
    private partial void LogRefused(string requests);

    [LoggerMessage(4002, LogLevel.Warning, "The warm-up failed; the first requests are slower.")]
    private partial void LogFailure(Exception failure);

    // Signals are for the host itself.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
