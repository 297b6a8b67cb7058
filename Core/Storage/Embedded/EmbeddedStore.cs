using Microsoft.Extensions.Logging;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Alerts;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Heads;
using TimeSeries.Core.Storage.Embedded.Maintenance;
using TimeSeries.Core.Storage.Embedded.Scanning;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>
/// The embedded columnar store: recent samples in memory (the head), older ones in immutable block files named by a manifest.
/// One process owns the directory. <see cref="WriteAsync"/> is called by one caller at a time, in log order; everything else is thread safe.
/// </summary>
public sealed class EmbeddedStore : ISampleStore, ISampleReader, IHeadFreezer, IAsyncDisposable
{
    // All documented endpoints over a day of a million transactions take about a third.
    private const long GroupedBytes = 32L << 20;

    private readonly StoreContext _context;
    private readonly StoreSnapshots _snapshots;
    private readonly BlockCatalog _catalog;
    private readonly AlertSearch _alerts;
    private readonly ScanParallelism _scanThreads;
    private readonly HashAggregatorPool _grouped = new(GroupedBytes);

    // Guards the active head: the writer's batch and a freeze take turns. Nothing under it touches the disk.
    private readonly Lock _writeGate = new();

    // The greatest sequence number that a snapshot taken from now on has, with all before it.
    private long _queryableNumber;

    private EmbeddedStore(StoreContext context)
    {
        _context = context;
        _snapshots = new StoreSnapshots(context.Pool);
        _catalog = BlockCatalog.Open(context, _snapshots);
        _queryableNumber = GreatestNumber;
        _alerts = new AlertSearch(_snapshots);
        _scanThreads = new ScanParallelism(context.Options.ScanParallelism);
        Maintenance = new StoreMaintenance(context, _catalog, _snapshots, this);
    }

    /// <summary>Holds the files of the store as they are now, so that they can be copied beside everything else.</summary>
    public StoreHold Hold() => _catalog.Hold();

    /// <summary>Moves a file of the directory to quarantine.</summary>
    internal void Quarantine(string path) => _context.Quarantine(path);

    /// <summary>Goes on behind a position of the log, when everything that can be read before it was sealed.</summary>
    internal void SkipTo(LogPosition position) => _catalog.SkipTo(position);

    /// <summary>Repairs the files, for the command of that name.</summary>
    internal StoreRepair BeginRepair() => new(_context, _catalog, _snapshots);

    /// <summary>The background work, for those who call its steps themselves.</summary>
    internal StoreMaintenance Maintenance { get; }

    /// <inheritdoc/>
    public LogPosition StoredThrough => _catalog.Manifest.StoredThrough;

    /// <summary>The greatest sequence number in any block; −1 when there is none.</summary>
    public long GreatestNumber => _catalog.Manifest.GreatestNumber;

    /// <inheritdoc/>
    public long NextNumber => GreatestNumber + 1;

    /// <inheritdoc/>
    public string? NotReadyReason => SealFailing ? "the store can't write its blocks" : null;

    /// <summary>Whether the last seal failed; it is being tried again.</summary>
    public bool SealFailing => Maintenance.SealFailing;

    /// <summary>How many blocks there are.</summary>
    public int BlockCount => _catalog.Manifest.Blocks.Length;

    /// <summary>Whether there are samples of any project but the one that is kept apart.</summary>
    public bool HasSamples => SampleSchema.All.Any(schema => _snapshots.Current.BlocksOf(schema.Kind).Any(block => !block.IsApart))
        || _snapshots.Current.Frozen.Add(_snapshots.Current.Active).Any(head => head.HasOthersThan(_context.Options.Apart?.Pcode));

    /// <summary>Bytes of all blocks.</summary>
    public long BlockBytes => _catalog.Manifest.Blocks.Sum(block => block.Bytes);

    /// <inheritdoc/>
    public long ReportStrays(bool logIsWhole) => _catalog.Strays.Report(logIsWhole);

    /// <inheritdoc/>
    public void RemoveStrays() => _catalog.Strays.Remove();

    /// <inheritdoc/>
    public long? LostSamples(Kind kind, long pcode, TimeRange range)
    {
        long? count = 0;
        foreach (LostSection lost in _catalog.Manifest.Lost)
        {
            if (lost.Kind == kind && (lost.Pcode ?? pcode) == pcode && range.Overlaps(lost.FirstTime, lost.LastTime))
            {
                count += lost.Pcode is null ? null : lost.RowCount;
            }
        }

        return count;
    }

    /// <summary>
    /// Opens the store in a directory (made when absent): reads the manifest. Files that it does not name stay until <see cref="RemoveStrays"/>.
    /// </summary>
    /// <param name="files">The disk.</param>
    /// <param name="directory">The data directory; blocks lie in <c>blocks/</c>, the manifest is the file <c>manifest</c>.</param>
    /// <param name="nodeId">Identity of the directory, written into every file and checked when one is opened.</param>
    /// <param name="options">Bounds and retention.</param>
    /// <param name="apdexThresholdMicroseconds">The apdex threshold of a project, with which rollups are counted.</param>
    /// <param name="clock">The present, for ages and retention.</param>
    /// <param name="instruments">Counters.</param>
    /// <param name="logger">Where failures of background work are reported.</param>
    /// <exception cref="DamagedFileException">The manifest is damaged or of another node.</exception>
    /// <exception cref="UnknownFormatException">The manifest, or a block, is of a later version.</exception>
    public static EmbeddedStore Open(
        IFileSystem files, string directory, ulong nodeId, EmbeddedStoreOptions options, Func<long, long> apdexThresholdMicroseconds,
        TimeProvider clock, CoreInstruments instruments, ILogger logger) =>
        new(new StoreContext(files, directory, nodeId, options, apdexThresholdMicroseconds, clock, instruments, logger));

