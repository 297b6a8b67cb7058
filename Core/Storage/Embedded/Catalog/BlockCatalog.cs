using System.Collections.Immutable;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Blocks.Writing;
using TimeSeries.Core.Storage.Embedded.Heads;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Catalog;

/// <summary>Which blocks there are: on disk (the manifest), then for readers (the snapshot), changed in this order. Thread safe.</summary>
internal sealed class BlockCatalog
{
    private const string TemporarySuffix = ".tmp";

    private readonly StoreContext _context;
    private readonly StoreSnapshots _snapshots;

    // Guards the manifest while it is rewritten: seals, compaction and retention take turns.
    private readonly Lock _commitGate = new();
    private readonly List<string> _leftovers = [];
    private volatile Manifest _manifest;
    private long _nextId;

    private BlockCatalog(StoreContext context, StoreSnapshots snapshots, Manifest manifest, StrayBlocks strays, long nextId)
    {
        _context = context;
        _snapshots = snapshots;
        _manifest = manifest;
        _nextId = nextId;
        Strays = strays;
        snapshots.Replace([.. manifest.Blocks.Select(Make)], [], null);
    }

    public Manifest Manifest => _manifest;

    /// <summary>The block files that no manifest named when the store was opened.</summary>
    public StrayBlocks Strays { get; }

    /// <summary>
    /// Reads the manifest, or makes the first one, and deletes files that were never finished. Reports blocks that it names and that are missing. Readers see
    /// its blocks then.
    /// </summary>
    /// <exception cref="UnknownFormatException">The manifest, or a block, is of a later version.</exception>
    public static BlockCatalog Open(StoreContext context, StoreSnapshots snapshots)
    {
        IFileSystem files = context.Files;
        files.CreateDirectory(context.Directory);
        files.CreateDirectory(context.BlockDirectory);
        IReadOnlyList<string> found = files.List(context.BlockDirectory);
        BlockInspection.RefuseNewer(files, found.Where(IsBlock));
        Manifest? manifest = files.Exists(context.ManifestPath) ? Manifest.Read(files, context.ManifestPath, context.NodeId) : null;
        if (manifest is null)
        {
            // The first manifest is written before the first block, so blocks without a manifest are samples that must not be deleted.
            if (found.Any(IsBlock))
            {
                const string Missing = "it is missing or empty, though there are blocks; put it back, or move the blocks away";
                throw new DamagedFileException(context.ManifestPath, 0, Missing);
            }

            manifest = new Manifest();
            manifest.Write(files, context.ManifestPath, context.NodeId);
        }

        Dictionary<string, BlockEntry> missing =
            manifest.Blocks.ToDictionary(block => Path.Combine(context.BlockDirectory, block.FileName), StringComparer.Ordinal);
        List<string> strays = [];
        long nextId = manifest.NextBlockId;
        foreach (string file in found)
        {
            // A name is not used again, even if the file goes to quarantine.
            nextId = BlockFormat.TryParseName(file, out _, out long id) ? Math.Max(nextId, id + 1) : nextId;
            if (!missing.Remove(file))
            {
                strays.Add(file);
            }
        }

        foreach ((string path, BlockEntry entry) in missing)
        {
            context.Instruments.Damage.Report(new FoundDamage(
                StoredFile.Block, path, 0, "the manifest names it, and it is missing", $"Its {BlockCheck.SamplesOf(entry)} are lost.", entry.RowCount));
        }

        foreach (string file in strays.Where(file => !IsBlock(file)))
        {
            files.Delete(file);
        }

        context.CountQuarantined();
        return new BlockCatalog(
            context, snapshots, manifest, new StrayBlocks(context, manifest, strays.FindAll(IsBlock), allNamedExist: missing.Count == 0), nextId);
    }

    /// <summary>Holds all blocks as the manifest names them now, until the hold is disposed: their files stay.</summary>
    public StoreHold Hold()
    {
        lock (_commitGate)
        {
            // The catalog itself holds what it names until the gate is open again.
            List<Block> held = [.. _snapshots.Current.Blocks.SelectMany(kind => kind).Where(block => block.TryPin())];
            return new StoreHold(_context.ManifestPath, _manifest.ToBytes(_context.NodeId), held);
        }
    }

