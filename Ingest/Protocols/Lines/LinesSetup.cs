using TimeSeries.Hosting.OpenApi;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Lines;

/// <summary>Registers what the writers of InfluxDB need here.</summary>
internal static class LinesSetup
{
    public const string Ping = "/ping";
    public const string Health = "/health";
    public const string Ready = "/ready";

    private static readonly string[] _reads = [HttpMethods.Get, HttpMethods.Head];

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<LinesInstruments>();
        services.AddHostedService<CountsFromTheStart>();
        services.AddProtocol<LinesProtocol>(LinesProtocol.FirstPath, LinesProtocol.SecondPath);
        services.AddSingleton<LinesHealth>();
        services.AddSingleton(new SideRoute(_reads, Ping, LinesHealth.RespondPingAsync));
        services.AddSingleton(new SideRoute(_reads, Health, LinesHealth.RespondHealthAsync));
        services.AddSingleton(new SideRoute(_reads, Ready, context => context.RequestServices.GetRequiredService<LinesHealth>().RespondReadyAsync(context)));
        services.AddSingleton<IApiDescription, LinesDescription>();
    }

    // Their series are there before the first line.
    private sealed class CountsFromTheStart(LinesInstruments instruments) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            instruments.Begin();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
