using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Server;

namespace TimeSeries.Benchmarks.Alerts;

/// <summary>A server in this process on a temporary folder, gone when disposed.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    /// <summary>Its project's token.</summary>
    public const string Token = "alerts-benchmark";

    private readonly WebApplication _app;
    private readonly string _directory;

    private OwnServer(WebApplication app, string directory)
    {
        _app = app;
        _directory = directory;
        Address = ServerAddress.Parse(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(), out _)!;
    }

    public ServerAddress Address { get; }

    public static async Task<OwnServer> StartAsync()
    {
        string directory = Directory.CreateTempSubdirectory("timeseries-alerts-").FullName;
        WebApplication app = ServerHost.Build(
        [
            "--urls=http://127.0.0.1:0", "--Storage:Kind=embedded", $"--Storage:Directory={directory}", "--Logging:LogLevel:Default=Warning",
            "--Projects:0:Pcode=1", $"--Projects:0:Tokens:0:Secret={Token}",
        ]);
        await app.StartAsync();
        return new OwnServer(app, directory);
    }

    /// <summary>Seals and merges what was pushed, as a server does by itself when some time has passed.</summary>
    public async Task SettleAsync()
    {
        EmbeddedStore store = _app.Services.GetRequiredService<EmbeddedStore>();
        await store.SealAsync();
        await store.CompactAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
