using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Compaction;

namespace TimeSeries.Core.Storage.Embedded.Catalog;

/// <summary>Leaves out samples that are too old: in responses to the millisecond, on disk block by block.</summary>
internal sealed class BlockRetention(StoreContext context, BlockCatalog catalog, StoreSnapshots snapshots, Action rest)
{
    /// <summary>The part of a range whose samples are not too old.</summary>
    public TimeRange Clamp(Kind kind, long pcode, TimeRange range) =>
        range with { From = Math.Max(range.From, EarliestOf(kind, pcode == context.Options.Apart?.Pcode)) };

    /// <summary>Deletes blocks whose samples are all too old, then the oldest blocks while the store is over its size.</summary>
    public void Run()
    {
        List<Block> removed = [];
        List<Block> kept = [];
        foreach (KindSchema schema in SampleSchema.All)
        {
            long earliest = EarliestOf(schema.Kind, isApart: false);
            long earliestApart = EarliestOf(schema.Kind, isApart: true);
            foreach (Block block in snapshots.Current.BlocksOf(schema.Kind))
            {
                bool isTooOld = block.Entry.LastTime < earliest || (block.Entry.LastTime < earliestApart && block.IsApart);
                (isTooOld ? removed : kept).Add(block);
            }
        }

        kept.Sort((left, right) => (left.Entry.LastTime, left.Entry.Id).CompareTo((right.Entry.LastTime, right.Entry.Id)));
        long bytes = kept.Sum(block => block.Entry.Bytes);
        foreach (Block block in kept)
        {
            if (bytes <= (context.Options.MaxBytes ?? long.MaxValue))
            {
                break;
            }

            removed.Add(block);
            bytes -= block.Entry.Bytes;
        }

        // What is lost of them would have been deleted too.
        catalog.ForgetLost(lost => lost.LastTime < EarliestOf(lost.Kind, isApart: false));
        if (removed.Count > 0)
        {
            catalog.Commit([], removed, null, new CompactionThrottle(rest));
        }
    }

    private long EarliestOf(Kind kind, bool isApart)
    {
        TimeSpan? kept = context.Options.Retention(kind);
        if (isApart && context.Options.Apart is { } apart && (kept is null || apart.Kept < kept))
        {
            kept = apart.Kept;
        }

        return kept is { } retention ? context.Clock.GetUtcNow().ToUnixTimeMilliseconds() - (long)retention.TotalMilliseconds : long.MinValue;
    }
}
