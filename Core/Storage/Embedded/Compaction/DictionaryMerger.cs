using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Compaction;

/// <summary>What the codes of one text column after another mean in a merged block: those of its sources are translated. Not thread safe.</summary>
internal sealed class DictionaryMerger(MergeCursor[] cursors, LargeArrayPool pool, CooperativeYield throttle) : IDisposable
{
    private readonly int[]?[] _remaps = new int[]?[cursors.Length];
    private readonly SymbolTable _mixed = new(pool, 0, 0);
    private readonly TextScratch _texts = new(pool);
    private readonly int[] _codes = new int[BlockFormat.MaxChunkRows];
    private SymbolTable? _dictionary;
    private long _rowCount;

    /// <summary>Goes to a column; returns its dictionary, null where it gets none.</summary>
    public SymbolView? Open(int column, long rowCount)
    {
        _rowCount = rowCount;
        ForgetDictionary();
        foreach (MergeCursor cursor in cursors)
        {
            cursor.ReadDictionary(column);
        }

        MakeDictionary(column);
        return _dictionary?.View();
    }

    /// <summary>Forgets the texts of the chunk before, where the column has no dictionary.</summary>
    public void BeginChunk() => _mixed.Clear();

    /// <summary>The codes that a source's have in the merged block.</summary>
    public void Translate(int source, ReadOnlySpan<int> codes, Span<int> into)
    {
        SymbolView symbols = cursors[source].Symbols;
        if (_remaps[source] is { } remap)
        {
            for (int i = 0; i < codes.Length; i++)
            {
                into[i] = remap[codes[i] + 1];
            }

            return;
        }

        for (int i = 0; i < codes.Length; i++)
        {
            into[i] = codes[i] == TextColumn.Missing ? TextColumn.Missing
                : _dictionary is null ? _mixed.Add(symbols[codes[i]])
                : _dictionary.Intern(symbols[codes[i]]);
        }
    }

    /// <summary>What codes given out since the chunk began mean.</summary>
    public SymbolView View() => (_dictionary ?? _mixed).View();

    public void Dispose()
    {
        ForgetDictionary();
        _texts.Release();
        _mixed.Release();
    }

    private void ForgetDictionary()
    {
        _dictionary?.Release();
        _dictionary = null;
        foreach (ref int[]? remap in _remaps.AsSpan())
        {
            if (remap is not null)
            {
                pool.Return(remap);
                remap = null;
            }
        }
    }

    // A column without a dictionary in some block is tried again: what hardly repeats in ten minutes may repeat in a day.
    private void MakeDictionary(int column)
    {
        if (IsHighCardinality(column))
        {
            return;
        }

        SymbolTable union = _dictionary = new SymbolTable(pool, 0, 0);
        for (int i = 0; i < cursors.Length; i++)
        {
            if (cursors[i].Columns.Index.Columns[column] is not { } index)
            {
                continue;
            }

            throttle.Step();
            bool fits = index.HasDictionary ? AddDictionary(i, union) : AddTexts(cursors[i].Columns, column, union);
            if (!fits)
            {
                ForgetDictionary();
                return;
            }
        }
    }

    // Texts of the first chunk of each block without a dictionary: what occurs once in each occurs often in all.
    private bool IsHighCardinality(int column)
    {
        SymbolTable sample = new(pool, 0, 0);
        Span<int> codes = _codes;
        foreach (MergeCursor cursor in cursors)
        {
            BlockIndex index = cursor.Columns.Index;
            int chunk = index.Columns[column] is { HasDictionary: false } texts ? Array.FindIndex(texts.Chunks, extent => !extent.IsEmpty) : -1;
            if (chunk >= 0)
            {
                sample.AddAll(cursor.Columns.ReadTexts(column, chunk, codes[..index.Chunks[chunk].RowCount], _texts));
                throttle.Step();
            }
        }

        bool isHighCardinality = DictionaryPolicy.IsHighCardinality(sample.View(), _rowCount, pool);
        sample.Release();
        return isHighCardinality;
    }

    private bool AddDictionary(int source, SymbolTable union)
    {
        SymbolView texts = cursors[source].Symbols;
        int[] remap = pool.Rent<int>(texts.Count + 1);
        remap[0] = TextColumn.Missing;
        union.InternAll(texts, remap.AsSpan(1));

        _remaps[source] = remap;
        return DictionaryPolicy.Allows(union.Count, union.TextBytes, _rowCount);
    }

    private bool AddTexts(BlockReader source, int column, SymbolTable union)
    {
        Span<int> codes = _codes;
        for (int chunk = 0; chunk < source.Index.Chunks.Length; chunk++)
        {
            SymbolView texts = source.ReadTexts(column, chunk, codes[..source.Index.Chunks[chunk].RowCount], _texts);
            for (int code = 0; code < texts.Count; code++)
            {
                union.Intern(texts[code]);
            }

            throttle.Step();

            if (!DictionaryPolicy.Allows(union.Count, union.TextBytes, _rowCount))
            {
                return false;
            }
        }

        return true;
    }
}
