using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Server;

namespace TimeSeries.Benchmarks.Hosts;

/// <summary>A server in this process, on a temporary folder that is gone when it is disposed, or on a named one that stays.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    /// <summary>Its project's token.</summary>
    public const string Token = "token-of-the-measurement";

    private readonly WebApplication _app;
    private readonly string? _ownDirectory;

    private OwnServer(WebApplication app, string? ownDirectory)
    {
        _app = app;
        _ownDirectory = ownDirectory;
        Address = ServerAddress.Parse(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(), out _)!;
    }

    public ServerAddress Address { get; }

    /// <summary>Starts one.</summary>
    /// <param name="directory">Where its files stay, and are taken up again; null for a folder that is deleted at the end.</param>
    /// <param name="settings">More of its command line.</param>
    public static async Task<OwnServer> StartAsync(string? directory = null, params string[] settings)
    {
        string? own = directory is null ? Directory.CreateTempSubdirectory("timeseries-alerts-").FullName : null;
        WebApplication app = ServerHost.Build(
        [
            "--urls=http://127.0.0.1:0", "--Storage:Kind=embedded", $"--Storage:Directory={directory ?? own}", "--Logging:LogLevel:Default=Warning",
            "--Self:Enabled=false",
            "--Projects:0:Pcode=1", $"--Projects:0:Tokens:0:Secret={Token}", .. settings,
        ]);
        await app.StartAsync();
        return new OwnServer(app, own);
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
        if (_ownDirectory is not null)
        {
            Directory.Delete(_ownDirectory, recursive: true);
        }
    }
}
