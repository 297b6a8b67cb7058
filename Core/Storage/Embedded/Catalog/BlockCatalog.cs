using System.Collections.Immutable;
using TimeSeries.Core.Files;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Blocks.Writing;
using TimeSeries.Core.Storage.Embedded.Heads;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Catalog;

/// <summary>
/// Which blocks there are, on disk (the manifest) and for readers (the snapshot), always changed together and in this order. Thread safe.
/// </summary>
internal sealed class BlockCatalog
{
    private const string ManifestName = "manifest";
    private const string TemporarySuffix = ".tmp";

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly ulong _nodeId;
    private readonly ChunkCache _cache;
    private readonly LargeArrayPool _stock;
    private readonly CoreInstruments _instruments;

    // Guards the manifest while it is rewritten: seals, compaction and retention take turns.
    private readonly Lock _commitGate = new();

    // Guards the swap of the snapshot only: the writer takes it, so nothing under it touches the disk.
    private readonly Lock _swapGate = new();
    private readonly List<string> _leftovers = [];
    private volatile Manifest _manifest;
    private volatile StoreSnapshot _snapshot;
    private long _nextId;

    private BlockCatalog(
        IFileSystem files, string directory, ulong nodeId, Manifest manifest, ChunkCache cache, LargeArrayPool stock, CoreInstruments instruments)
    {
        _files = files;
        _directory = directory;
        _nodeId = nodeId;
        _manifest = manifest;
        _cache = cache;
        _instruments = instruments;
        _nextId = manifest.NextBlockId;
        _stock = stock;
        _snapshot = new StoreSnapshot(new Head(stock), [], [.. SampleSchema.All.Select(_ => ImmutableArray<Block>.Empty)]);
        Swap(manifest.Blocks, [], null);
    }

    public StoreSnapshot Snapshot => _snapshot;

    public Manifest Manifest => _manifest;

    public IFileSystem Files => _files;

    /// <summary>Where large arrays come from.</summary>
    public LargeArrayPool Stock => _stock;

    public ulong NodeId => _nodeId;

    /// <summary>Reads the manifest (or makes the first one) and deletes the files that it does not name.</summary>
    public static BlockCatalog Open(
        IFileSystem files, string directory, ulong nodeId, ChunkCache cache, LargeArrayPool stock, CoreInstruments instruments)
    {
        string blocks = BlocksOf(directory);
        files.CreateDirectory(directory);
        files.CreateDirectory(blocks);
        string path = Path.Combine(directory, ManifestName);
        IReadOnlyList<string> found = files.List(blocks);
        Manifest? manifest = files.Exists(path) ? Manifest.Read(files, path, nodeId) : null;
        if (manifest is null)
        {
            // The first manifest is written before the first block, so blocks without one are somebody's samples, not ours to delete.
            if (found.Any(file => file.EndsWith(".block", StringComparison.Ordinal)))
            {
                throw new DamagedFileException(path, 0, "it is missing or empty, though there are blocks; put it back, or move the blocks away");
            }

            manifest = new Manifest();
            manifest.Write(files, path, nodeId);
        }

        HashSet<string> named = new(manifest.Blocks.Select(block => Path.Combine(blocks, block.FileName)), StringComparer.Ordinal);
        foreach (string file in found)
        {
            if (!named.Contains(file))
            {
                files.Delete(file);
            }
        }

        return new BlockCatalog(files, directory, nodeId, manifest, cache, stock, instruments);
    }

    /// <summary>An id that no block has had.</summary>
    public long TakeId() => Interlocked.Increment(ref _nextId) - 1;

    /// <summary>Writes a block file whole and under its name, so that it only needs to be named by the manifest.</summary>
    public BlockEntry Create(IBlockRows rows, BlockScratch scratch, Func<long, long> apdexThresholdMicroseconds, CancellationToken cancellationToken)
    {
        long id = TakeId();
        string path = Path.Combine(BlocksOf(_directory), BlockFormat.FileName(rows.Schema.Kind, id));
        try
        {
            BlockEntry entry;
            using (IFile file = _files.Create(path + TemporarySuffix))
            {
                entry = new BlockBuilder(file, rows, scratch).Write(id, _nodeId, apdexThresholdMicroseconds, _instruments, cancellationToken);
            }

            _files.Move(path + TemporarySuffix, path);
            return entry;
        }
        catch
        {
            scratch.Abandon(rows.Schema);
            Forget(path + TemporarySuffix);
            Forget(path);
            throw;
        }
    }

