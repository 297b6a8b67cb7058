using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Heads;

namespace TimeSeries.Core.Storage.Embedded.Alerts;

/// <summary>
/// Looks for an alert by its id, in memory first, then in the blocks whose filter does not rule it out. One in a block that can't be read is not found.
/// </summary>
internal sealed class AlertSearch(StoreSnapshots snapshots)
{
    public bool Contains(long pcode, Guid id)
    {
        using SnapshotLease held = snapshots.Hold(Kind.Alert, TimeRange.All);
        if (held.Snapshot.Active.HasAlert(pcode, id))
        {
            return true;
        }

        foreach (Head head in held.Snapshot.Frozen)
        {
            if (head.HasAlert(pcode, id))
            {
                return true;
            }
        }

        foreach (Block block in held.Blocks)
        {
            if (MayRead(block, pcode, id))
            {
                return true;
            }
        }

        return false;
    }

    // Pushes go on beside a block that can't be read: an alert in it is not known again. The reader has noted the block, and the scrub tells of it.
    private static bool MayRead(Block block, long pcode, Guid id)
    {
        try
        {
            return Contains(block.Open(), pcode, id);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool Contains(BlockReader columns, long pcode, Guid id)
    {
        if (columns.Index.Find(pcode) is not { } section || !AlertIds.MayContain(columns.ReadAlertFilter(), pcode, id))
        {
            return false;
        }

        using BlockChunk chunk = new(columns);
        byte[] text = AlertIds.TextOf(id);
        for (int i = section.FirstChunk; i < section.FirstChunk + section.ChunkCount; i++)
        {
            if (Holds(columns, chunk, i, text))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Holds(BlockReader columns, BlockChunk chunk, int at, ReadOnlySpan<byte> id)
    {
        if (columns.Index.Columns[AlertIds.Field] is not { HasDictionary: true } && !columns.MayHold(AlertIds.Field, at, id))
        {
            return false;
        }

        chunk.MoveTo(at);
        SymbolView texts = chunk.Symbols(AlertIds.Field);
        foreach (int code in chunk.Codes(AlertIds.Field))
        {
            if (code != TextColumn.Missing && texts[code].SequenceEqual(id))
            {
                return true;
            }
        }

        return false;
    }
}
