using Microsoft.Extensions.DependencyInjection.Extensions;
using TimeSeries.Core;
using TimeSeries.Core.Building;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Influx.Alerts;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.OpenApi;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Storage;
using TimeSeries.Hosting.Telemetry;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest.Backup;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Health;
using TimeSeries.Ingest.Idempotency;
using TimeSeries.Ingest.Protocols.Lines;
using TimeSeries.Ingest.Protocols.Native;
using TimeSeries.Ingest.Protocols.Otlp;
using TimeSeries.Ingest.Quotas;
using TimeSeries.Ingest.Receive;
using TimeSeries.Ingest.Recovery;
using TimeSeries.Ingest.Shipping;

namespace TimeSeries.Ingest;

/// <summary>What Ingest consists of, as services: one node with its directory, log and embedded store, and the way into them.</summary>
public static class IngestServices
{
    // A segment is given back whole, so a log has at least this many.
    private const int SmallestSegmentCount = 8;
    private const long MicrosecondsPerMillisecond = 1_000;

    // Records of a unit; what its rollups need of its samples is in memory until its mark, about ten times as much.
    private const long MaxUnitBytes = 16L << 20;

    /// <summary>
    /// Adds everything. Nothing is opened before the host starts. <see cref="IFileSystem"/>,
    /// <see cref="TimeProvider"/> and <see cref="Machine"/> may be registered before.
    /// Also gives the host its <see cref="ISampleReader"/> and <see cref="ProjectDirectory"/>.
    /// </summary>
    public static IServiceCollection AddTimeSeriesIngest(this IServiceCollection services, InfluxRoles influx = InfluxRoles.Writer)
    {
        services.AddSection(IngestOptions.Section, new IngestOptions.Validator());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IFileSystem, DiskFileSystem>();
        services.TryAddSingleton(_ => Machine.Read());
        services.AddSingleton<CoreInstruments>();
        services.AddSingleton<IngestInstruments>();
        services.AddSingleton<IReadinessNote>(provider => new DamageNote(provider.GetRequiredService<CoreInstruments>().Damage));
        services.AddSingleton(provider => new HiddenMetrics(
            provider.GetUnvalidated<StorageOptions>().Kind == StorageKind.Embedded ? ["timeseries.influx."] : []));
        services.AddInflux(influx);
        services.AddSingleton<QueueFigures>().AddSingleton<LogFigures>().AddSingleton<NodeFigures>().AddSingleton<IIngestHealth, IngestHealth>();
        AddNode(services);
        AddPipeline(services);
        AddLoops(services);
        services.AddSingleton<SampleBatchBuilderPool>();
        services.AddSingleton<IngestGate>();
        services.AddSingleton<BatchSubmitter>();
        services.AddSingleton<IBatchSubmitter>(provider => provider.GetRequiredService<BatchSubmitter>());
        services.AddSingleton<BatchIngestor>();
        services.AddSingleton<BatchEndpoint>();
        services.AddSingleton(provider => new LocalIngest(provider.GetRequiredService<BatchIngestor>(), provider.GetRequiredService<MemoryBudget>()));
        services.AddProtocol<NativeProtocol>(NativeProtocol.Path);
        services.AddSingleton<IApiDescription, BatchDescription>();
        AddBackup(services);
        OtlpSetup.Add(services);
        LinesSetup.Add(services);
        return services;
    }

    /// <summary>Registers a protocol and the paths whose pushes it takes.</summary>
    internal static void AddProtocol<TProtocol>(this IServiceCollection services, params IEnumerable<string> paths)
        where TProtocol : class, IBatchProtocol => services.AddProtocol<TProtocol>(isRemoteCall: false, paths);