    /// <summary>Writes a whole block file under its final name. The manifest does not name it yet.</summary>
    public BlockEntry Create(IBlockRows rows, BlockScratch scratch, CancellationToken cancellationToken)
    {
        long id = Interlocked.Increment(ref _nextId) - 1;
        string path = Path.Combine(_context.BlockDirectory, BlockFormat.FileName(rows.Schema.Kind, id));
        try
        {
            BlockEntry entry;
            using (IFile file = _context.Files.Create(path + TemporarySuffix))
            {
                entry = new BlockBuilder(file, rows, scratch).Write(id, cancellationToken);
            }

            _context.Files.Move(path + TemporarySuffix, path);
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
    /// Adds and removes blocks, first on disk, then for readers, in one step each. When a head is given, the new blocks hold all of it.
    /// When this throws, nothing has changed for readers, and the disk has either the old or the new state.
    /// </summary>
    public void Commit(IReadOnlyCollection<BlockEntry> added, IReadOnlyCollection<Block> removed, Head? head, CooperativeYield throttle)
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
                _context.Files.FlushDirectory(_context.BlockDirectory);
                next.Write(_context.Files, _context.ManifestPath, _context.NodeId);
            }
            catch
            {
                // Either manifest may be on disk now, so the new files stay until a manifest that does not name them was written.
                _leftovers.AddRange(added.Select(block => Path.Combine(_context.BlockDirectory, block.FileName)));
                throw;
            }

            _manifest = next;
            _snapshots.Replace([.. added.Select(Make)], gone, head);
            DeleteLeftovers();
        }

        // This takes long, and no other commit has to wait for it.
        head?.Release();
        foreach (Block block in removed)
        {
            block.Retire(throttle);
        }
    }

    /// <summary>
    /// Takes a damaged block away from queries, perhaps with another in its place, and moves its file to quarantine. What queries miss is among
    /// <see cref="Manifest.Lost"/> from then on.
    /// </summary>
    /// <exception cref="IOException">The manifest can't be written; nothing has changed for readers.</exception>
    public void Quarantine(Block block, ImmutableArray<LostSection> lost, params BlockEntry[] replacement)
    {
        Change([block.Entry.Id], replacement, lost);
        block.Quarantine();
    }

    /// <summary>Names blocks that were in quarantine, or what could be read of them.</summary>
    /// <param name="former">The id that the samples were lost under.</param>
    /// <param name="block">The block that has them now.</param>
    /// <param name="lost">What is still missing.</param>
    /// <exception cref="IOException">The manifest can't be written; nothing has changed for readers.</exception>
    public void TakeIn(long former, BlockEntry block, ImmutableArray<LostSection> lost) => Change([former], [block], lost);

    /// <summary>Notes samples that no block has any more.</summary>
    /// <exception cref="IOException">The manifest can't be written; nothing has changed for readers.</exception>
    public void Lose(long former, ImmutableArray<LostSection> lost) => Change([former], [], lost);

    /// <summary>Goes on behind a position of the log: what can't be read before it is lost, and everything else is in blocks.</summary>
    /// <exception cref="IOException">The manifest can't be written.</exception>
    public void SkipTo(LogPosition position)
    {
        lock (_commitGate)
        {
            Manifest next = _manifest with { StoredThrough = position > _manifest.StoredThrough ? position : _manifest.StoredThrough };
            next.Write(_context.Files, _context.ManifestPath, _context.NodeId);
            _manifest = next;
        }
    }

    private void Change(HashSet<long> gone, BlockEntry[] added, ImmutableArray<LostSection> lost)
    {
        lock (_commitGate)
        {
            _context.Files.FlushDirectory(_context.BlockDirectory);
            Manifest next = _manifest with
            {
                Blocks = [.. _manifest.Blocks.Where(block => !gone.Contains(block.Id)), .. added],
                NextBlockId = Volatile.Read(ref _nextId),
                GreatestNumber = added.Select(block => block.LastNumber).Append(_manifest.GreatestNumber).Max(),
                Lost = [.. _manifest.Lost.Where(section => !gone.Contains(section.BlockId)), .. lost],
            };
            next.Write(_context.Files, _context.ManifestPath, _context.NodeId);
            _manifest = next;
            _snapshots.Replace([.. added.Select(Make)], gone, null);
        }
    }

    /// <summary>Forgets lost samples; the next commit makes that durable.</summary>
    public void ForgetLost(Predicate<LostSection> isOver)
    {
        lock (_commitGate)
        {
            ImmutableArray<LostSection> left = _manifest.Lost.RemoveAll(isOver);
            if (left.Length < _manifest.Lost.Length)
            {
                _manifest = _manifest with { Lost = left };
            }
        }
    }

    private static bool IsBlock(string file) => file.EndsWith(".block", StringComparison.Ordinal);

    private Block Make(BlockEntry entry) =>
        new(_context, Path.Combine(_context.BlockDirectory, entry.FileName), entry);

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
                if (_context.Files.Exists(path))
                {
                    _context.Files.Delete(path);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The next start deletes what the manifest does not name.
                _context.Instruments.StoreFailures.Add(1);
            }
        }

        _leftovers.Clear();
    }
}
