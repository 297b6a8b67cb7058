using System.Collections.Immutable;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Blocks.Writing;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Maintenance;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Compaction;

/// <summary>Merges blocks. One pass at a time.</summary>
/// <param name="context">What the store's parts share.</param>
/// <param name="catalog">Gets the merged blocks.</param>
/// <param name="snapshots">The blocks now.</param>
/// <param name="rest">Waits about a millisecond.</param>
internal sealed class Compactor(StoreContext context, BlockCatalog catalog, StoreSnapshots snapshots, Action rest)
{
    // While samples come faster than they are sealed, merges only slow them down. More small blocks of a kind than this make queries slow.
    private const int ManyBlocks = 256;

    // Blocks that can't be read. They are tried again after the next start.
    private readonly HashSet<long> _damaged = [];

    private readonly CompactionThrottle _throttle = new(rest);

    // What merges need, kept while one follows another and not longer: a large merge needs much that no small one does.
    private BlockScratch? _scratch;

    /// <summary>Merges once; false when no merge is worth it. Nothing is merged while heads wait for their seal, unless too many blocks wait.</summary>
    public bool MergeNext(CancellationToken cancellationToken)
    {
        _scratch ??= new(context, _throttle);
        foreach (KindSchema schema in SampleSchema.All)
        {
            if (((_throttle.Backlog = BacklogOf(schema.Kind)) >= 1 || snapshots.Current.Frozen.IsEmpty)
                && Readable(schema.Kind).Any(blocks => Merge(_scratch,
                    CompactionPlan.Next(blocks, context.Clock.GetUtcNow().ToUnixTimeMilliseconds(), context.Options.MaxBlockRows), cancellationToken)))
            {
                return true;
            }
        }

        _scratch = null;
        return false;
    }

    /// <summary>Merges while there is anything that may be merged.</summary>
    public void RunAll(CancellationToken cancellationToken)
    {
        BlockScratch scratch = new(context, CooperativeYield.Urgent);
        foreach (KindSchema schema in SampleSchema.All)
        {
            while (Readable(schema.Kind).Any(blocks => Merge(scratch, CompactionPlan.Any(blocks, context.Options.MaxBlockRows), cancellationToken)))
            {
            }
        }
    }

    private double BacklogOf(Kind kind)
    {
        int small = 0;
        foreach (Block block in snapshots.Current.BlocksOf(kind))
        {
            small += block.Entry.RowCount <= context.Options.MaxBlockRows / CompactionPlan.Fan ? 1 : 0;
        }

        return (double)small / ManyBlocks;
    }

    // Those of the project that is kept apart stay apart.
    private IEnumerable<ImmutableArray<Block>> Readable(Kind kind)
    {
        ImmutableArray<Block> readable = snapshots.Current.BlocksOf(kind).RemoveAll(block => _damaged.Contains(block.Entry.Id));
        yield return readable.RemoveAll(block => block.IsApart);
        yield return readable.RemoveAll(block => !block.IsApart);
    }

    private bool Merge(BlockScratch scratch, ImmutableArray<Block> sources, CancellationToken cancellationToken)
    {
        if (sources.IsEmpty)
        {
            return false;
        }

        // Retention runs on the same thread, so the store itself holds the blocks until the commit.
        try
        {
            BlockReader[] columns = [.. sources.Select(block => block.Open().Uncached())];
            long bytes = sources.Sum(block => block.Entry.Bytes);
            long rows = sources.Sum(block => block.Entry.RowCount);
            BlockEntry merged;
            using (MergingRows merge = new(SampleSchema.Of(sources[0].Entry.Kind), columns, bytes / rows, scratch, cancellationToken))
            {
                merged = catalog.Create(merge, scratch, cancellationToken);
            }

            catalog.Commit([merged], sources, null, scratch.Throttle);
            context.Instruments.Compactions.Add(1);
        }
        catch (DamagedFileException damage)
        {
            // The other blocks are merged without it. Queries that need it still fail and name it.
            _damaged.UnionWith(sources.Where(block => damage.Path.EndsWith(block.Entry.FileName, StringComparison.Ordinal)).Select(block => block.Entry.Id));
            context.Instruments.StoreFailures.Add(1);
            StoreLog.Damaged(context.Logger, damage.Path, damage.Offset, damage.Reason);
            if (!sources.Any(block => _damaged.Contains(block.Entry.Id)))
            {
                throw;
            }
        }

        return true;
    }
}

/// <summary>
/// A merge lets requests go first and also rests, since a thread that wakes up may have to wait even so. It rests less when more blocks wait to be merged,
/// and not at all when merges are far behind.
/// </summary>
/// <param name="rest">Waits about a millisecond.</param>
internal sealed class CompactionThrottle(Action rest) : CooperativeYield
{
    // A step takes about 0.1 ms and a rest a little over 1 ms, so a merge has a processor for a quarter of the time.
    private const int FewestSteps = 4;

    // How often the steps double until merges are far behind.
    private const int Doublings = 8;

    private int _stepsToRest = FewestSteps;

    /// <summary>How many blocks wait to be merged: 1 is too many.</summary>
    public double Backlog { get; set; }

    protected override bool IsUrgent() => Backlog >= 1;

    protected override void Resume()
    {
        if (--_stepsToRest == 0)
        {
            rest();
            _stepsToRest = FewestSteps << (int)(Backlog * Doublings);
        }
    }
}
