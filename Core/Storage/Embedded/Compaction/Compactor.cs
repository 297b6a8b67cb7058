using System.Collections.Immutable;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Blocks.Writing;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Maintenance;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Compaction;

/// <summary>Merges blocks. One pass at a time.</summary>
internal sealed class Compactor(StoreContext context, BlockCatalog catalog, StoreSnapshots snapshots)
{
    // While samples come faster than they are sealed, merges would only make them slower; more blocks of a kind than these that may be merged would make
    // queries slow.
    private const int ManyBlocks = 256;

    // Blocks that can't be read: tried again after the next start only.
    private readonly HashSet<long> _damaged = [];

    /// <summary>Merges while there is something worth it, and leaves the processors to seals while heads wait for theirs.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        // Not kept between runs: a large merge needs much that no small one does.
        CompactionThrottle throttle = new();
        BlockScratch scratch = new(context, throttle);
        foreach (KindSchema schema in SampleSchema.All)
        {
            while (((throttle.Backlog = BacklogOf(schema.Kind)) >= 1 || snapshots.Current.Frozen.IsEmpty)
                && Merge(scratch,
                    CompactionPlan.Next(Readable(schema.Kind), context.Clock.GetUtcNow().ToUnixTimeMilliseconds(), context.Options.MaxBlockRows),
                    cancellationToken))
            {
            }
        }
    }

    /// <summary>Merges while there is anything that may be merged.</summary>
    public void RunAll(CancellationToken cancellationToken)
    {
        BlockScratch scratch = new(context, CooperativeYield.Urgent);
        foreach (KindSchema schema in SampleSchema.All)
        {
            while (Merge(scratch, CompactionPlan.Any(Readable(schema.Kind), context.Options.MaxBlockRows), cancellationToken))
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

    private ImmutableArray<Block> Readable(Kind kind) =>
        snapshots.Current.BlocksOf(kind).RemoveAll(block => _damaged.Contains(block.Entry.Id));

    private bool Merge(BlockScratch scratch, ImmutableArray<Block> sources, CancellationToken cancellationToken)
    {
        if (sources.IsEmpty)
        {
            return false;
        }

        // Retention takes turns with this, so the store itself holds the blocks until the commit.
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
            // Its neighbours are merged without it; queries that need it go on failing by its name.
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
