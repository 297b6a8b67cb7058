using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

namespace TimeSeries.Core.Storage.Embedded.Heads;

/// <summary>The rows of one project and kind in a head. One writer; readers take <see cref="View"/>.</summary>
internal sealed class HeadTable
{
    // So many texts tell whether a field's texts are worth looking up.
    private const int ProbeTexts = 4_096;

    private readonly List<HeadChunk> _chunks = [];
    private readonly SymbolTable?[] _symbols;
    private readonly int[]?[] _batchCodes;
    private readonly LargeArrayPool _pool;
    private readonly HeadTableSizes _expected;
    private HeadChunkSnapshot[] _whole = [];

    // Codes of the head by those of a batch, for one field after the other.
    private int[] _remap = [];
    private volatile HeadView _view = HeadView.Empty;
    private long _chunkBytes;

    public HeadTable(long pcode, KindSchema schema, LargeArrayPool pool, HeadTableSizes expected)
    {
        _pool = pool;
        _expected = expected;
        Pcode = pcode;
        Schema = schema;
        _symbols = new SymbolTable?[schema.Fields.Length];
        _batchCodes = new int[]?[schema.Fields.Length];
    }

    public long Pcode { get; }

    public KindSchema Schema { get; }

    /// <summary>Everything that was appended before. Any thread.</summary>
    public HeadView View => _view;

    /// <summary>Bytes of memory held.</summary>
    public long AllocatedBytes
    {
        get
        {
            long bytes = _chunkBytes + (_chunks.Count == 0 ? 0 : _chunks[^1].AllocatedBytes);
            foreach (SymbolTable? symbols in _symbols)
            {
                bytes += symbols?.AllocatedBytes ?? 0;
            }

            return bytes;
        }
    }

    /// <summary>Appends a batch's rows and shows them. <paramref name="firstNumber"/> is the sequence number of the first.</summary>
    public void Append(SampleTable table, long firstNumber)
    {
        for (int field = 0; field < Schema.Fields.Length; field++)
        {
            _batchCodes[field] = Schema.Fields[field].IsText && table.FindTexts(field) is { } column ? Translate(field, column) : null;
        }

        for (int row = 0; row < table.RowCount;)
        {
            HeadChunk chunk = WritableChunk();
            int rows = Math.Min(table.RowCount - row, HeadChunk.MaxRows - chunk.RowCount);
            chunk.Append(table, row, rows, _batchCodes, firstNumber);
            row += rows;
        }

        Publish(table.RowCount);
        foreach (ref int[]? codes in _batchCodes.AsSpan())
        {
            if (codes is not null)
            {
                _pool.Return(codes);
                codes = null;
            }
        }
    }

    /// <summary>Gives up what only the writer needs, once it has written its last.</summary>
    public void Freeze()
    {
        foreach (SymbolTable? symbols in _symbols)
        {
            symbols?.DropIndex();
        }

        _pool.Return(_remap);
        _remap = [];
    }

    /// <summary>How much there is of everything.</summary>
    public HeadTableSizes Sizes() => new(_view.RowCount, Array.ConvertAll(_symbols, symbols => (symbols?.Count ?? 0, symbols?.TextBytes ?? 0)));

    /// <summary>Gives all memory back. Only when no view is read any more.</summary>
    public void Release()
    {
        _view = HeadView.Empty;
        foreach (HeadChunk chunk in _chunks)
        {
            chunk.Release();
        }

        foreach (SymbolTable? symbols in _symbols)
        {
            symbols?.Release();
        }
    }

    // What a head had, the next one has about: room for it at once saves growing by doubling.
    private SymbolTable MakeSymbols(int field)
    {
        (int texts, int textBytes) = field < _expected.Texts.Length ? _expected.Texts[field] : default;
        return new SymbolTable(_pool, texts + texts / 16, textBytes + textBytes / 16);
    }

    private HeadChunk WritableChunk()
    {
        if (_chunks.Count == 0 || _chunks[^1].RowCount == HeadChunk.MaxRows)
        {
            if (_chunks.Count > 0)
            {
                _chunkBytes += _chunks[^1].AllocatedBytes;
                _whole = [.. _whole, _chunks[^1].View()];
            }

            bool willBeWhole = _chunks.Count > 0 || (_expected.IsKnown && _expected.RowCount >= HeadChunk.MaxRows);
            _chunks.Add(new HeadChunk(Schema, _pool, willBeWhole ? HeadChunk.MaxRows : HeadChunk.SmallestCapacity));
        }

        return _chunks[^1];
    }

    private void Publish(int rows)
    {
        SymbolView[] symbols = new SymbolView[_symbols.Length];
        for (int field = 0; field < symbols.Length; field++)
        {
            symbols[field] = _symbols[field]?.View() ?? SymbolView.Empty;
        }

        _view = new HeadView(_view.RowCount + rows, [.. _whole, _chunks[^1].View()], symbols);
    }

    // The batch's codes as codes of the head's dictionary: one look-up per distinct text, none where texts hardly repeat.
    private int[] Translate(int field, TextColumn column)
    {
        SymbolTable symbols = _symbols[field] ??= MakeSymbols(field);
        ReadOnlySpan<int> codes = column.Codes;
        int[] into = _pool.Rent<int>(codes.Length);
        SymbolView texts = column.Symbols.View();
        if (!symbols.Distinct || IsHighCardinality(symbols))
        {
            int first = symbols.AddAll(texts);
            symbols.DropIndex();
            for (int i = 0; i < codes.Length; i++)
            {
                into[i] = codes[i] == TextColumn.Missing ? TextColumn.Missing : codes[i] + first;
            }

            return into;
        }

        Remap(codes, texts, symbols, into);
        return into;
    }

    // Where hardly one text repeats, looking texts up costs more than it saves.
    private bool IsHighCardinality(SymbolTable symbols) =>
        symbols.Count >= ProbeTexts && DictionaryPolicy.TooManyDistinct(symbols.Count, _view.RowCount, Math.Max(_view.RowCount, _expected.RowCount));

    private void Remap(ReadOnlySpan<int> codes, SymbolView texts, SymbolTable symbols, int[] into)
    {
        // Place 0 is for missing (−1), so that the loop over the rows has no branch.
        if (_remap.Length <= texts.Count)
        {
            _pool.Return(_remap);
            _remap = _pool.Rent<int>(texts.Count + 1);
        }

        int[] remap = _remap;
        remap[0] = TextColumn.Missing;
        symbols.InternAll(texts, remap.AsSpan(1));

        for (int i = 0; i < codes.Length; i++)
        {
            into[i] = remap[codes[i] + 1];
        }
    }
}

/// <summary>The rows of one project and kind in a head, as they stood after some batch. Immutable.</summary>
/// <param name="RowCount">Rows in all chunks.</param>
/// <param name="Chunks">The chunks in order; all but the last are whole.</param>
/// <param name="Symbols">The dictionary of each text field.</param>
internal sealed record HeadView(int RowCount, HeadChunkSnapshot[] Chunks, SymbolView[] Symbols)
{
    public static HeadView Empty { get; } = new(0, [], []);
}

/// <summary>How much a table of a head holds: what a head had, the next one has about.</summary>
/// <param name="RowCount">Its rows.</param>
/// <param name="Texts">Texts and their bytes by field; empty when unknown.</param>
internal sealed record HeadTableSizes(int RowCount, (int Texts, int TextBytes)[] Texts)
{
    // The first head of a store: about the rows that a head of the default size holds.
    private const int UsualRows = 1 << 18;

    public bool IsKnown => Texts.Length > 0;

    public static HeadTableSizes Unknown { get; } = new(UsualRows, []);
}
