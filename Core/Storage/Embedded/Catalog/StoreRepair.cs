using System.Collections;
using System.Globalization;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Blocks.Writing;
using TimeSeries.Core.Storage.Embedded.Compaction;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Catalog;

/// <summary>
/// Puts a store right that has damaged or missing files: what can be read of a damaged block becomes a new one, and blocks that no manifest names are named
/// again unless their samples are there already. Nothing else may use the store meanwhile. Not thread safe.
/// </summary>
internal sealed class StoreRepair(StoreContext context, BlockCatalog catalog, StoreSnapshots snapshots)
{
    private readonly BlockScratch _scratch = new(context, CooperativeYield.Urgent);

    /// <summary>What was done, as sentences.</summary>
    public List<string> Actions { get; } = [];

    /// <summary>Sequence numbers that count as lost, of a kind or of all: from the first to before the last.</summary>
    public List<(Kind? Kind, long From, long To)> Lost { get; } = [];

    /// <summary>Samples that were said to be lost and are there again.</summary>
    public long RecoveredRows { get; private set; }

    /// <summary>Makes a manifest that names no block, when there is none that can be read; the former one goes to quarantine.</summary>
    /// <param name="context">What the store's parts share.</param>
    /// <param name="storedThrough">Gives the log position through which the log's samples are in blocks, from the greatest sequence number in any.</param>
    /// <returns>Whether the manifest was damaged or missing.</returns>
    /// <exception cref="UnknownFormatException">The manifest, or a block, is of a later version.</exception>
    public static bool ReplaceManifest(StoreContext context, Func<long, LogPosition> storedThrough)
    {
        IFileSystem files = context.Files;
        string[] blocks = [.. files.List(context.BlockDirectory).Where(path => path.EndsWith(".block", StringComparison.Ordinal))];
        BlockInspection.RefuseNewer(files, blocks);
        string reason = "it is missing or empty, though there are blocks";
        bool exists = files.Exists(context.ManifestPath);
        try
        {
            if ((exists && Manifest.Read(files, context.ManifestPath, context.NodeId) is not null) || blocks.Length == 0)
            {
                return false;
            }
        }
        catch (DamagedFileException damage)
        {
            reason = damage.Reason;
        }

        context.Instruments.Damage.Report(new FoundDamage(
            StoredFile.Manifest, context.ManifestPath, 0, reason, "Nothing is lost by that: it is made again from the blocks and the log."));
        if (exists)
        {
            context.Quarantine(context.ManifestPath);
        }

        List<BlockEntry> entries = [];
        foreach (string path in blocks)
        {
            if (BlockInspection.ReadDamagedEntry(context, path) is { } entry)
            {
                entries.Add(entry);
            }
            else
            {
                const string Loss = "Its samples are lost; how many is not known without a manifest.";
                context.Instruments.Damage.Report(new FoundDamage(StoredFile.Block, path, 0, "its footer can't be read", Loss));
            }
        }

        long greatest = entries.Count == 0 ? -1 : entries.Max(entry => entry.LastNumber);
        new Manifest
        {
            StoredThrough = storedThrough(greatest),
            GreatestNumber = greatest,
            NextBlockId = entries.Count == 0 ? 1 : entries.Max(entry => entry.Id) + 1,
        }.Write(files, context.ManifestPath, context.NodeId);
        return true;
    }

    /// <summary>Checks every block that the manifest names. Of a damaged one, what can be read is written again.</summary>
    public void RepairBlocks(CancellationToken cancellationToken)
    {
        foreach (Block block in snapshots.Current.Blocks.SelectMany(kind => kind).OrderBy(block => block.Entry.Id).ToArray())
        {
            BlockCheck check = BlockInspection.Check(context, block.Path, block.Entry, CooperativeYield.Urgent, cancellationToken);
            if (!check.IsDamaged)
            {
                continue;
            }

            // A missing one was reported when the store was opened.
            if (context.Files.Exists(block.Path))
            {
                check.Report(context.Instruments.Damage, block.Path);
            }
            else
            {
                Lost.Add((block.Entry.Kind, block.Entry.FirstNumber, block.Entry.LastNumber + 1));
            }

            BlockEntry? salvaged = Salvage(block.Path, check, cancellationToken);
            catalog.Quarantine(block, check.LostSections(), salvaged is null ? [] : [salvaged]);
            Actions.Add(string.Create(CultureInfo.InvariantCulture,
                $"{block.Path}: {salvaged?.RowCount ?? 0} of {block.Entry.RowCount} samples are in a new block; the damaged one is in quarantine."));
        }
    }

