using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest;
using TimeSeries.Simulation.Disk;
using TimeSeries.Simulation.Node;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Simulation;

/// <summary>A host of Ingest with its embedded store and all its threads, on a disk that may fail, perhaps with a fault planted in its seams.</summary>
internal sealed class HistoryHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HistoryHost(WebApplication app, FaultyFileSystem disk, NodeSeams seams)
    {
        _app = app;
        Disk = disk;
        Store = app.Services.GetRequiredService<EmbeddedStore>();
        Submitter = seams.Submitter(app.Services.GetRequiredService<IBatchSubmitter>());
        Reader = seams.Reader(app.Services.GetRequiredService<ISampleReader>());
    }

    public FaultyFileSystem Disk { get; }

    public EmbeddedStore Store { get; }

    public IBatchSubmitter Submitter { get; }

    public ISampleReader Reader { get; }

    public static async Task<HistoryHost> StartAsync(FaultyFileSystem disk, NodeSeams seams)
    {
        WebApplicationBuilder builder = HostSetup.CreateBuilder(TestProjects.Arguments("/history"));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IFileSystem>(seams.Disk(disk));
        builder.Services.AddTimeSeriesIngest();
        StartingStore? starting = null;
        builder.Services.AddSingleton<ISampleStore>(
            provider => starting = new StartingStore(provider.GetRequiredService<EmbeddedStore>(), seams.RecoveryStore));
        WebApplication app = builder.Build();
        app.UseHostDefaults();
        app.MapHostDefaults();
        app.MapTimeSeriesIngest();
        await app.StartAsync();
        starting!.HasStarted = true;
        return new HistoryHost(app, disk, seams);
    }

    /// <summary>Cuts the power: nothing that no flush covered is left. Returns the disk then.</summary>
    public FaultyFileSystem CutPower() => Disk.PowerCut(_ => 0);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        catch (IOException)
        {
            // Its power is off.
        }
    }
}