    /// <summary>
    /// Names new blocks and forgets old ones, first on disk, then for readers, in one step each. With a head: the blocks hold all of it.
    /// When it throws nothing has changed for readers, and the disk holds either state whole.
    /// </summary>
    public void Commit(IReadOnlyCollection<BlockEntry> added, IReadOnlyCollection<Block> removed, Head? head, CooperativeYield pace)
    {
        lock (_commitGate)
        {
            Manifest manifest = _manifest;
            HashSet<long> gone = [.. removed.Select(block => block.Entry.Id)];
            Manifest next = manifest with
            {
                Blocks = [.. manifest.Blocks.Where(block => !gone.Contains(block.Id)), .. added],
                NextBlockId = Volatile.Read(ref _nextId),
                StoredThrough = head?.End ?? manifest.StoredThrough,
                GreatestNumber = Math.Max(manifest.GreatestNumber, head?.GreatestNumber ?? -1),
            };
            try
            {
                _files.FlushDirectory(BlocksOf(_directory));
                next.Write(_files, Path.Combine(_directory, ManifestName), _nodeId);
            }
            catch
            {
                // Which manifest stands is unknown, so the new files stay until one that does not name them was written.
                _leftovers.AddRange(added.Select(block => Path.Combine(BlocksOf(_directory), block.FileName)));
                throw;
            }

            _manifest = next;
            Swap(added, gone, head);
            DeleteLeftovers();
        }

        // Takes its time, which no other commit has to wait for.
        head?.Release();
        foreach (Block block in removed)
        {
            block.Retire(pace);
        }
    }

    /// <summary>Puts a new head in the active one's place; false when there are too many frozen ones already. Called by the writer alone.</summary>
    public bool TryFreeze(int maxFrozen)
    {
        lock (_swapGate)
        {
            StoreSnapshot snapshot = _snapshot;
            if (snapshot.Frozen.Length >= maxFrozen)
            {
                return false;
            }

            snapshot.Active.Freeze();
            _snapshot = snapshot with { Active = new Head(_stock, snapshot.Active), Frozen = snapshot.Frozen.Add(snapshot.Active) };
            return true;
        }
    }

    /// <summary>Takes hold of the heads and of the blocks of a kind that overlap a range; the caller disposes it.</summary>
    public SnapshotLease Hold(Kind kind, TimeRange range)
    {
        List<Block> held = [];
        while (true)
        {
            StoreSnapshot snapshot = _snapshot;
            if (!snapshot.TryPin())
            {
                continue;
            }

            bool whole = true;
            foreach (Block block in snapshot.BlocksOf(kind))
            {
                if (range.Overlaps(block.Entry.FirstTime, block.Entry.LastTime))
                {
                    whole = block.TryPin();
                    if (!whole)
                    {
                        break;
                    }

                    held.Add(block);
                }
            }

            if (whole)
            {
                return new SnapshotLease(snapshot, held);
            }

            // A block went between the look at the snapshot and the hold, so there is a newer snapshot.
            snapshot.Release();
            SnapshotLease.Release(held);
        }
    }

    private static string BlocksOf(string directory) => Path.Combine(directory, "blocks");

    private void Swap(IEnumerable<BlockEntry> added, HashSet<long> gone, Head? head)
    {
        List<Block> fresh = [.. added.Select(Make)];
        lock (_swapGate)
        {
            StoreSnapshot snapshot = _snapshot;
            ImmutableArray<ImmutableArray<Block>> blocks =
            [
                .. SampleSchema.All.Select(schema => snapshot.BlocksOf(schema.Kind)
                    .Where(block => !gone.Contains(block.Entry.Id))
                    .Concat(fresh.Where(block => block.Entry.Kind == schema.Kind))
                    .OrderBy(block => block.Entry.FirstTime).ThenBy(block => block.Entry.Id).ToImmutableArray()),
            ];
            _snapshot = snapshot with { Blocks = blocks, Frozen = head is null ? snapshot.Frozen : snapshot.Frozen.Remove(head) };
        }
    }

    private Block Make(BlockEntry entry) =>
        new(_files, Path.Combine(BlocksOf(_directory), entry.FileName), entry, _nodeId, _cache, _instruments);

    private void Forget(string path)
    {
        lock (_commitGate)
        {
            _leftovers.Add(path);
        }
    }

    private void DeleteLeftovers()
    {
        foreach (string path in _leftovers)
        {
            try
            {
                if (_files.Exists(path))
                {
                    _files.Delete(path);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The next start deletes what the manifest does not name.
                _instruments.StoreFailures.Add(1);
            }
        }

        _leftovers.Clear();
    }
}
