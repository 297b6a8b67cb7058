using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Model;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>Reads one snapshot for one query: rollups where they fit, chunks for the rest, then the heads.</summary>
internal sealed class SnapshotScan(BlockCatalog catalog, SampleQuery query, TimeRange range, CancellationToken cancellationToken)
{
    private readonly Aggregation _aggregation = new(query, cancellationToken);
    private readonly List<TimeRange> _rest = [];

    public QueryResult Run()
    {
        if (!range.IsEmpty)
        {
            using HeldSnapshot held = catalog.Hold(query.Kind, range);
            foreach (Block block in held.Blocks)
            {
                Add(block);
            }

            foreach (Head head in held.Snapshot.Frozen)
            {
                Add(head);
            }

            Add(held.Snapshot.Active);
        }

        return _aggregation.Complete();
    }

    private void Add(Block block)
    {
        BlockColumns columns = block.Open();
        SectionIndex? section = columns.Index.Find(query.Pcode);
        if (section is null || !range.Overlaps(section.FirstTime, section.LastTime))
        {
            return;
        }

        _rest.Clear();
        if (query.UseRollups)
        {
            _aggregation.AddRollups(new SectionRollups(columns, section), range, _rest);
        }
        else
        {
            _rest.Add(range);
        }

        if (_rest.Count > 0)
        {
            AddChunks(columns, section);
        }
    }

    private void AddChunks(BlockColumns columns, SectionIndex section)
    {
        using BlockChunk chunk = new(columns);
        int next = 0;
        for (int i = section.FirstChunk; i < section.FirstChunk + section.ChunkCount && next < _rest.Count; i++)
        {
            ChunkIndex rows = columns.Index.Chunks[i];
            while (next < _rest.Count && _rest[next].To <= rows.FirstTime)
            {
                next++;
            }

            if (next == _rest.Count || !_rest[next].Overlaps(rows.FirstTime, rows.LastTime) || !ZoneMap.MayPass(columns.Index, i, query.Filters))
            {
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            chunk.MoveTo(i);
            for (int part = next; part < _rest.Count && _rest[part].Overlaps(rows.FirstTime, rows.LastTime); part++)
            {
                _aggregation.Add(chunk, _rest[part]);
            }
        }
    }

    private void Add(Head head)
    {
        if (!head.TryFind(query.Pcode, query.Kind, out HeadTable? table))
        {
            return;
        }

        HeadView view = table.View;
        foreach (HeadPieceView piece in view.Pieces)
        {
            if (range.Overlaps(piece.FirstTime, piece.LastTime))
            {
                _aggregation.Add(new HeadChunk(piece, view.Symbols), range);
            }
        }
    }
}
