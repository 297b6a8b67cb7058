using TimeSeries.Core.Model;

namespace TimeSeries.Core.Aggregate;

/// <summary>The keys of groups as columns, a row a group, so that groups are found again in another table by the same way as samples are.</summary>
internal sealed class KeyColumns(int fieldCount, int rowCount) : IColumnChunk
{
    private readonly long[]?[] _numbers = new long[]?[fieldCount];
    private readonly int[]?[] _codes = new int[]?[fieldCount];
    private readonly SymbolView[] _symbols = new SymbolView[fieldCount];

    public static KeyColumns None { get; } = new(0, 0);

    public int RowCount => rowCount;

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

    public void SetNumbers(int field, long[] numbers) => _numbers[field] = numbers;

    public void SetTexts(int field, int[] codes, SymbolView symbols)
    {
        _codes[field] = codes;
        _symbols[field] = symbols;
    }

    public ReadOnlySpan<long> Numbers(int field) => _numbers[field].AsSpan(0, _numbers[field] is null ? 0 : rowCount);

    public ReadOnlySpan<int> Codes(int field) => _codes[field].AsSpan(0, _codes[field] is null ? 0 : rowCount);

    public SymbolView Symbols(int field) => _codes[field] is null ? SymbolView.Empty : _symbols[field];
}
