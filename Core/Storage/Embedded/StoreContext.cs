using Microsoft.Extensions.Logging;
using TimeSeries.Core.Files;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>What the parts of one embedded store share: the arguments of <see cref="EmbeddedStore.Open"/>, cache and pool. Thread safe.</summary>
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