    /// <inheritdoc cref="AddProtocol{TProtocol}(IServiceCollection, IEnumerable{string})"/>
    internal static void AddProtocol<TProtocol>(this IServiceCollection services, bool isRemoteCall, params IEnumerable<string> paths)
        where TProtocol : class, IBatchProtocol
    {
        services.AddSingleton<TProtocol>();
        foreach (string path in paths)
        {
            services.AddSingleton(new BatchRoute(path, static provider => provider.GetRequiredService<TProtocol>()) { IsRemoteCall = isRemoteCall });
        }
    }

    private static void AddBackup(IServiceCollection services)
    {
        services.AddSingleton(provider => new HeldStore(
            () => KindOf(provider) == StorageKind.Influx ? null : provider.GetRequiredService<EmbeddedStore>().Hold()));
        services.AddSingleton<BackupSource>().AddSingleton<BackupEndpoint>();
        services.AddSingleton<IApiDescription, BackupDescription>();
    }

    private static void AddNode(IServiceCollection services)
    {
        services.AddSingleton(OpenDirectory);
        services.AddProjects();
        services.AddSingleton(OpenStore);
        services.AddSingleton(provider => new AlertLookup(
            provider.GetRequiredService<InfluxOptions>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<CoreInstruments>(),
            provider.GetRequiredService<ILogger<AlertLookup>>()));
        services.AddSingleton(OpenInfluxWriter);
        services.AddSingleton<ISampleStore>(provider => KindOf(provider) == StorageKind.Influx
            ? provider.GetRequiredService<InfluxWriter>()
            : provider.GetRequiredService<EmbeddedStore>());
        services.AddSingleton(RouteTo);
        services.AddSingleton<ISampleReader>(provider => KindOf(provider) == StorageKind.Influx
            ? provider.GetRequiredService<InfluxReader>()
            : provider.GetRequiredService<EmbeddedStore>());
        services.AddSingleton(OpenLog);
    }

