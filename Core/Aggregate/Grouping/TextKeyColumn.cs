using System.Buffers.Binary;
using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>
/// A text of the key. Each dictionary's code is looked up once, by its text, and then found in an array; so it makes no difference
/// whether a dictionary holds a text twice. Number 0 is the missing text.
/// </summary>
internal sealed class TextKeyColumn(int field) : GroupKeyColumn
{
    private const int Unknown = -1;

    // Texts that take more are not worth keeping the memory of.
    private const int MostKeptBytes = 1 << 20;

    private SymbolTable _texts = new();
    private object? _owner;

    // By code + 1, so that a missing text needs no test of its own.
    private int[] _idOfCode = [];
    private int _known;

    public override int Count => _texts.Count + 1;

    public override long AllocatedBytes => _texts.AllocatedBytes + _idOfCode.Length * (long)sizeof(int);

    public override void Map(IColumnChunk chunk, SelectionVector selection, Span<int> ids)
    {
        ReadOnlySpan<int> codes = chunk.Codes(field);
        if (codes.IsEmpty)
        {
            ids.Clear();
            return;
        }

        SymbolView symbols = chunk.Symbols(field);
        UseDictionary(symbols);
        if (selection.IsRun)
        {
            MapRun(symbols, codes.Slice(selection.FirstRow, selection.Count), ids);
            return;
        }

        ReadOnlySpan<int> rows = selection.SelectedRows;
        int[] idOfCode = _idOfCode;
        for (int i = 0; i < ids.Length; i++)
        {
            int slot = codes[rows[i]] + 1;
            int id = idOfCode[slot];
            ids[i] = id == Unknown ? Learn(symbols, slot) : id;
        }
    }

    public override long Number(int id) => NumberColumn.Missing;

    public override ReadOnlySpan<byte> Text(int id) => id == 0 ? default : _texts[id - 1];

    public override bool IsMissing(int id) => id == 0;

    public override int Compare(int left, int right) =>
        left == 0 || right == 0 ? left.CompareTo(right) : _texts[left - 1].SequenceCompareTo(_texts[right - 1]);

    /// <summary>The bytes behind the beginning that all texts share.</summary>
    public override long[] SortKeys()
    {
        long[] keys = new long[Count];
        keys[0] = NumberColumn.Missing;
        int shared = SharedBytes();
        for (int id = 1; id < keys.Length; id++)
        {
            // As a signed number it sorts as the bytes do.
            keys[id] = (long)FirstBytes(_texts[id - 1][shared..]) ^ long.MinValue;
        }

        return keys;
    }

    public override void Fill(GroupKeys columns, ReadOnlySpan<int> ids)
    {
        Span<int> codes = columns.EditCodes(field, _texts.View());
        for (int i = 0; i < ids.Length; i++)
        {
            codes[i] = ids[i] - 1;
        }
    }

    public override void Clear()
    {
        // A new table, since views of the old one say by their owner that codes still mean what they meant.
        _texts = new SymbolTable();
        _owner = null;
        _known = 0;
    }

    public override void Reset()
    {
        if (_texts.AllocatedBytes > MostKeptBytes)
        {
            Clear();
            return;
        }

        _texts.Clear();
        _owner = null;
        _known = 0;
    }

    private void MapRun(SymbolView symbols, ReadOnlySpan<int> codes, Span<int> ids)
    {
        int[] idOfCode = _idOfCode;
        for (int i = 0; i < codes.Length && i < ids.Length; i++)
        {
            int slot = codes[i] + 1;
            int id = idOfCode[slot];
            ids[i] = id == Unknown ? Learn(symbols, slot) : id;
        }
    }

    private int SharedBytes()
    {
        ReadOnlySpan<byte> shared = _texts.Count > 0 ? _texts[0] : default;
        for (int code = 1; code < _texts.Count && !shared.IsEmpty; code++)
        {
            shared = shared[..shared.CommonPrefixLength(_texts[code])];
        }

        return shared.Length;
    }

    private static ulong FirstBytes(ReadOnlySpan<byte> text)
    {
        if (text.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(text);
        }

        ulong bytes = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bytes |= (ulong)text[i] << (56 - (8 * i));
        }

        return bytes;
    }

    private int Learn(SymbolView symbols, int slot)
    {
        int id = _texts.Intern(symbols[slot - 1]) + 1;
        _idOfCode[slot] = id;
        return id;
    }

    private void UseDictionary(SymbolView symbols)
    {
        if (!ReferenceEquals(_owner, symbols.Owner))
        {
            _owner = symbols.Owner;
            _known = 0;
        }

        int slots = symbols.Count + 1;
        if (slots <= _known)
        {
            return;
        }

        if (slots > _idOfCode.Length)
        {
            Array.Resize(ref _idOfCode, (int)Math.Min(Array.MaxLength, Math.Max(slots, _idOfCode.Length * 2L)));
        }

        _idOfCode.AsSpan(_known, slots - _known).Fill(Unknown);
        _idOfCode[0] = 0;
        _known = slots;
    }
}
