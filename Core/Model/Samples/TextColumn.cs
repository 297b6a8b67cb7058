using System.Runtime.CompilerServices;
using TimeSeries.Core.Memory;

namespace TimeSeries.Core.Model.Samples;

/// <summary>
/// Texts of one field, a row each: a code a row into the column's own <see cref="Symbols"/>, or <see cref="Missing"/>.
/// An empty optional text counts as missing. Its memory is kept when it is emptied. Not thread safe.
/// </summary>
public sealed class TextColumn
{
    /// <summary>Stands for a missing text.</summary>
    public const int Missing = -1;

    // A column whose first texts are mostly different (transaction ids) is not worth a look-up for each text that follows.
    private const int ProbeTexts = 256;

    private readonly LargeArrayPool? _pool;
    private int[] _codes = [];

    public TextColumn() => Symbols = new SymbolTable();

    /// <summary>A column whose arrays come from a pool and go back by <see cref="Release"/>.</summary>
    internal TextColumn(LargeArrayPool? pool)
    {
        _pool = pool;
        Symbols = pool is null ? new SymbolTable() : new SymbolTable(pool, 0, 0);
    }

    public int Count { get; private set; }

    /// <summary>The texts that the codes mean. A text may stand twice (see <see cref="SymbolTable.Distinct"/>).</summary>
    public SymbolTable Symbols { get; }

    public ReadOnlySpan<int> Codes => _codes.AsSpan(0, Count);

    public long AllocatedBytes => _codes.Length * (long)sizeof(int) + Symbols.AllocatedBytes;

    /// <summary>Sets a row's text; rows left out before it become missing. A row may be set again (the last text wins).</summary>
    public void Set(int row, ReadOnlySpan<byte> text) => SetCode(row, AddText(text));

    /// <summary>Sets a row's code, as <see cref="AddText"/> gave it, or <see cref="Missing"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetCode(int row, int code)
    {
        if ((uint)row < (uint)_codes.Length && row <= Count)
        {
            _codes[row] = code;
            Count = Math.Max(Count, row + 1);
            return;
        }

        PadTo(row);
        Reserve(row + 1);
        Count = row + 1;
        _codes[row] = code;
    }

    /// <summary>The code of a text: of the one already there, or of a new one where texts hardly repeat.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int AddText(ReadOnlySpan<byte> text)
    {
        bool hardlyRepeats = !Symbols.Distinct || (Symbols.Count >= ProbeTexts && Symbols.Count * 4L > Count * 3L);
        return hardlyRepeats ? Symbols.Add(text) : Symbols.Intern(text);
    }

    /// <summary>Makes the column <paramref name="rowCount"/> rows long; new rows are missing.</summary>
    public void PadTo(int rowCount)
    {
        if (rowCount > Count)
        {
            Reserve(rowCount);
            _codes.AsSpan(Count, rowCount - Count).Fill(Missing);
            Count = rowCount;
        }
    }

    /// <summary>Adds rows whose codes the caller writes into the span; until then they are undefined.</summary>
    public Span<int> Extend(int rowCount)
    {
        Reserve(Count + rowCount);
        Span<int> added = _codes.AsSpan(Count, rowCount);
        Count += rowCount;
        return added;
    }

    /// <summary>The codes for changing in place.</summary>
    public Span<int> Edit() => _codes.AsSpan(0, Count);

    /// <summary>Shortens the column to its first rows; texts that no row means any more stay.</summary>
    public void Truncate(int rowCount) => Count = Math.Min(Count, rowCount);

    public void Clear()
    {
        Count = 0;
        Symbols.Clear();
    }

    /// <summary>Empties the column and gives its memory back.</summary>
    internal void Release()
    {
        _pool?.Return(_codes);
        (_codes, Count) = ([], 0);
        Symbols.Release();
        Symbols.Clear();
    }

    private void Reserve(int rowCount)
    {
        if (rowCount > _codes.Length)
        {
            int length = Math.Max(rowCount, Math.Max(16, _codes.Length * 2));
            int[] longer = _pool?.Rent<int>(length) ?? GC.AllocateUninitializedArray<int>(length);
            _codes.AsSpan(0, Count).CopyTo(longer);
            _pool?.Return(_codes);
            _codes = longer;
        }
    }
}
