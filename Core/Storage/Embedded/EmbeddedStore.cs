using Microsoft.Extensions.Logging;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>
/// The embedded columnar store: recent samples in memory (the head), older ones in immutable block files named by a manifest.
/// One process owns the directory. <see cref="WriteAsync"/> is called by one caller at a time, in log order; everything else is thread safe.
/// </summary>
public sealed class EmbeddedStore : ISampleWriter, ISampleReader, IAsyncDisposable
{
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
        TimeProvider clock, CoreInstruments instruments, ILogger logger) => throw new NotImplementedException();

    /// <inheritdoc/>
    public LogPosition StoredThrough => throw new NotImplementedException();

    /// <summary>The greatest running number in any block; −1 when there is none. The log goes on behind what it replays and this.</summary>
    public long GreatestNumber => throw new NotImplementedException();

    /// <summary>Whether the last seal failed; it is being tried again.</summary>
    public bool SealFailing => throw new NotImplementedException();

    /// <summary>
    /// Takes a batch into memory; it is queryable when the task completes. A batch that ends at or before <see cref="StoredThrough"/> is
    /// stored already and left out. Waits while too many heads wait for their seal. Never touches the disk.
    /// </summary>
    public ValueTask WriteAsync(ValidBatch batch, LogPosition end, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool HasAlert(long pcode, Guid id) => throw new NotImplementedException();

    /// <inheritdoc/>
    /// <exception cref="DamagedFileException">A block that the query needs can't be read; names file and offset.</exception>
    public ValueTask<QueryResult> QueryAsync(SampleQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Seals, compacts and retains until cancelled: the host runs this beside its work. Failures are logged, counted and tried again.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Seals everything that is in memory now. Throws when the disk fails; nothing is lost then.</summary>
    public Task SealAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Merges all blocks that may be merged, whatever their sizes.</summary>
    public Task CompactAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Deletes blocks whose samples are all past their retention, then the oldest ones while the store is over its size.</summary>
    public Task RetainAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Closes the files. What is only in memory stays in the log and is replayed.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
