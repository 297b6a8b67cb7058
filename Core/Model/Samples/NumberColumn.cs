using System.Runtime.CompilerServices;
using TimeSeries.Core.Memory;

namespace TimeSeries.Core.Model.Samples;

/// <summary>
/// Whole numbers of one field, a row each: times in ms, durations in µs, numbers in millionths, booleans as 0 and 1.
/// Its memory is kept when it is emptied, so that a reused batch allocates nothing. Not thread safe.
/// </summary>
public sealed class NumberColumn
{
    /// <summary>Stands for a missing value.</summary>
    public const long Missing = long.MinValue;

    private readonly LargeArrayPool? _pool;
    private long[] _values = [];

    public NumberColumn()
    {
    }

    /// <summary>A column whose arrays come from a pool and go back by <see cref="Release"/>.</summary>
    internal NumberColumn(LargeArrayPool? pool) => _pool = pool;

    public int Count { get; private set; }

    public ReadOnlySpan<long> Values => _values.AsSpan(0, Count);

    public long AllocatedBytes => _values.Length * (long)sizeof(long);

    /// <summary>Sets a row's value; rows left out before it become missing. A row may be set again (the last value wins).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int row, long value)
    {
        if ((uint)row < (uint)_values.Length && row <= Count)
        {
            _values[row] = value;
            Count = Math.Max(Count, row + 1);
            return;
        }

        PadTo(row);
        Reserve(row + 1);
        Count = row + 1;
        _values[row] = value;
    }

    /// <summary>Makes the column <paramref name="rowCount"/> rows long; new rows are missing.</summary>
    public void PadTo(int rowCount)
    {
        if (rowCount > Count)
        {
            Reserve(rowCount);
            _values.AsSpan(Count, rowCount - Count).Fill(Missing);
            Count = rowCount;
        }
    }

    /// <summary>Adds rows whose values the caller writes into the span; until then they are undefined.</summary>
    public Span<long> Extend(int rowCount)
    {
        Reserve(Count + rowCount);
        Span<long> added = _values.AsSpan(Count, rowCount);
        Count += rowCount;
        return added;
    }

    /// <summary>The values for changing in place.</summary>
    public Span<long> Edit() => _values.AsSpan(0, Count);

    /// <summary>Shortens the column to its first rows.</summary>
    public void Truncate(int rowCount) => Count = Math.Min(Count, rowCount);

    public void Clear() => Count = 0;

    /// <summary>Empties the column and gives its memory back.</summary>
    internal void Release()
    {
        _pool?.Return(_values);
        (_values, Count) = ([], 0);
    }

    private void Reserve(int rowCount)
    {
        if (rowCount > _values.Length)
        {
            int length = Math.Max(rowCount, Math.Max(16, _values.Length * 2));
            long[] longer = _pool?.Rent<long>(length) ?? GC.AllocateUninitializedArray<long>(length);
            _values.AsSpan(0, Count).CopyTo(longer);
            _pool?.Return(_values);
            _values = longer;
        }
    }
}
