using Microsoft.Extensions.Logging;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Files;
using TimeSeries.Core.Memory;
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
public sealed class EmbeddedStore : ISampleStore, ISampleReader, IAsyncDisposable
{
    // Two heads, as are in memory while seals are behind: their memory lies ready when they catch up. And about one more, for what a seal and a merge take.
    private const int StockedHeads = 3;

    // All documented endpoints over a day of a million transactions take about a third.
    private const long GroupedBytes = 32L << 20;

    private readonly EmbeddedStoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly CoreInstruments _instruments;
    private readonly BlockCatalog _catalog;
    private readonly AlertSearch _alerts;
    private readonly StoreMaintenance _tending;
    private readonly ScanParallelism _scanThreads;
    private readonly HashAggregatorPool _grouped = new(GroupedBytes);

    // Guards the active head: the writer's batch and a freeze take turns. Nothing under it touches the disk.
    private readonly Lock _writeGate = new();

    private EmbeddedStore(
        BlockCatalog catalog, EmbeddedStoreOptions options, Func<long, long> apdexThresholdMicroseconds, TimeProvider clock,
        CoreInstruments instruments, ILogger logger)
    {
        _catalog = catalog;
        _options = options;
        _clock = clock;
        _instruments = instruments;
        _alerts = new AlertSearch(catalog);
        _scanThreads = new ScanParallelism(options.ScanParallelism);
        _tending = new StoreMaintenance(catalog, options, apdexThresholdMicroseconds, clock, instruments, logger, FreezeDue, FreezeAny);
    }

    /// <inheritdoc/>
    public LogPosition StoredThrough => _catalog.Manifest.StoredThrough;

    /// <summary>The greatest sequence number in any block; −1 when there is none. The log goes on behind what it replays and this.</summary>
    public long GreatestNumber => _catalog.Manifest.GreatestNumber;

    /// <inheritdoc/>
    public long NextNumber => GreatestNumber + 1;

    /// <inheritdoc/>
    public string? NotReadyReason => SealFailing ? "the store can't write its blocks" : null;

    /// <summary>Whether the last seal failed; it is being tried again.</summary>
    public bool SealFailing => _tending.SealFailing;

    /// <summary>How many blocks there are.</summary>
    public int BlockCount => _catalog.Manifest.Blocks.Length;

    /// <summary>Bytes of all blocks.</summary>
    public long BlockBytes => _catalog.Manifest.Blocks.Sum(block => block.Bytes);

    /// <summary>Opens the store in a directory (made when absent): reads the manifest and deletes files that it does not name.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="directory">The data directory; blocks lie in <c>blocks/</c>, the manifest is the file <c>manifest</c>.</param>
    /// <param name="nodeId">Identity of the directory, written into every file and checked when one is opened.</param>
    /// <param name="options">Bounds and retention.</param>
    /// <param name="apdexThresholdMicroseconds">The apdex threshold of a project, with which rollups are counted.</param>
    /// <param name="clock">The present, for ages and retention.</param>
    /// <param name="instruments">Counters.</param>
    /// <param name="logger">Where failures of background work are told.</param>
    /// <exception cref="DamagedFileException">The manifest is damaged, of an unknown version or of another node.</exception>
    public static EmbeddedStore Open(
        IFileSystem files, string directory, ulong nodeId, EmbeddedStoreOptions options, Func<long, long> apdexThresholdMicroseconds,
        TimeProvider clock, CoreInstruments instruments, ILogger logger)
    {
        ChunkCache cache = new(options.CacheBytes);
        BlockCatalog catalog = BlockCatalog.Open(files, directory, nodeId, cache, new LargeArrayPool(StockedHeads * options.HeadBytes), instruments);
        return new EmbeddedStore(catalog, options, apdexThresholdMicroseconds, clock, instruments, logger);
    }

