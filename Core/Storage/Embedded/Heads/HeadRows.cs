using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Writing;

namespace TimeSeries.Core.Storage.Embedded.Heads;

/// <summary>The rows of one kind of a frozen head, in a block's order.</summary>
internal sealed class HeadRows : IBlockRows, IDisposable
{
    private const int ChunkBits = 14;
    private const int ChunkMask = HeadChunk.MaxRows - 1;

    private readonly LargeArrayPool _pool;
    private readonly HeadView[] _views;
    private readonly int[]?[] _orders;
    private readonly BlockProject[] _projects;
    private readonly int[]?[] _remaps;

    // The open column of each chunk of the open project, written again for each chunk.
    private readonly long[]?[] _numbersOfChunks;
    private readonly int[]?[] _codesOfChunks;
    private SymbolTable? _union;
    private SymbolView? _dictionary;
    private int _column;
    private int _project;
    private int _row;

    public HeadRows(KindSchema schema, ReadOnlySpan<HeadTable> tables, BlockScratch scratch)
    {
        _pool = scratch.Pool;
        Schema = schema;
        _views = new HeadView[tables.Length];
        _orders = new int[]?[tables.Length];
        _projects = new BlockProject[tables.Length];
        _remaps = new int[]?[tables.Length];
        long bytes = 0;
        int chunks = 0;
        for (int i = 0; i < tables.Length; i++)
        {
            _views[i] = tables[i].View;
            _orders[i] = TimeSort.Of(_views[i], scratch.Pool, scratch.Throttle);
            _projects[i] = new BlockProject(tables[i].Pcode, _views[i].RowCount);
            bytes += tables[i].AllocatedBytes;
            RowCount += _views[i].RowCount;
            chunks = Math.Max(chunks, _views[i].Chunks.Length);
        }

        BytesPerRow = RowCount == 0 ? 0 : bytes / RowCount;
        _numbersOfChunks = new long[]?[chunks];
        _codesOfChunks = new int[]?[chunks];
    }

    public KindSchema Schema { get; }

    public long RowCount { get; }

    public IReadOnlyList<BlockProject> Projects => _projects;

    public long BytesPerRow { get; }

    public IReadOnlyList<IRollupStream> RollupsOf(long pcode) => [];

    public bool Has(int column)
    {
        if (column == BlockIndex.NumberColumnOf(Schema))
        {
            return true;
        }

        foreach (HeadView view in _views)
        {
            foreach (HeadChunkSnapshot chunk in view.Chunks)
            {
                if (chunk.Numbers[column] is not null || chunk.Codes[column] is not null)
                {
                    return true;
                }
            }
        }

        return false;
    }

    public void OpenNumbers(int column) => Rewind(column);

    public void NextNumbers(Span<long> into)
    {
        SkipFinished();
        HeadChunkSnapshot[] chunks = _views[_project].Chunks;
        for (int i = 0; i < chunks.Length; i++)
        {
            _numbersOfChunks[i] = _column == Schema.Fields.Length ? chunks[i].SequenceNumbers : chunks[i].Numbers[_column];
        }

        Gather(_numbersOfChunks, NumberColumn.Missing, into);
    }

    public SymbolView? OpenTexts(int column)
    {
        Rewind(column);
        ForgetDictionary();
        return _dictionary = MakeDictionary(column);
    }

    public SymbolView NextCodes(Span<int> into)
    {
        SkipFinished();
        HeadView view = _views[_project];
        for (int i = 0; i < view.Chunks.Length; i++)
        {
            _codesOfChunks[i] = view.Chunks[i].Codes[_column];
        }

        Gather(_codesOfChunks, TextColumn.Missing, into);
        if (_remaps[_project] is { } remap)
        {
            for (int i = 0; i < into.Length; i++)
            {
                into[i] = remap[into[i] + 1];
            }
        }

        return _dictionary ?? view.Symbols[_column];
    }

    public void Dispose()
    {
        ForgetDictionary();
        foreach (int[]? order in _orders)
        {
            if (order is not null)
            {
                _pool.Return(order);
            }
        }
    }

    private void ForgetDictionary()
    {
        _union?.Release();
        _union = null;
        foreach (ref int[]? remap in _remaps.AsSpan())
        {
            if (remap is not null)
            {
                _pool.Return(remap);
                remap = null;
            }
        }
    }

    private void Rewind(int column)
    {
        _column = column;
        _project = 0;
        _row = 0;
    }

    private void SkipFinished()
    {
        if (_row == _projects[_project].RowCount)
        {
            _project++;
            _row = 0;
        }
    }

    private void Gather<T>(T[]?[] columns, T missing, Span<T> into)
    {
        int first = _row;
        _row += into.Length;
        if (_orders[_project] is { } order)
        {
            GatherOrdered(columns, order.AsSpan(first, into.Length), missing, into);
            return;
        }

        while (!into.IsEmpty)
        {
            int start = first & ChunkMask;
            int rows = Math.Min(into.Length, HeadChunk.MaxRows - start);
            if (columns[first >> ChunkBits] is { } column)
            {
                column.AsSpan(start, rows).CopyTo(into);
            }
            else
            {
                into[..rows].Fill(missing);
            }

            first += rows;
            into = into[rows..];
        }
    }

    // Rows near in time came near each other, so mostly one chunk has the next few of them.
    private static void GatherOrdered<T>(T[]?[] columns, ReadOnlySpan<int> order, T missing, Span<T> into)
    {
        for (int i = 0; i < order.Length;)
        {
            int chunk = order[i] >> ChunkBits;
            if (columns[chunk] is { } column)
            {
                for (; i < order.Length && order[i] >> ChunkBits == chunk; i++)
                {
                    into[i] = column[order[i] & ChunkMask];
                }
            }
            else
            {
                for (; i < order.Length && order[i] >> ChunkBits == chunk; i++)
                {
                    into[i] = missing;
                }
            }
        }
    }

    private SymbolView? MakeDictionary(int column)
    {
        if (_views.Length == 1 && _views[0].Symbols[column] is { Distinct: true } only)
        {
            return DictionaryPolicy.Allows(only.Count, TextBytes(only), RowCount) ? only : null;
        }

        _union = new SymbolTable(_pool, 0, 0);
        for (int i = 0; i < _views.Length; i++)
        {
            SymbolView texts = _views[i].Symbols[column];
            if (!texts.Distinct && DictionaryPolicy.IsHighCardinality(texts, RowCount, _pool))
            {
                ForgetDictionary();
                return null;
            }

            int[] remap = _pool.Rent<int>(texts.Count + 1);
            remap[0] = TextColumn.Missing;
            _union.InternAll(texts, remap.AsSpan(1));

            _remaps[i] = remap;
            if (!DictionaryPolicy.Allows(_union.Count, _union.TextBytes, RowCount))
            {
                ForgetDictionary();
                return null;
            }
        }

        return _union.View();
    }

    private static long TextBytes(SymbolView texts) => texts.Count == 0 ? 0 : texts.Ends[texts.Count - 1];
}
