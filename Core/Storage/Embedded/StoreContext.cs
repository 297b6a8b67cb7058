using System.Collections.Concurrent;
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

    /// <summary>The folder of files that no query reads any more, and that nobody deletes.</summary>
    public string QuarantineDirectory { get; } = Path.Combine(Directory, "quarantine");

    /// <summary>Paths of blocks with a read that failed: those that are to be checked soon, and those that were and are known to be damaged.</summary>
    public ConcurrentDictionary<string, SuspectState> Suspects { get; } = new();

    /// <summary>What was read from blocks.</summary>
    public ChunkCache Cache { get; } = new(Options.CacheBytes);

    /// <summary>Where large arrays come from.</summary>
    public LargeArrayPool Pool { get; } = new(PooledHeads * Options.HeadBytes);

    /// <summary>Moves a file of the directory to quarantine, durably.</summary>
    /// <exception cref="IOException">It could not be moved.</exception>
    public void Quarantine(string path)
    {
        Files.CreateDirectory(QuarantineDirectory);
        Files.Move(path, Path.Combine(QuarantineDirectory, Path.GetFileName(path)));
        Files.FlushDirectory(QuarantineDirectory);
        Files.FlushDirectory(Path.GetDirectoryName(path)!);
        CountQuarantined();
    }

    /// <summary>Tells how many files are in quarantine.</summary>
    public void CountQuarantined() => Instruments.Damage.Quarantined = Files.List(QuarantineDirectory).Count;
}

/// <summary>What is known of a block with a read that failed.</summary>
internal enum SuspectState : byte
{
    /// <summary>It is to be checked.</summary>
    Unchecked,

    /// <summary>It was checked and reported.</summary>
    Damaged,
}
