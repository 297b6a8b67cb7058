using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Storage;

namespace TimeSeries.Ingest;

/// <summary>Ingest as a process over a shared store. Any number may run, each with its own directory and the same projects.</summary>
public static class IngestHost
{
    // Reading the WAL to feed the store may block a thread. Requests must not wait for the pool to notice.
    private const int MinWorkerThreads = 16;

    /// <summary>Builds the host; nothing is opened before it starts.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="replace">Registers other services in place of the host's own: a clock, a disk.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, MinWorkerThreads), ports);

        WebApplicationBuilder builder = HostSetup.CreateBuilder(args, "timeseries-ingest");
        builder.Services.AddTimeSeriesIngest();
        builder.Services.AddSharedStoreRules("Ingest");
        replace?.Invoke(builder.Services);

        WebApplication app = builder.Build();
        app.UseHostDefaults();
        app.MapHostDefaults();
        app.MapTimeSeriesIngest();
        return app;
    }
}
