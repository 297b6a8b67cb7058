using Microsoft.Extensions.Logging;
using TimeSeries.Core.Files;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>What the parts of one embedded store share. Made when the store is opened. Thread safe.</summary>
/// <param name="Files">The disk.</param>
/// <param name="Directory">The data directory.</param>
/// <param name="NodeId">Identity of the directory, written into every file and checked when one is opened.</param>
/// <param name="Options">Bounds and retention.</param>
/// <param name="ApdexThresholdMicroseconds">The apdex threshold of a project. Rollups are counted with it.</param>
/// <param name="Clock">The present, for ages and retention.</param>
/// <param name="Instruments">Counters.</param>
/// <param name="Logger">Where failures of background work are reported.</param>
internal sealed record StoreContext(
    IFileSystem Files, string Directory, ulong NodeId, EmbeddedStoreOptions Options, Func<long, long> ApdexThresholdMicroseconds,
    TimeProvider Clock, CoreInstruments Instruments, ILogger Logger)
{
    // Two heads are in memory while seals are behind, and a seal and a merge take about one more.
    private const int PooledHeads = 3;

    /// <summary>The file that names the blocks.</summary>
    public string ManifestPath { get; } = Path.Combine(Directory, "manifest");

    /// <summary>The folder of the block files.</summary>
    public string BlockDirectory { get; } = Path.Combine(Directory, "blocks");

    /// <summary>What was read from blocks.</summary>
    public ChunkCache Cache { get; } = new(Options.CacheBytes);

    /// <summary>Where large arrays come from.</summary>
    public LargeArrayPool Pool { get; } = new(PooledHeads * Options.HeadBytes);
}
