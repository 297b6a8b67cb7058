using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using TimeSeries.Core;
using TimeSeries.Core.Building;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Embedded.Maintenance;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Ingest;
using TimeSeries.Ingest.Commit;
using TimeSeries.Ingest.Health;
using TimeSeries.Ingest.Idempotency;
using TimeSeries.Ingest.Quotas;
using TimeSeries.Ingest.Receive;
using TimeSeries.Ingest.Recovery;
using TimeSeries.Ingest.Shipping;

namespace TimeSeries.Simulation.Node;

/// <summary>
/// The parts of one process, as a host composes them, from the port where batches go in down to the disk. Nothing runs by itself: the caller makes each step
/// of each loop. Used by one thread.
/// </summary>
internal sealed class SimulatedNode
{
    /// <summary>The storage directory.</summary>
    public const string Folder = "/node";

    /// <summary>The name of the machine.</summary>
    public const string Machine = "simulated";

    private const long QueueBytes = 1L << 30;
    private const long MaxUnitBytes = 1L << 20;

    // A stop whose store can't be written goes on without it after some tries.
    private const int MaxStopTries = 20;

    // In real time, for a step that needs microseconds.
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);

    private readonly IngestQueue _queue = new();
    private readonly CoreInstruments _core = new();
    private readonly IngestInstruments _ingest = new();
    private readonly VirtualClock _clock;
    private readonly List<IDisposable> _threads = [];
    private readonly DataDirectory _directory;
    private readonly IdempotencyJournal _journal;
    private readonly LogCommitter _committer;
    private readonly StoreApplier _applier;
    private readonly NodeRecovery _recovery;
    private readonly LogCheckpoint _checkpoint;

    private SimulatedNode(NodeSettings settings, NodeSeams seams, IFileSystem disk, VirtualClock clock)
    {
        _clock = clock;
        IFileSystem files = seams.Disk(disk);
        try
        {
            _directory = DataDirectory.Open(files, Folder, Machine);
            Store = EmbeddedStore.Open(
                files, Folder, _directory.NodeId, settings.StoreOptions(), _ => 1_000_000, clock, _core, NullLogger.Instance);
            _threads.Add(Store.Maintenance);
            Reader = seams.Reader(Store);
            Log = WriteAheadLog.Open(
                files, _directory.LogPath, _directory.NodeId,
                new WriteAheadLogOptions { MaxBytes = settings.WalBytes, SegmentBytes = settings.SegmentBytes }, Store.StoredThrough, _core);
            IdempotencyCache ids = new(NodeSettings.IdWindow, clock, _ingest);
            _journal = new IdempotencyJournal(files, _directory.IdsPath, _directory.NodeId, NodeSettings.IdWindow, clock, _core.Damage);
            SequencedLog log = new(Log, new RollupUnitClock(isWanted: false, clock, MaxUnitBytes), new LogSignal(), Store.NextNumber);
            StoreRoute route = new(Store, null);
            AlertDeduplicator alerts = new(route);
            SampleLedger ledger = new(_ingest);
            BatchLifecycle lifecycle = new(ids, alerts, ledger);
            _applier = new StoreApplier(route, lifecycle, _ingest, clock, NullLogger<StoreApplier>.Instance);
            _threads.Add(_applier);
            _applier.BeginSteps();
            _committer = new LogCommitter(_queue, log, lifecycle, _applier, clock, NullLogger<LogCommitter>.Instance);
            _threads.Add(_committer);
            StoreRoute recovered = new(seams.RecoveryStore(new RecoveryStore(Store, clock)), null);
            _recovery = new NodeRecovery(
                _directory, recovered, log, ids, _journal, new ShippingLag(route, Log, new ShippingGate(), _ingest, clock), new SampleBatchPool(),
                NullLogger<NodeRecovery>.Instance);
            Submitter = seams.Submitter(new BatchSubmitter(
                _queue, alerts, lifecycle, route, new MemoryBudget(QueueBytes), new IngestOptions { StoredTimeout = NodeSettings.StoredTimeout },
                new NodeLifetime(), clock));
            DayCounts days = new(files, Folder, isWanted: false, NullLogger<DayCounts>.Instance);
            _checkpoint = new LogCheckpoint(
                Store, log, ids, _journal, MakeQuotas(route, ledger, Submitter), days, clock, NullLogger<LogCheckpoint>.Instance);
            _recovery.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
            new DamagePolicy(Store, log, new StorageOptions()).StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch
        {
            EndThreads();
            throw;
        }
    }

    /// <summary>The log.</summary>
    public WriteAheadLog Log { get; }

    /// <summary>The store.</summary>
    public EmbeddedStore Store { get; }

    /// <summary>Where queries go.</summary>
    public ISampleReader Reader { get; }

    /// <summary>Where batches go in.</summary>
    public IBatchSubmitter Submitter { get; }

    /// <summary>The damage that this process has found.</summary>
    public DamageRegister Damage => _core.Damage;

    /// <summary>Starts a process on a disk.</summary>
    /// <exception cref="IOException">The disk failed, or a file can't be used.</exception>
    /// <exception cref="Hosting.Running.StartRefusedException">A file can't be used.</exception>
    public static SimulatedNode Start(NodeSettings settings, NodeSeams seams, IFileSystem disk, VirtualClock clock) => new(settings, seams, disk, clock);

    /// <summary>Commits the batches that wait, as one group. False when none waits.</summary>
    public bool Commit() => _committer.CommitNext();

    /// <summary>Commits all that waits, and has the store take it and seal what is due.</summary>
    public void CommitAll()
    {
        while (Commit())
        {
        }

        while (Apply() || Seal().Result == MaintenanceResult.Done)
        {
        }
    }

    /// <summary>What the committer does while nobody pushes.</summary>
    public void Probe() => _committer.ProbeOrMark();

    /// <summary>Goes on with the batch that the store takes next. False when there is none, or when it can't go on.</summary>
    public bool Apply() => _applier.ApplyNext(CancellationToken.None) == ApplyStep.Applied;

    /// <summary>Seals what is due. A batch that waited for it is written then.</summary>
    public MaintenanceStep Seal()
    {
        if (_applier.CurrentWrite is null)
        {
            // The write that waits for the seal may be one that the committer began and handed over.
            Apply();
        }

        Task? write = _applier.CurrentWrite;
        MaintenanceStep step = Store.Maintenance.SealNext(CancellationToken.None);
        if (step.Result == MaintenanceResult.Done && write is not null)
        {
            // It goes on by itself, on a thread of the pool, which may be through already. Nothing else runs meanwhile.
            Task.WaitAny([write], _longest);
            Apply();
        }

        return step;
    }

    /// <summary>Deletes what is too old, or merges once.</summary>
    public void Compact() => Store.Maintenance.CompactNext(CancellationToken.None);

    /// <summary>Checks a block.</summary>
    public void Scrub() => Store.Maintenance.ScrubNext(CancellationToken.None);

    /// <summary>Lets the log forget what the store has.</summary>
    public void Checkpoint() => _checkpoint.Run();

    /// <summary>Ends the process in good order. False when its store could not take what was in flight; its files are left as they are then.</summary>
    public bool Stop()
    {
        _queue.Complete();
        while (Commit())
        {
        }

        _applier.Complete();
        for (int tries = 0; tries < MaxStopTries; tries++)
        {
            while (Apply())
            {
            }

            if (_applier.CurrentWrite is null)
            {
                break;
            }

            _clock.Advance(Seal().Wait);
        }

        bool isWhole = _applier.CurrentWrite is null;
        if (isWhole)
        {
            _recovery.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
            _journal.Dispose();
            Log.Dispose();
            Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        EndThreads();
        _directory.Dispose();
        return isWhole;
    }

    /// <summary>Ends the process as a crash does: nothing more reaches the disk.</summary>
    public void EndThreads()
    {
        foreach (IDisposable part in _threads)
        {
            part.Dispose();
        }

        _clock.ForgetTimers();
        _core.Dispose();
        _ingest.Dispose();
    }

    // No project has a limit here.
    private ProjectQuotas MakeQuotas(StoreRoute route, SampleLedger ledger, IBatchSubmitter submitter)
    {
        HostEvents events = new(
            new BatchValidator(new BatchLimits()), submitter, new SampleBatchPool(), new SampleBatchBuilderPool(), _ingest, _clock,
            NullLogger<HostEvents>.Instance);
        return new ProjectQuotas(new ProjectDirectory([]), route, events, new PushLedger(ledger, _ingest, _clock), _ingest, _clock);
    }
}

/// <summary>The lifetime of a host that never stops by itself: the simulation ends it.</summary>
internal sealed class NodeLifetime : IHostApplicationLifetime
{
    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => CancellationToken.None;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => throw new InvalidOperationException("A part of the node stopped the host.");
}
