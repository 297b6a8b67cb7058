using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>
/// The keys of groups as columns, a row a group, so that another table finds groups in the same way as samples. It can be cleared and filled again, and keeps
/// its memory. Not thread safe while it is filled.
/// </summary>
internal sealed class GroupKeys(int fieldCount) : IColumnChunk
{
    private readonly long[]?[] _numbers = new long[]?[fieldCount];
    private readonly int[]?[] _codes = new int[]?[fieldCount];
    private readonly SymbolView[] _symbols = new SymbolView[fieldCount];

    // Arrays stay while there are no rows of the field.
    private readonly bool[] _isSet = new bool[fieldCount];

    public static GroupKeys None { get; } = new(0);

    public int RowCount { get; private set; }

    public long FirstTime { get; init; }

    public long LastTime { get; init; }

    public long AllocatedBytes
    {
        get
        {
            long bytes = 0;
            for (int i = 0; i < _symbols.Length; i++)
            {
                bytes += (_numbers[i]?.Length ?? 0) * (long)sizeof(long) + (_codes[i]?.Length ?? 0) * (long)sizeof(int);
                bytes += _codes[i] is null ? 0 : _symbols[i].Bytes.Length + _symbols[i].Ends.Length * (long)sizeof(int);
            }

            return bytes;
        }
    }

    /// <summary>Clears all columns; the next ones have this number of rows.</summary>
    public void Begin(int rowCount)
    {
        RowCount = rowCount;
        Array.Clear(_isSet);
    }

    /// <summary>A column of numbers, for the caller to write.</summary>
    public Span<long> EditNumbers(int field)
    {
        _isSet[field] = true;
        return Reserve(ref _numbers[field]);
    }

    /// <summary>A column of texts, for the caller to write the codes of.</summary>
    public Span<int> EditCodes(int field, SymbolView symbols)
    {
        _isSet[field] = true;
        _symbols[field] = symbols;
        return Reserve(ref _codes[field]);
    }

    public ReadOnlySpan<long> Numbers(int field) => _isSet[field] ? _numbers[field].AsSpan(0, RowCount) : default;

    public ReadOnlySpan<int> Codes(int field) => _isSet[field] ? _codes[field].AsSpan(0, RowCount) : default;

    public SymbolView Symbols(int field) => _isSet[field] && _codes[field] is not null ? _symbols[field] : SymbolView.Empty;

    private Span<T> Reserve<T>(ref T[]? array)
    {
        if (array is null || array.Length < RowCount)
        {
            array = new T[RowCount];
        }

        return array.AsSpan(0, RowCount);
    }
}
