using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>Stands between a client and a server, on a port of its own, and does with requests and responses what a test wants.</summary>
internal abstract class Relay : IAsyncDisposable
{
    private readonly WebApplication _app;

    protected Relay(HttpProtocols protocols = HttpProtocols.Http1)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        _app = builder.Build();
        _app.Run(RelayAsync);
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Sends requests on. They carry no context of a trace but the client's.</summary>
    protected HttpClient Http { get; } = new(new SocketsHttpHandler { ActivityHeadersPropagator = null });

    public virtual async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Http.Dispose();
    }

    /// <summary>Begins to listen.</summary>
    protected Task ListenAsync() => _app.StartAsync();

    /// <summary>Responds to a request.</summary>
    protected abstract Task RelayAsync(HttpContext context);
}
