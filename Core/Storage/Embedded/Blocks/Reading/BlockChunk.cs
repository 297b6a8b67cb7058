using System.Buffers;
using TimeSeries.Core.Aggregate.Listing;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Reading;

/// <summary>
/// One chunk of a block after another, as the aggregation and lists read it. A column is read and decoded when it is first used, into memory that the next
/// chunk uses again. Not thread safe.
/// </summary>
internal sealed class BlockChunk : IIdentifiedChunk, IDisposable
{
    private readonly BlockReader _columns;
    private readonly long[]?[] _numbers;
    private readonly int[]?[] _codes;
    private readonly SymbolView[] _symbols;
    private readonly bool[] _hasSymbols;
    private readonly State[] _states;
    private readonly TextScratch?[] _texts;
    private readonly LargeArrayPool? _pool;

    // Codes of texts that were looked for. The arrays of texts are told apart by reference.
    private Dictionary<(int Field, byte[][] Texts), int[]>? _found;
    private int _chunk;
    private RunMask _wanted = RunMask.All;

    /// <param name="columns">The block.</param>
    /// <param name="pool">Where memory for texts comes from until this is disposed; without it texts stay valid and are kept in the block's cache.</param>
    public BlockChunk(BlockReader columns, LargeArrayPool? pool = null)
    {
        _columns = columns;
        _pool = pool;
        int count = columns.Index.Columns.Length;
        _numbers = new long[]?[count];
        _codes = new int[]?[count];
        _symbols = new SymbolView[count];
        _hasSymbols = new bool[count];
        _states = new State[count];
        _texts = new TextScratch?[pool is null ? 0 : count];
    }

    private enum State : byte
    {
        Unread,
        Missing,
        Present,

        /// <summary>Only the groups of rows that are wanted now.</summary>
        Narrow,
    }

    /// <summary>The block that the chunks are of.</summary>
    public BlockReader Columns => _columns;

    public int RowCount => _columns.Index.Chunks[_chunk].RowCount;

    public long FirstTime => _columns.Index.Chunks[_chunk].FirstTime;

    public long LastTime => _columns.Index.Chunks[_chunk].LastTime;

    // What a column is when it has just been read.
    private State Read => _wanted == RunMask.All ? State.Present : State.Narrow;

    public ReadOnlySpan<long> SequenceNumbers => Numbers(BlockIndex.NumberColumnOf(_columns.Index.Schema));

    public ReadOnlySpan<ulong> Nodes => default;

    /// <summary>Leaves the chunk for another one of the block.</summary>
    public void MoveTo(int chunk)
    {
        _chunk = chunk;
        _wanted = RunMask.All;
        Array.Clear(_states);
    }

    public ReadOnlySpan<long> Numbers(int field)
    {
        if (_states[field] == State.Unread)
        {
            long[] into = _numbers[field] ??= ArrayPool<long>.Shared.Rent(BlockFormat.MaxChunkRows);
            _states[field] = _columns.ReadNumbers(field, _chunk, into.AsSpan(0, RowCount), _wanted) ? Read : State.Missing;
        }

        return _states[field] == State.Missing ? default : _numbers[field].AsSpan(0, RowCount);
    }

    public ReadOnlySpan<int> Codes(int field)
    {
        ReadText(field);
        return _states[field] == State.Missing ? default : _codes[field].AsSpan(0, RowCount);
    }

    public SymbolView Symbols(int field)
    {
        if (_columns.Index.Columns[field] is { HasDictionary: true })
        {
            return Dictionary(field);
        }

        ReadText(field);
        return _symbols[field];
    }

    public ReadOnlySpan<int> CodesOf(int field, byte[][] texts)
    {
        if (_columns.Index.Columns[field]?.DictionaryFilter is null)
        {
            return default;
        }

        _found ??= [];
        if (!_found.TryGetValue((field, texts), out int[]? codes))
        {
            _found[(field, texts)] = codes = Array.ConvertAll(texts, text => _columns.FindCode(field, text));
        }

        return codes;
    }

    public void Narrow(ReadOnlySpan<int> rows) => _wanted = RunMask.Of(rows, RowCount);

    public void Widen()
    {
        _wanted = RunMask.All;
        foreach (ref State state in _states.AsSpan())
        {
            state = state == State.Narrow ? State.Unread : state;
        }
    }

    public void CopyTexts(int field, ReadOnlySpan<int> from, TextColumn into, ReadOnlySpan<int> to)
    {
        if (_states[field] == State.Unread && _columns.Index.Columns[field] is { HasDictionary: false } column && !column.Chunks[_chunk].IsEmpty)
        {
            _columns.CopyTexts(field, _chunk, from, into, to);
            return;
        }

        if (_columns.Index.Columns[field] is { Dictionary.Length: > 1 } && !_hasSymbols[field])
        {
            CopySymbols(field, from, into, to);
            return;
        }

        ReadOnlySpan<int> codes = Codes(field);
        SymbolView symbols = Symbols(field);
        for (int i = 0; i < from.Length && !codes.IsEmpty; i++)
        {
            if (codes[from[i]] != TextColumn.Missing)
            {
                into.Set(to[i], symbols[codes[from[i]]]);
            }
        }
    }

    private void CopySymbols(int field, ReadOnlySpan<int> from, TextColumn into, ReadOnlySpan<int> to)
    {
        ReadOnlySpan<int> codes = Codes(field);
        List<int> wanted = [];
        List<int> rows = [];
        for (int i = 0; i < from.Length && !codes.IsEmpty; i++)
        {
            if (codes[from[i]] != TextColumn.Missing)
            {
                wanted.Add(codes[from[i]]);
                rows.Add(to[i]);
            }
        }

        int[] ascending = [.. wanted];
        int[] targets = [.. rows];
        Array.Sort(ascending, targets);
        _columns.CopySymbols(field, ascending, into, targets);
    }

    public void Dispose()
    {
        for (int field = 0; field < _states.Length; field++)
        {
            if (_numbers[field] is { } numbers)
            {
                ArrayPool<long>.Shared.Return(numbers);
                _numbers[field] = null;
            }

            if (_codes[field] is { } codes)
            {
                ArrayPool<int>.Shared.Return(codes);
                _codes[field] = null;
            }
        }

        foreach (TextScratch? texts in _texts)
        {
            texts?.Release();
        }
    }

    private void ReadText(int field)
    {
        if (_states[field] != State.Unread)
        {
            return;
        }

        ColumnIndex? column = _columns.Index.Columns[field];
        if (column is null || column.Chunks[_chunk].IsEmpty)
        {
            _states[field] = State.Missing;
            _symbols[field] = column is { HasDictionary: true } ? _symbols[field] : SymbolView.Empty;
            return;
        }

        Span<int> into = (_codes[field] ??= ArrayPool<int>.Shared.Rent(BlockFormat.MaxChunkRows)).AsSpan(0, RowCount);
        if (column.HasDictionary)
        {
            _columns.ReadCodes(field, _chunk, into, _wanted);
            _states[field] = Read;
        }
        else
        {
            _symbols[field] = _columns.ReadTexts(field, _chunk, into, TextsOf(field));
            _states[field] = State.Present;
        }
    }

    private TextScratch? TextsOf(int field) => _pool is null ? null : _texts[field] ??= new TextScratch(_pool);

    // Held for as long as the block is read, so that its identity stays, whatever the cache drops meanwhile.
    private SymbolView Dictionary(int field)
    {
        if (!_hasSymbols[field])
        {
            _symbols[field] = _columns.ReadDictionary(field, TextsOf(field));
            _hasSymbols[field] = true;
        }

        return _symbols[field];
    }
}