    /// <summary>Names blocks that no manifest names, in the folder of blocks and in quarantine, if none of their samples is there already.</summary>
    public void TakeInStrays(CancellationToken cancellationToken)
    {
        HashSet<string> named = [.. catalog.Manifest.Blocks.Select(block => block.FileName)];
        (string Path, BlockEntry Entry)[] strays =
        [
            .. from path in context.Files.List(context.BlockDirectory).Concat(context.Files.List(context.QuarantineDirectory))
               where !named.Contains(Path.GetFileName(path))
               let entry = BlockInspection.ReadDamagedEntry(context, path)
               where entry is not null
               orderby entry.RowCount descending, entry.Id
               select (path, entry),
        ];
        foreach ((string path, BlockEntry entry) in strays)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TakeIn(path, entry, cancellationToken);
        }
    }

    private void TakeIn(string path, BlockEntry entry, CancellationToken cancellationToken)
    {
        BlockCheck check = BlockInspection.Check(context, path, entry, CooperativeYield.Urgent, cancellationToken);
        if (check.Readable() is not { } index)
        {
            if (Path.GetDirectoryName(path) == context.BlockDirectory)
            {
                check.Report(context.Instruments.Damage, path);
                context.Quarantine(path);
                catalog.Lose(entry.Id, check.LostSections());
            }

            return;
        }

        // Of a damaged block in quarantine, what can be read was mostly taken in before.
        long[] numbers = NumbersOf(path, entry, index);
        int known = CountKnown(entry, numbers);
        if (known > 0)
        {
            if (known == numbers.Length && !check.IsDamaged)
            {
                context.Files.Delete(path);
                context.CountQuarantined();
                Actions.Add($"{path}: deleted, since all its samples are in other blocks.");
            }

            return;
        }

        if (check.IsDamaged)
        {
            check.Report(context.Instruments.Damage, path);
            BlockEntry salvaged = Salvage(path, check, cancellationToken)!;
            catalog.TakeIn(entry.Id, salvaged, check.LostSections());
            if (Path.GetDirectoryName(path) != context.QuarantineDirectory)
            {
                context.Quarantine(path);
            }
        }
        else
        {
            string home = Path.Combine(context.BlockDirectory, entry.FileName);
            if (path != home)
            {
                context.Files.Move(path, home);
                context.CountQuarantined();
            }

            catalog.TakeIn(entry.Id, entry, []);
        }

        RecoveredRows += numbers.LongCount(number => Lost.Exists(lost => (lost.Kind ?? entry.Kind) == entry.Kind && number >= lost.From && number < lost.To));
        Actions.Add(string.Create(CultureInfo.InvariantCulture, $"{path}: {numbers.Length} samples are in responses again."));
    }

    // How many of a block's sequence numbers named blocks of its kind have.
    private int CountKnown(BlockEntry entry, long[] numbers)
    {
        BitArray known = new(checked((int)(entry.LastNumber - entry.FirstNumber + 1)));
        foreach (Block block in snapshots.Current.BlocksOf(entry.Kind))
        {
            if (block.Entry.FirstNumber <= entry.LastNumber && block.Entry.LastNumber >= entry.FirstNumber)
            {
                foreach (long number in NumbersOf(block.Open().Uncached()))
                {
                    if (number >= entry.FirstNumber && number <= entry.LastNumber)
                    {
                        known[(int)(number - entry.FirstNumber)] = true;
                    }
                }
            }
        }

        return numbers.Count(number => known[(int)(number - entry.FirstNumber)]);
    }

    private long[] NumbersOf(string path, BlockEntry entry, BlockIndex index)
    {
        using IFile file = context.Files.Open(path, FileAccess.Read);
        return NumbersOf(new BlockReader(new ChecksummedReader(file, context), entry.Id, index, null));
    }

    private static long[] NumbersOf(BlockReader reader)
    {
        BlockIndex index = reader.Index;
        long[] numbers = new long[index.Chunks.Sum(chunk => chunk.RowCount)];
        int at = 0;
        for (int chunk = 0; chunk < index.Chunks.Length; chunk++)
        {
            reader.ReadNumbers(BlockIndex.NumberColumnOf(index.Schema), chunk, numbers.AsSpan(at, index.Chunks[chunk].RowCount));
            at += index.Chunks[chunk].RowCount;
        }

        return numbers;
    }

    private BlockEntry? Salvage(string path, BlockCheck check, CancellationToken cancellationToken)
    {
        if (check.Readable() is not { } index)
        {
            return null;
        }

        using IFile file = context.Files.Open(path, FileAccess.Read);
        BlockReader readable = new(new ChecksummedReader(file, context), check.Entry.Id, index, null);
        using MergingRows rows = new(
            SampleSchema.Of(check.Entry.Kind), [readable], check.Entry.Bytes / check.Entry.RowCount, _scratch, cancellationToken);
        return catalog.Create(rows, _scratch, cancellationToken);
    }
}
