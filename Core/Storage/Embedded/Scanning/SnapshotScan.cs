using System.Runtime.ExceptionServices;
using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Catalog;
using TimeSeries.Core.Storage.Embedded.Heads;

namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>
/// Reads one snapshot for one query: rollups where they fit, and chunks of blocks and heads for the rest, on several threads where they are many.
/// </summary>
internal sealed class SnapshotScan(
    StoreSnapshots snapshots, ScanParallelism threads, HashAggregatorPool pool, SampleQuery query, TimeRange range, CancellationToken cancellationToken)
{
    // Fewer rows are read before another thread has begun.
    private const long RowsWorthAThread = 65_536;

    private readonly TextPruner _texts = new(query.Pcode, query.Kind, query.Filters);
    private readonly Aggregation _aggregation = new(query, pool, cancellationToken);
    private readonly List<ScanRange> _parts = [];
    private readonly List<TimeRange> _rest = [];
    private long _rows;

    public QueryResult Run()
    {
        if (!range.IsEmpty)
        {
            using SnapshotLease held = snapshots.Hold(query.Kind, range);
            foreach (Block block in held.Blocks)
            {
                Find(block);
            }

            foreach (Head head in held.Snapshot.Frozen)
            {
                Find(head);
            }

            Find(held.Snapshot.Active);
            Read();
        }

        return _aggregation.Complete();
    }

    private void Find(Block block)
    {
        BlockReader columns = block.Open();
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
            FindChunks(columns, section, [.. _rest]);
        }
    }

    private void FindChunks(BlockReader columns, SectionIndex section, TimeRange[] ranges)
    {
        bool[]? withTexts = _texts.MayHold(columns) ? _texts.ChunksOf(columns, section) : new bool[section.ChunkCount];
        int next = 0;
        for (int i = section.FirstChunk; i < section.FirstChunk + section.ChunkCount && next < ranges.Length; i++)
        {
            ChunkIndex rows = columns.Index.Chunks[i];
            while (next < ranges.Length && ranges[next].To <= rows.FirstTime)
            {
                next++;
            }

            if (next < ranges.Length && withTexts?[i - section.FirstChunk] != false
                && ranges[next].Overlaps(rows.FirstTime, rows.LastTime) && ZoneMap.MayPass(columns.Index, i, query.Filters))
            {
                _parts.Add(new ScanRange(columns, i, Head: null, ranges, next));
                _rows += rows.RowCount;
            }
        }
    }

    private void Find(Head head)
    {
        if (!head.TryFind(query.Pcode, query.Kind, out HeadTable? table))
        {
            return;
        }

        HeadView view = table.View;
        TimeRange[] ranges = [range];
        foreach (HeadChunkSnapshot part in view.Chunks)
        {
            if (range.Overlaps(part.FirstTime, part.LastTime))
            {
                _parts.Add(new ScanRange(Columns: null, Chunk: 0, new HeadChunkReader(part, view.Symbols), ranges, FirstRange: 0));
                _rows += part.RowCount;
            }
        }
    }

    private void Read()
    {
        if (_parts.Count == 0)
        {
            return;
        }

        int entered = threads.Enter((int)Math.Min(_rows / RowsWorthAThread, _parts.Count - 1));
        try
        {
            ReadWith(entered);
        }
        finally
        {
            threads.Leave(entered);
        }
    }

    private void ReadWith(int threadCount)
    {
        WorkStealingRanges shares = new(_parts.Count, threadCount);
        if (threadCount == 1)
        {
            Read(shares, 0, _aggregation);
            return;
        }

        Aggregation[] parts = new Aggregation[threadCount];
        parts[0] = _aggregation;
        for (int i = 1; i < parts.Length; i++)
        {
            parts[i] = new Aggregation(query, pool, cancellationToken);
        }

        try
        {
            // This thread is one of them, and does all where no other one is free.
            Parallel.For(0, threadCount, new ParallelOptions { MaxDegreeOfParallelism = threadCount }, i => Read(shares, i, parts[i]));
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.Flatten().InnerExceptions[0]);
        }

        for (int i = 1; i < parts.Length; i++)
        {
            _aggregation.Merge(parts[i]);
        }
    }

    private void Read(WorkStealingRanges shares, int thread, Aggregation into)
    {
        BlockChunk? chunk = null;
        try
        {
            for (int next = shares.Take(thread); next >= 0; next = shares.Take(thread))
            {
                cancellationToken.ThrowIfCancellationRequested();
                ScanRange part = _parts[next];
                if (part.Head is { } head)
                {
                    into.Add(head, range);
                    continue;
                }

                if (!_texts.MayHold(part.Columns!, part.Chunk))
                {
                    continue;
                }

                if (chunk is null || !ReferenceEquals(chunk.Columns, part.Columns))
                {
                    chunk?.Dispose();
                    chunk = new BlockChunk(part.Columns!);
                }

                chunk.MoveTo(part.Chunk);
                Read(chunk, part, into);
            }
        }
        finally
        {
            chunk?.Dispose();
        }
    }

    private static void Read(BlockChunk chunk, ScanRange part, Aggregation into)
    {
        for (int i = part.FirstRange; i < part.Ranges.Length && part.Ranges[i].Overlaps(chunk.FirstTime, chunk.LastTime); i++)
        {
            into.Add(chunk, part.Ranges[i]);
        }
    }
}

/// <summary>A chunk of a block or of a head that a scan reads.</summary>
/// <param name="Columns">The block that the chunk is of; null for a chunk of a head.</param>
/// <param name="Chunk">The chunk's number in its block.</param>
/// <param name="Head">The chunk of a head; null for a chunk of a block.</param>
/// <param name="Ranges">The ranges of times that are read: ascending and disjoint.</param>
/// <param name="FirstRange">The first of them that overlaps the chunk.</param>
internal readonly record struct ScanRange(BlockReader? Columns, int Chunk, HeadChunkReader? Head, TimeRange[] Ranges, int FirstRange);

/// <summary>The rollups of one project in one block, as the aggregation asks for them.</summary>
internal sealed class SectionRollups(BlockReader columns, SectionIndex section) : IRollupSource
{
    public long FirstTime => section.FirstTime;

    public long LastTime => section.LastTime;

    public Rollup? Find(int specIndex, RollupLevel level, bool withSketches)
    {
        foreach (RollupExtent rollup in section.Rollups)
        {
            if (rollup.SpecIndex == specIndex && rollup.Level == level)
            {
                return columns.ReadRollup(rollup.Extent, withSketches);
            }
        }

        return null;
    }
}
