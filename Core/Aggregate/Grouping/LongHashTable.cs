using System.Buffers;
using System.Runtime.CompilerServices;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>Numbers each distinct number, in the order of arrival.</summary>
internal sealed class LongHashTable
{
    private const int SmallestIndex = 16;

    // Rented, and perhaps longer than the table is.
    private long[] _values = [];
    private int[] _slots = [];
    private int _size;
    private int _shift;

    public int Count { get; private set; }

    public long AllocatedBytes => _values.Length * (long)sizeof(long) + _slots.Length * (long)sizeof(int);

    public long this[int id] => _values[id];

    public int Intern(long value)
    {
        if (Count * 2 >= _size)
        {
            Grow();
        }

        int mask = _size - 1;
        int[] slots = _slots;
        for (int slot = HashMix.SlotOf(value, _shift); ; slot = (slot + 1) & mask)
        {
            int id = slots[slot] - 1;
            if (id < 0)
            {
                _values[Count] = value;
                slots[slot] = ++Count;
                return Count - 1;
            }

            if (_values[id] == value)
            {
                return id;
            }
        }
    }

    public void Clear()
    {
        if (_size > SmallestIndex && Count < _size / 16)
        {
            // Emptying must not go on costing what the fullest use cost.
            Return(_slots, _values);
            (_slots, _values, _size) = ([], [], 0);
        }

        Array.Clear(_slots, 0, _size);
        Count = 0;
    }

    private void Grow()
    {
        int size = Math.Max(SmallestIndex, checked(_size * 2));
        int[] slots = ArrayPool<int>.Shared.Rent(size);
        long[] values = ArrayPool<long>.Shared.Rent(size / 2);
        Array.Clear(slots, 0, size);
        _values.AsSpan(0, Count).CopyTo(values);
        Return(_slots, _values);
        (_slots, _values, _size, _shift) = (slots, values, size, 64 - int.Log2(size));
        for (int id = 0; id < Count; id++)
        {
            int slot = HashMix.SlotOf(values[id], _shift);
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & (size - 1);
            }

            slots[slot] = id + 1;
        }
    }

    private static void Return(int[] slots, long[] values)
    {
        if (slots.Length > 0)
        {
            ArrayPool<int>.Shared.Return(slots);
            ArrayPool<long>.Shared.Return(values);
        }
    }
}

/// <summary>Spreads integer keys over the slots of a table. Keys are joined small numbers, so their bits must be mixed both ways.</summary>
internal static class HashMix
{
    // 2⁶⁴ divided by the golden ratio.
    private const ulong Factor = 0x9E3779B97F4A7C15;

    /// <summary>The slot of a key in a table of 2^(64 − <paramref name="shift"/>) slots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SlotOf(long key, int shift)
    {
        // One product alone leaves keys that differ in their upper halves only side by side, in long runs.
        ulong mixed = unchecked((ulong)key * Factor);
        mixed ^= mixed >> 32;
        return (int)(unchecked(mixed * Factor) >> shift);
    }
}