    /// <summary>
    /// Takes a batch into memory; it is queryable when the task completes. A batch that ends at or before <see cref="StoredThrough"/> is
    /// stored already and left out. Waits while too many heads wait for their seal. Never touches the disk.
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
        TimeRange range = _tending.Retention.Clamp(query.Kind, query.Range);
        return ValueTask.FromResult(new SnapshotScan(_catalog, _scanThreads, _grouped, query, range, cancellationToken).Run());
    }

    /// <inheritdoc/>
    /// <exception cref="DamagedFileException">A block that the query needs can't be read; names file and offset.</exception>
    public ValueTask<SampleList> ListAsync(ListQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TimeRange range = _tending.Retention.Clamp(query.Kind, query.Range);
        return ValueTask.FromResult(new SnapshotListing(_catalog, query, range, cancellationToken).Run());
    }

    /// <inheritdoc/>
    /// <remarks>A batch is in memory before it is answered, so whatever was answered by now is seen.</remarks>
    public ValueTask<long> WatermarkAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Seals, compacts and retains until cancelled: the host runs this beside its work. Failures are logged, counted and tried again.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _tending.RunAsync(cancellationToken);

    /// <summary>Seals everything that is in memory now. Throws when the disk fails; nothing is lost then.</summary>
    public Task SealAsync(CancellationToken cancellationToken = default) => _tending.SealAsync(cancellationToken);

    /// <summary>Merges all blocks that may be merged, whatever their sizes.</summary>
    public Task CompactAsync(CancellationToken cancellationToken = default) => _tending.CompactAsync(cancellationToken);

    /// <summary>Deletes blocks whose samples are all past their retention, then the oldest ones while the store is over its size.</summary>
    public Task RetainAsync(CancellationToken cancellationToken = default) => _tending.RetainAsync(cancellationToken);

    /// <summary>Closes the files, once <see cref="RunAsync"/> has ended. What is only in memory stays in the log and is replayed.</summary>
    public ValueTask DisposeAsync()
    {
        foreach (KindSchema schema in SampleSchema.All)
        {
            foreach (Block block in _catalog.Snapshot.BlocksOf(schema.Kind))
            {
                block.Release();
            }
        }

        _tending.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool TryWrite(ValidBatch batch, LogPosition end)
    {
        lock (_writeGate)
        {
            if (IsFull(_catalog.Snapshot.Active) && !Freeze(_options.MaxFrozenHeads))
            {
                return false;
            }

            Head head = _catalog.Snapshot.Active;
            head.Append(batch, end, _clock.GetTimestamp());
            if (IsFull(head))
            {
                Freeze(_options.MaxFrozenHeads);
            }

            return true;
        }
    }

    private async ValueTask WriteLaterAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken)
    {
        _instruments.StoreWaits.Add(1);
        while (true)
        {
            // Asked for before the attempt, so that a seal that ends in between is not missed.
            Task sealedOne = _tending.NextSeal;
            if (TryWrite(batch, end))
            {
                return;
            }

            await sealedOne.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsFull(Head head) => head.RowCount >= _options.HeadRows || head.AllocatedBytes >= _options.HeadBytes;

    private bool Freeze(int maxFrozen)
    {
        if (!_catalog.TryFreeze(maxFrozen))
        {
            return false;
        }

        _tending.SealSoon();
        return true;
    }

    // A head that filled up while others waited is frozen here, once there is room.
    private void FreezeDue()
    {
        lock (_writeGate)
        {
            Head head = _catalog.Snapshot.Active;
            if (IsFull(head) || (head.RowCount > 0 && _clock.GetElapsedTime(head.FirstArrival) >= _options.HeadAge))
            {
                Freeze(_options.MaxFrozenHeads);
            }
        }
    }

    private void FreezeAny()
    {
        lock (_writeGate)
        {
            if (_catalog.Snapshot.Active.RowCount > 0)
            {
                Freeze(int.MaxValue);
            }
        }
    }
}
