using System.Buffers;
using System.Text;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Filters;

/// <summary>A filter on texts: each text of a dictionary is tested once, when a row has it, and then found in an array.</summary>
internal sealed class TextFilter : RowFilter
{
    private const byte Unknown = 0;
    private const byte Passed = 1;
    private const byte Failed = 2;

    private readonly int _field;
    private readonly FilterOperator _operator;
    private readonly string[] _texts;
    private readonly byte[][] _utf8;
    private readonly bool _missingPasses;
    private object? _owner;
    private byte[] _verdicts = [];
    private int _known;
    private int _searched;
    private int _code = -1;

    public TextFilter(Filter filter)
    {
        _field = filter.Field;
        _operator = filter.Operator;
        _texts = [.. filter.Texts];
        _utf8 = Array.ConvertAll(_texts, Encoding.UTF8.GetBytes);

        // An empty text in the list means missing.
        bool missingListed = Array.IndexOf(_texts, "") >= 0;
        _missingPasses = _operator switch
        {
            FilterOperator.AnyOf => missingListed,
            FilterOperator.NoneOf => !missingListed,
            _ => false,
        };
    }

    public override void Apply(IColumnChunk chunk, SelectionVector selection)
    {
        ReadOnlySpan<int> codes = chunk.Codes(_field);
        if (codes.IsEmpty)
        {
            selection.Count = _missingPasses ? selection.Count : 0;
            return;
        }

        if (_operator == FilterOperator.AnyOf && !_missingPasses && chunk.CodesOf(_field, _utf8) is { IsEmpty: false } wanted)
        {
            KeepCodes(codes, wanted, selection);
            return;
        }

        SymbolView symbols = chunk.Symbols(_field);
        UseDictionary(symbols);
        if (_operator == FilterOperator.AnyOf && symbols.Distinct && _texts.Length == 1 && !_missingPasses)
        {
            KeepCode(codes, CodeOf(symbols), selection);
            return;
        }

        int[] rows = selection.Rows;
        byte[] verdicts = _verdicts;
        int kept = 0;
        for (int i = 0; i < selection.Count; i++)
        {
            int row = rows[i];
            int slot = codes[row] + 1;
            if (verdicts[slot] == Unknown)
            {
                verdicts[slot] = Passes(symbols[slot - 1]) ? Passed : Failed;
            }

            rows[kept] = row;
            kept += verdicts[slot] == Passed ? 1 : 0;
        }

        selection.Count = kept;
    }

    private static void KeepCodes(ReadOnlySpan<int> codes, ReadOnlySpan<int> wanted, SelectionVector selection)
    {
        if (wanted.Length == 1)
        {
            KeepCode(codes, wanted[0], selection);
            return;
        }

        int[] rows = selection.Rows;
        int kept = 0;
        for (int i = 0; i < selection.Count; i++)
        {
            int row = rows[i];
            rows[kept] = row;

            // A text that the dictionary has not has the code of a missing one, which does not pass.
            kept += codes[row] != TextColumn.Missing && wanted.Contains(codes[row]) ? 1 : 0;
        }

        selection.Count = kept;
    }

    // One text has one code in a dictionary without repetitions, so codes are compared and most vectors have none.
    private static void KeepCode(ReadOnlySpan<int> codes, int code, SelectionVector selection)
    {
        if (code < 0)
        {
            selection.Count = 0;
            return;
        }

        int kept = 0;
        if (!selection.IsRun)
        {
            int[] some = selection.Rows;
            for (int i = 0; i < selection.Count; i++)
            {
                int row = some[i];
                some[kept] = row;
                kept += codes[row] == code ? 1 : 0;
            }

            selection.Count = kept;
            return;
        }

        int[] rows = selection.EditRows();
        int first = selection.FirstRow;
        ReadOnlySpan<int> run = codes.Slice(first, selection.Count);
        for (int found = run.IndexOf(code), at = 0; found >= 0; found = run[at..].IndexOf(code))
        {
            at += found;
            rows[kept++] = first + at++;
        }

        selection.Count = kept;
    }

    // The code of the one text, or −1; looked for once in what a dictionary has.
    private int CodeOf(SymbolView symbols)
    {
        byte[] text = _utf8[0];
        for (; _searched < symbols.Count && _code < 0; _searched++)
        {
            _code = symbols[_searched].SequenceEqual(text) ? _searched : -1;
        }

        return _code;
    }

    private void UseDictionary(SymbolView symbols)
    {
        if (!ReferenceEquals(_owner, symbols.Owner))
        {
            _owner = symbols.Owner;
            _known = 0;
            _searched = 0;
            _code = -1;
        }

        // By code + 1, so that a missing text needs no test of its own.
        int slots = symbols.Count + 1;
        if (slots <= _known)
        {
            return;
        }

        if (slots > _verdicts.Length)
        {
            Array.Resize(ref _verdicts, (int)Math.Min(Array.MaxLength, Math.Max(slots, _verdicts.Length * 2L)));
        }

        _verdicts.AsSpan(_known, slots - _known).Clear();
        _verdicts[0] = _missingPasses ? Passed : Failed;
        _known = slots;
    }

    private bool Passes(ReadOnlySpan<byte> text) => _operator switch
    {
        FilterOperator.AnyOf => IsListed(text),
        FilterOperator.NoneOf => !IsListed(text),
        FilterOperator.ContainsAnyOf => ContainsListed(text),
        FilterOperator.HasEntryAnyOf => HasEntryListed(text),
        FilterOperator.Present => true,

        // No text is greater or less than a number.
        _ => false,
    };

    private bool IsListed(ReadOnlySpan<byte> text)
    {
        foreach (byte[] listed in _utf8)
        {
            if (text.SequenceEqual(listed))
            {
                return true;
            }
        }

        return false;
    }

    private bool ContainsListed(ReadOnlySpan<byte> text)
    {
        // Case is folded by code points of the whole alphabet, which needs UTF-16.
        char[] characters = ArrayPool<char>.Shared.Rent(Encoding.UTF8.GetMaxCharCount(text.Length));
        ReadOnlySpan<char> decoded = characters.AsSpan(0, Encoding.UTF8.GetChars(text, characters));
        bool contains = false;
        foreach (string listed in _texts)
        {
            contains |= decoded.Contains(listed, StringComparison.OrdinalIgnoreCase);
        }

        ArrayPool<char>.Shared.Return(characters);
        return contains;
    }

    private bool HasEntryListed(ReadOnlySpan<byte> map)
    {
        foreach (byte[] entry in _utf8)
        {
            if (CanonicalMap.HasEntry(map, entry))
            {
                return true;
            }
        }

        return false;
    }
}