    private static void AddPipeline(IServiceCollection services)
    {
        services.AddSingleton<SampleBatchPool>();
        services.AddSingleton(LimitsOf);
        services.AddSingleton(provider => new MemoryBudget(provider.GetRequiredService<IngestOptions>().QueueBytes));
        services.AddSingleton(provider => new AdmittedAgents(provider.GetRequiredService<IngestOptions>().MaxAgents));
        services.AddSingleton(provider => new BatchValidator(provider.GetRequiredService<BatchLimits>(), provider.GetRequiredService<AdmittedAgents>()));
        services.AddSingleton(provider => new IdempotencyCache(
            provider.GetRequiredService<IngestOptions>().IdWindow, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IngestInstruments>()));
        services.AddSingleton(provider => new IdempotencyJournal(
            provider.GetRequiredService<IFileSystem>(), provider.GetRequiredService<DataDirectory>().IdsPath,
            provider.GetRequiredService<DataDirectory>().NodeId,
            provider.GetRequiredService<IngestOptions>().IdWindow, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<CoreInstruments>().Damage));
        services.AddSingleton<SampleLedger>();
        services.AddSingleton<PushLedger>();
        services.AddSingleton(provider => new SeriesLimit(
            "timeseries.ingest.samples.", SampleLedger.SeriesOf(1 + Math.Max(1, provider.GetUnvalidated<ProjectListOptions>().Projects.Count))));
        services.AddSingleton(provider => new SeriesLimit(
            "timeseries.ingest.protocol.", SampleLedger.SeriesOf(1 + Math.Max(1, provider.GetUnvalidated<ProjectListOptions>().Projects.Count))));
        services.AddSingleton<ProjectQuotas>();
        services.AddSingleton(provider => new DayCounts(
            provider.GetRequiredService<IFileSystem>(), provider.GetRequiredService<DataDirectory>().Path,
            isWanted: KindOf(provider) == StorageKind.Influx, provider.GetRequiredService<ILogger<DayCounts>>()));
        services.AddSingleton(provider => new SeriesLimit(
            "timeseries.ingest.quota.", Enum.GetValues<Quota>().Length * (1 + provider.GetUnvalidated<ProjectListOptions>().Projects.Count)));
        services.AddSingleton<IngestQueue>();
        services.AddSingleton<AlertDeduplicator>();
        services.AddSingleton<BatchLifecycle>();
        services.AddSingleton(OpenMarks);
        services.AddSingleton<LogSignal>();
        services.AddSingleton<ShippingLag>();
        services.AddSingleton<ShippingGate>();
        services.AddSingleton<NodeOwnership>();
        services.AddSingleton<IReadinessNote>(provider => provider.GetRequiredService<NodeOwnership>());
        services.AddSingleton(provider => new SequencedLog(
            provider.GetRequiredService<WriteAheadLog>(), provider.GetRequiredService<RollupUnitClock>(), provider.GetRequiredService<LogSignal>(),
            provider.GetRequiredService<ISampleStore>().NextNumber, provider.GetRequiredService<DayCounts>()));
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<SequencedLog>());
    }

    // Stopped in the opposite order: what submits ends first, then the committer, then the applier, then what they need.
    private static void AddLoops(IServiceCollection services)
    {
        AddLoop<StoreMaintenanceService>(services);
        services.AddHostedService<NodeRecovery>();
        services.AddHostedService<DamagePolicy>();
        services.AddSingleton<LogCheckpoint>().AddHostedService(provider => provider.GetRequiredService<LogCheckpoint>());
        AddLoop<StoredDays>(services);
        AddLoop<LogShipper>(services);
        services.AddHostedService<NodeHeartbeat>();
        AddLoop<DiskWatch>(services);
        services.AddSingleton<IReadinessNote>(provider => provider.GetRequiredService<DiskWatch>());
        AddLoop<StoreApplier>(services);
        AddLoop<LogCommitter>(services);
        AddLoop<HostEvents>(services);
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<StoreMaintenanceService>());
        services.AddSingleton<IReadinessNote>(provider => provider.GetRequiredService<StoreMaintenanceService>());
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<StoreApplier>());
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<LogCommitter>());
    }

    private static void AddLoop<T>(IServiceCollection services)
        where T : class, IHostedService => services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());

    private static DataDirectory OpenDirectory(IServiceProvider provider)
    {
        string root = provider.GetRequiredService<IHostEnvironment>().ContentRootPath;
        string path = System.IO.Path.GetFullPath(provider.GetRequiredService<StorageOptions>().Directory, root);
        try
        {
            return DataDirectory.Open(provider.GetRequiredService<IFileSystem>(), path, provider.GetRequiredService<Machine>().Name);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException(
                fault is DirectoryInUseException or UnknownFormatException or IncompleteBackupException ? fault.Message
                    : $"The storage directory {path} can't be used: {fault.Message}", fault);
        }
    }

    private static StorageKind KindOf(IServiceProvider provider) => provider.GetRequiredService<StorageOptions>().Kind;

    private static InfluxWriter OpenInfluxWriter(IServiceProvider provider)
    {
        DataDirectory directory = provider.GetRequiredService<DataDirectory>();
        ProjectDirectory projects = provider.GetRequiredService<ProjectDirectory>();
        try
        {
            return InfluxWriter.Open(
                new InfluxNode(provider.GetRequiredService<IFileSystem>(), directory.Path, directory.NodeId)
                {
                    NodeOf = directory.NodeIdOf,
                    RetentionOf = provider.GetRequiredService<StorageOptions>().RetentionOf,
                },
                provider.GetRequiredService<InfluxOptions>(), pcode => ApdexThresholdOf(projects, pcode), provider.GetRequiredService<AlertLookup>(),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<CoreInstruments>(),
                provider.GetRequiredService<ILogger<InfluxWriter>>());
        }
        catch (IOException fault)
        {
            throw new StartRefusedException($"The checkpoint of what InfluxDB has can't be read: {fault.Message}", fault);
        }
    }

    private static EmbeddedStore OpenStore(IServiceProvider provider)
    {
        StorageOptions options = provider.GetRequiredService<StorageOptions>();
        DataDirectory directory = provider.GetRequiredService<DataDirectory>();
        ProjectDirectory projects = provider.GetRequiredService<ProjectDirectory>();
        CoreInstruments instruments = provider.GetRequiredService<CoreInstruments>();
        EmbeddedStoreOptions bounds = new()
        {
            HeadBytes = options.HeadBytes,
            CacheBytes = options.CacheBytes,
            MaxBytes = options.MaxBytes,
            Retention = options.RetentionOf,
            Apart = provider.GetService<SelfProject>() is { } self ? new ProjectRetention(self.Pcode, SelfProject.Retention) : null,
            ScrubPeriod = options.ScrubPeriod,
            QuarantinesDamaged = options.QuarantineDamaged,
        };
        try
        {
            return EmbeddedStore.Open(
                provider.GetRequiredService<IFileSystem>(), directory.Path, directory.NodeId, bounds, pcode => ApdexThresholdOf(projects, pcode),
                provider.GetRequiredService<TimeProvider>(), instruments, provider.GetRequiredService<ILogger<EmbeddedStore>>());
        }
        catch (IOException fault)
        {
            throw new StartRefusedException($"The store can't be opened: {fault.Message}", fault);
        }
    }

    private static StoreRoute RouteTo(IServiceProvider provider)
    {
        ISampleStore store = provider.GetRequiredService<ISampleStore>();
        return new StoreRoute(store, store as ILogFedStore);
    }

    // A unit of two segments' length at most, so that the log always has segments to give back.
    private static RollupUnitClock OpenMarks(IServiceProvider provider)
    {
        ILogFedStore? store = provider.GetRequiredService<StoreRoute>().LogFed;
        RollupUnitClock marks = new(isWanted: store is not null, provider.GetRequiredService<TimeProvider>(),
            Math.Min(MaxUnitBytes, SizesOf(provider).SegmentBytes));
        if (store is not null)
        {
            marks.SkipTo(store.LastUnit);
        }

        return marks;
    }

    private static WriteAheadLogOptions SizesOf(IServiceProvider provider) => SizesOf(provider.GetRequiredService<WalOptions>().MaxBytes);

    internal static WriteAheadLogOptions SizesOf(long maxBytes)
    {
        return new WriteAheadLogOptions
        {
            MaxBytes = maxBytes,
            SegmentBytes = Math.Clamp(maxBytes / SmallestSegmentCount, WriteAheadLogOptions.MinSegmentBytes, new WriteAheadLogOptions().SegmentBytes),
        };
    }

    private static WriteAheadLog OpenLog(IServiceProvider provider)
    {
        DataDirectory directory = provider.GetRequiredService<DataDirectory>();
        try
        {
            return WriteAheadLog.Open(
                provider.GetRequiredService<IFileSystem>(), directory.LogPath, directory.NodeId, SizesOf(provider),
                provider.GetRequiredService<ISampleStore>().StoredThrough, provider.GetRequiredService<CoreInstruments>());
        }
        catch (IOException fault)
        {
            throw new StartRefusedException($"The WAL can't be opened: {fault.Message}", fault);
        }
    }

    // Samples of a project that is configured no more are kept, with the threshold that projects have by default.
    private static long ApdexThresholdOf(ProjectDirectory projects, long pcode) =>
        (long)(projects.Find(pcode)?.ApdexThreshold.TotalMilliseconds ?? ProjectOptions.DefaultApdexThreshold) * MicrosecondsPerMillisecond;

    private static BatchLimits LimitsOf(IServiceProvider provider)
    {
        StorageOptions storage = provider.GetRequiredService<StorageOptions>();
        return new BatchLimits
        {
            MaxFutureSkew = provider.GetRequiredService<IngestOptions>().MaxFutureSkew,
            Retention = [.. SampleSchema.All.Select(schema => storage.RetentionOf(schema.Kind))],
        };
    }
}
