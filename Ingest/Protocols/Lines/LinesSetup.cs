using System.Text;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Lines;

/// <summary>Registers what the writers of InfluxDB need here.</summary>
internal static class LinesSetup
{
    public const string Ping = "/ping";
    public const string Health = "/health";

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<LinesInstruments>();
        services.AddHostedService<CountsFromTheStart>();
        services.AddProtocol<LinesProtocol>(LinesProtocol.FirstPath, LinesProtocol.SecondPath);
        services.AddSingleton(new SideRoute([HttpMethods.Get, HttpMethods.Head], Ping, RespondPingAsync));
        services.AddSingleton(new SideRoute([HttpMethods.Get], Health, RespondHealthAsync));
        services.AddSingleton<IApiDescription, LinesDescription>();
    }

    // Their series are there before the first line.
    private sealed class CountsFromTheStart(LinesInstruments instruments) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            instruments.Count(new Dictionary<string, int>(), 0);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    // Clients choose by the version how they write.
    private static Task RespondPingAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers["X-Influxdb-Version"] = "1.8.10-timeseries";
        context.Response.Headers["X-Influxdb-Build"] = "OSS";
        return Task.CompletedTask;
    }

    private static Task RespondHealthAsync(HttpContext context)
    {
        byte[] body = Encoding.ASCII.GetBytes("""{"name":"influxdb","message":"ready for queries and writes","status":"pass"}""");
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body).AsTask();
    }
}
