using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Server;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>The whole server inside the test process, on a data directory and a port that the system picks. Disposing it stops it in good order.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningServer(WebApplication app)
    {
        _app = app;
        Client = new ServerClient(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));
    }

    public ServerClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server and returns when it listens.</summary>
    public static Task<RunningServer> StartAsync(string directory, params string[] more) => StartAsync(directory, _ => { }, more);

    /// <summary>The same with other services (a clock, a disk) in place of its own.</summary>
    public static async Task<RunningServer> StartAsync(string directory, Action<IServiceCollection> replace, params string[] more)
    {
        string[] arguments = TestProjects.Arguments(directory, [TestProjects.NotWatched, "--Logging:LogLevel:Default=Warning", .. more]);
        WebApplication app = ServerHost.Build(arguments, replace);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new RunningServer(app);
    }

    /// <summary>Moves everything that is in memory into blocks.</summary>
    public Task SealAsync() => _app.Services.GetRequiredService<EmbeddedStore>().SealAsync();

    /// <summary>Merges the blocks that may be merged.</summary>
    public Task CompactAsync() => _app.Services.GetRequiredService<EmbeddedStore>().CompactAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