    /// <summary>
    /// Takes a batch into memory; it can be queried when the task completes. A batch that ends at or before <see cref="StoredThrough"/> is already stored and
    /// left out. Waits while too many heads wait for their seal. Never touches the disk.
    /// </summary>
    public ValueTask WriteAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken) =>
        end <= StoredThrough || TryWrite(batch, end) ? ValueTask.CompletedTask : WriteLaterAsync(batch, end, cancellationToken);

    /// <inheritdoc/>
    public bool HasAlert(long pcode, Guid id) => _alerts.Contains(pcode, id);

    /// <inheritdoc/>
    /// <exception cref="DamagedFileException">A block that the query needs can't be read; names file and offset.</exception>
    public ValueTask<QueryResult> QueryAsync(SampleQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TimeRange range = Maintenance.Retention.Clamp(query.Kind, query.Pcode, query.Range);
        return ValueTask.FromResult(new SnapshotScan(_snapshots, _scanThreads, _grouped, query, range, cancellationToken).Run());
    }

    /// <inheritdoc/>
    /// <exception cref="DamagedFileException">A block that the query needs can't be read; names file and offset.</exception>
    public ValueTask<SampleList> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(List(query, numbers: null, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<ISampleTail> FollowAsync(ListQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<ISampleTail>(new StoreTail(this, query, _context.Clock));
    }

    /// <inheritdoc/>
    /// <remarks>A batch is in memory before its response, so every acknowledged batch is seen.</remarks>
    public ValueTask<long> WatermarkAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_context.Clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>
    /// Reads into the cache what the first queries will need; seals, compacts and retains until cancelled. Failures are logged, counted and tried again.
    /// </summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Maintenance.RunAsync(cancellationToken), Task.Run(() => ReadAhead(cancellationToken), CancellationToken.None));

    /// <summary>Reads into the cache what the first queries will need.</summary>
    internal void ReadAhead(CancellationToken cancellationToken) => new RollupReadAhead(_context, _snapshots).Run(cancellationToken);

    /// <summary>Seals everything that is in memory now. Throws when the disk fails; nothing is lost then.</summary>
    public Task SealAsync(CancellationToken cancellationToken = default) => Maintenance.SealAsync(cancellationToken);

    /// <summary>Merges all blocks that may be merged, whatever their sizes.</summary>
    public Task CompactAsync(CancellationToken cancellationToken = default) => Maintenance.CompactAsync(cancellationToken);

    /// <summary>Deletes blocks whose samples are all too old, then the oldest blocks while the store is over its size.</summary>
    public Task RetainAsync(CancellationToken cancellationToken = default) => Maintenance.RetainAsync(cancellationToken);

    /// <summary>Closes the files, after <see cref="RunAsync"/> has ended. What is only in memory stays in the log and is replayed.</summary>
    public ValueTask DisposeAsync()
    {
        foreach (KindSchema schema in SampleSchema.All)
        {
            foreach (Block block in _snapshots.Current.BlocksOf(schema.Kind))
            {
                block.Release();
            }
        }

        Maintenance.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The greatest sequence number of samples that queries from now on see, with all before it.</summary>
    internal long QueryableNumber => Volatile.Read(ref _queryableNumber);

    /// <summary>Lists samples, perhaps only those with sequence numbers in a range.</summary>
    internal SampleList List(ListQuery query, ArrivalFilter? numbers, CancellationToken cancellationToken)
    {
        TimeRange range = Maintenance.Retention.Clamp(query.Kind, query.Pcode, query.Range);
        return new SnapshotListing(_snapshots, _context.NodeId, query, range, numbers, cancellationToken).Run();
    }

    private bool TryWrite(ValidBatch batch, LogPosition end)
    {
        lock (_writeGate)
        {
            if (IsFull(_snapshots.Current.Active) && !Freeze(_context.Options.MaxFrozenHeads))
            {
                return false;
            }

            Head head = _snapshots.Current.Active;
            head.Append(batch, end, _context.Clock.GetTimestamp());
            Volatile.Write(ref _queryableNumber, Math.Max(_queryableNumber, head.GreatestNumber));
            if (IsFull(head))
            {
                Freeze(_context.Options.MaxFrozenHeads);
            }

            return true;
        }
    }

    private async ValueTask WriteLaterAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken)
    {
        _context.Instruments.StoreWaits.Add(1);
        while (true)
        {
            // Taken before the attempt, so that a seal that ends in between is not missed.
            Task sealedOne = Maintenance.NextSeal;
            if (TryWrite(batch, end))
            {
                return;
            }

            await sealedOne.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsFull(Head head) => head.RowCount >= _context.Options.HeadRows || head.AllocatedBytes >= _context.Options.HeadBytes;

    private bool Freeze(int maxFrozen)
    {
        if (!_snapshots.TryFreeze(maxFrozen))
        {
            return false;
        }

        Maintenance.SealSoon();
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>A head that filled up while others waited is frozen here, once there is room.</remarks>
    void IHeadFreezer.FreezeDue()
    {
        lock (_writeGate)
        {
            Head head = _snapshots.Current.Active;
            if (IsFull(head) || (head.RowCount > 0 && _context.Clock.GetElapsedTime(head.FirstArrival) >= _context.Options.HeadAge))
            {
                Freeze(_context.Options.MaxFrozenHeads);
            }
        }
    }

    /// <inheritdoc/>
    void IHeadFreezer.FreezeAny()
    {
        lock (_writeGate)
        {
            if (_snapshots.Current.Active.RowCount > 0)
            {
                Freeze(int.MaxValue);
            }
        }
    }
}
