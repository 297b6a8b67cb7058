using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Heads;

namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>Finds the chunks of a snapshot that may have rows of a list, by what their indexes tell.</summary>
internal sealed class ChunkPruner(ListQuery query, TimeRange range, TextPruner texts, List<ListChunk> into)
{
    /// <summary>Only samples with greater sequence numbers are listed.</summary>
    public long SeenNumber { get; init; } = -1;

    public void Find(SnapshotLease held)
    {
        foreach (Block block in held.Blocks)
        {
            if (block.Entry.LastNumber > SeenNumber)
            {
                Find(block.Open());
            }
        }

        foreach (Head head in held.Snapshot.Frozen)
        {
            Find(head);
        }

        Find(held.Snapshot.Active);
    }

    private void Find(BlockReader columns)
    {
        SectionIndex? section = columns.Index.Find(query.Pcode);
        if (section is null || !range.Overlaps(section.FirstTime, section.LastTime) || !texts.MayHold(columns))
        {
            return;
        }

        bool[]? withTexts = texts.ChunksOf(columns, section);
        for (int i = section.FirstChunk; i < section.FirstChunk + section.ChunkCount; i++)
        {
            ChunkIndex chunk = columns.Index.Chunks[i];
            if (withTexts?[i - section.FirstChunk] != false
                && range.Overlaps(chunk.FirstTime, chunk.LastTime) && ZoneMap.MayPass(columns.Index, i, query.Filters))
            {
                into.Add(new ListChunk
                {
                    Columns = columns,
                    Chunk = i,
                    RowCount = chunk.RowCount,
                    FirstTime = chunk.FirstTime,
                    LastTime = chunk.LastTime,
                });
            }
        }
    }

    private void Find(Head head)
    {
        if (!head.TryFind(query.Pcode, query.Kind, out HeadTable? table))
        {
            return;
        }

        // The rows first: an alert that comes in between is not in them, whatever the head knows by then.
        HeadView view = table.View;
        HashSet<int>? wanted = texts.ChunksOf(head);
        for (int i = 0; i < view.Chunks.Length; i++)
        {
            HeadChunkSnapshot chunk = view.Chunks[i];
            if (range.Overlaps(chunk.FirstTime, chunk.LastTime) && wanted?.Contains(i) != false && chunk.SequenceNumbers[chunk.RowCount - 1] > SeenNumber)
            {
                into.Add(new ListChunk
                {
                    Head = new HeadChunkReader(chunk, view.Symbols),
                    RowCount = chunk.RowCount,
                    FirstTime = chunk.FirstTime,
                    LastTime = chunk.LastTime,
                });
            }
        }
    }
}
