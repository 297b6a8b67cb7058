using TimeSeries.Alerting;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest;
using TimeSeries.Query;
using TimeSeries.Server.Client;
using TimeSeries.Server.Probe;
using TimeSeries.Server.Self;
using TimeSeries.Server.WarmUp;

namespace TimeSeries.Server;

/// <summary>The all-in-one host: Ingest and Query in one process, on one store.</summary>
public static class ServerHost
{
    // Reads of blocks may block their threads; requests must not wait for the pool to notice.
    private const int MinWorkerThreads = 16;

    /// <summary>Builds the host of a process that is nothing else; nothing is opened before it starts.</summary>
    public static WebApplication BuildProgram(string[] args)
    {
        WebApplication app = Build(args, services => services.AddHostedService<WarmUpService>());

        // Responses of InfluxDB would be read on those threads too, and take seconds.
        if (app.Services.GetUnvalidated<StorageOptions>().Kind == StorageKind.Embedded)
        {
            SocketThreads.RunRequests();
        }

        return app;
    }

    /// <summary>Builds the host; nothing is opened before it starts.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="replace">Registers other services in place of the host's own: a clock, a disk.</param>
    /// <param name="readsSettings">Whether settings come from files and the environment too, not from the command line alone.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null, bool readsSettings = true)
    {
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, MinWorkerThreads), ports);

        WebApplicationBuilder builder = HostSetup.CreateBuilder(args, "timeseries-server", readsSettings, typeof(ServerHost).Assembly);
        builder.Services.AddTimeSeriesIngest(InfluxRoles.Writer | InfluxRoles.Reader);
        builder.Services.AddTimeSeriesQuery(builder.Configuration);
        builder.Services.AddLocalAlerts();
        builder.Services.AddSelfWatch();
        builder.Services.AddSection<StartOptions>(StartOptions.Section);
        builder.Services.AddProbe();
        builder.Services.AddSection<ClientOptions>(ClientOptions.Section);
        builder.Services.AddHostedService<FirstSteps>();
        replace?.Invoke(builder.Services);

        WebApplication app = builder.Build();
        app.UseHostDefaults();
        app.UseTimeSeriesQuery();
        app.MapHostDefaults();
        app.MapTimeSeriesIngest();
        app.MapTimeSeriesQuery();
        return app;
    }
}
