using System.Buffers;
using System.Numerics;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>
/// Counts by group and bin in the order of arrival, sorted and added up whenever their number has doubled. So a count costs a few sequential writes on
/// average, and there are at most twice the entries that distinct bins of groups would need.
/// </summary>
internal sealed class HistogramLog
{
    // All bins of 63-bit values fit into 12 bits.
    private const int BinBits = 12;
    private const int DigitBits = 11;
    private const int SmallestLog = 4_096;

    // Arrays of more (1 MiB each) are not kept for the next use, but given back.
    private const int MostKept = 1 << 16;

    private Entry[] _entries = [];
    private Entry[] _spare = [];
    private int _count;
    private long _lastKey = -1;
    private bool _isSorted = true;
    private bool _isAddedUp = true;

    public long AllocatedBytes => (_entries.Length + _spare.Length) * 2L * sizeof(long);

    public void Add(ReadOnlySpan<int> groups, ReadOnlySpan<ushort> bins)
    {
        Reserve(bins.Length);
        Span<Entry> entries = _entries.AsSpan(_count, bins.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = new Entry(KeyOf(groups[i], bins[i]), 1);
        }

        _count += bins.Length;
        _isSorted = false;
    }

    /// <summary>Adds counts of ascending bins, one at least.</summary>
    public void Add(int group, ReadOnlySpan<ushort> bins, ReadOnlySpan<long> counts)
    {
        Reserve(bins.Length);
        Span<Entry> entries = _entries.AsSpan(_count, bins.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = new Entry(KeyOf(group, bins[i]), counts[i]);
        }

        _count += bins.Length;
        _isSorted &= entries[0].Key > _lastKey;
        _lastKey = entries[^1].Key;
    }

    public void Add(int group, ushort bin, long count)
    {
        Reserve(1);
        _entries[_count++] = new Entry(KeyOf(group, bin), count);
        _isSorted = false;
    }

    public int CountDistinct()
    {
        AddUp();
        return _count;
    }

    /// <summary>Writes all bins ordered by group, then bin; <paramref name="starts"/> gets where each group's begin, and the end.</summary>
    public void Sort(Span<int> starts, Span<ushort> bins, Span<long> counts)
    {
        AddUp();
        starts.Clear();
        for (int i = 0; i < _count; i++)
        {
            Entry entry = _entries[i];
            bins[i] = (ushort)(entry.Key & ((1 << BinBits) - 1));
            counts[i] = entry.Count;
            starts[(int)(entry.Key >> BinBits) + 1]++;
        }

        for (int group = 1; group < starts.Length; group++)
        {
            starts[group] += starts[group - 1];
        }
    }

    public void Clear()
    {
        _count = 0;
        _lastKey = -1;
        _isSorted = true;
        _isAddedUp = true;
        if (_entries.Length > MostKept)
        {
            Replace(ref _entries, []);
        }

        if (_spare.Length > MostKept)
        {
            Replace(ref _spare, []);
        }
    }

    /// <summary>Moves everything into a grid that has room for it.</summary>
    public void MoveTo(DenseHistograms grid)
    {
        foreach (Entry entry in _entries.AsSpan(0, _count))
        {
            grid.Add((int)(entry.Key >> BinBits), (ushort)(entry.Key & ((1 << BinBits) - 1)), entry.Count);
        }

        Clear();
    }

    private static long KeyOf(int group, ushort bin) => ((long)group << BinBits) | bin;

    private void Reserve(int added)
    {
        if (_count + added > _entries.Length)
        {
            AddUp();
            int size = (int)Math.Min(Array.MaxLength, Math.Max(SmallestLog, BitOperations.RoundUpToPowerOf2((uint)(_count + added)) * 2L));
            if (size > _entries.Length)
            {
                Entry[] larger = ArrayPool<Entry>.Shared.Rent(size);
                _entries.AsSpan(0, _count).CopyTo(larger);
                Replace(ref _entries, larger);
            }
        }

        _isAddedUp = false;
    }

    private static void Replace(ref Entry[] array, Entry[] by)
    {
        if (array.Length > 0)
        {
            ArrayPool<Entry>.Shared.Return(array);
        }

        array = by;
    }

    private void AddUp()
    {
        if (_isAddedUp)
        {
            return;
        }

        // Windows come one after the other, and the bins of each do.
        if (!_isSorted)
        {
            SortByKey();
        }

        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (kept > 0 && _entries[kept - 1].Key == _entries[i].Key)
            {
                _entries[kept - 1].Count += _entries[i].Count;
            }
            else
            {
                _entries[kept++] = _entries[i];
            }
        }

        _count = kept;
        _lastKey = kept > 0 ? _entries[kept - 1].Key : -1;
        _isSorted = true;
        _isAddedUp = true;
    }

    // Digit by digit, the lowest first.
    private void SortByKey()
    {
        long union = 0;
        foreach (Entry entry in _entries.AsSpan(0, _count))
        {
            union |= entry.Key;
        }

        if (_spare.Length < _count)
        {
            Replace(ref _spare, ArrayPool<Entry>.Shared.Rent(_entries.Length));
        }

        Span<int> ends = stackalloc int[1 << DigitBits];
        for (int shift = 0; union >> shift != 0; shift += DigitBits)
        {
            SortByDigit(shift, ends);
        }
    }

    private void SortByDigit(int shift, Span<int> ends)
    {
        const int mask = (1 << DigitBits) - 1;
        ReadOnlySpan<Entry> entries = _entries.AsSpan(0, _count);
        ends.Clear();
        foreach (Entry entry in entries)
        {
            ends[(int)(entry.Key >> shift) & mask]++;
        }

        int before = 0;
        foreach (ref int end in ends)
        {
            (end, before) = (before, before + end);
        }

        Entry[] sorted = _spare;
        foreach (Entry entry in entries)
        {
            sorted[ends[(int)(entry.Key >> shift) & mask]++] = entry;
        }

        (_entries, _spare) = (_spare, _entries);
    }

    private record struct Entry(long Key, long Count);
}
