namespace TimeSeries.Core.Aggregate;

/// <summary>How many values of each group lie in each bin: one open-addressed table of (group, bin), which takes room only for what occurs.</summary>
internal sealed class BinCounts
{
    // All bins of 63-bit values fit into 12 bits.
    public const int BinBits = 12;

    private const int SmallestTable = 64;

    private Entry[] _entries = [];
    private int _shift;

    public int Count { get; private set; }

    public long AllocatedBytes => _entries.Length * 2L * sizeof(long);

    public void Add(int group, int bin, long count)
    {
        // One more than the key, since 0 marks a free entry.
        long key = (((long)group << BinBits) | (uint)bin) + 1;
        if (Count * 4L >= _entries.Length * 3L)
        {
            Grow();
        }

        Entry[] entries = _entries;
        int mask = entries.Length - 1;
        for (int slot = KeySpread.SlotOf(key, _shift); ; slot = (slot + 1) & mask)
        {
            ref Entry entry = ref entries[slot & mask];
            if (entry.Key == key)
            {
                entry.Count += count;
                return;
            }

            if (entry.Key == 0)
            {
                entry.Key = key;
                entry.Count = count;
                Count++;
                return;
            }
        }
    }

    /// <summary>Writes all bins ordered by group, then bin; <paramref name="starts"/> gets where each group's begin, and the end.</summary>
    public void Sort(Span<int> starts, Span<ushort> bins, Span<long> counts)
    {
        starts.Clear();
        foreach (Entry entry in _entries)
        {
            if (entry.Key != 0)
            {
                starts[(int)((entry.Key - 1) >> BinBits) + 1]++;
            }
        }

        for (int group = 1; group < starts.Length; group++)
        {
            starts[group] += starts[group - 1];
        }

        // Moves the starts to the ends.
        foreach (Entry entry in _entries)
        {
            if (entry.Key != 0)
            {
                int place = starts[(int)((entry.Key - 1) >> BinBits)]++;
                bins[place] = (ushort)((entry.Key - 1) & ((1 << BinBits) - 1));
                counts[place] = entry.Count;
            }
        }

        starts[..^1].CopyTo(starts[1..]);
        starts[0] = 0;
        for (int group = 0; group + 1 < starts.Length; group++)
        {
            bins[starts[group]..starts[group + 1]].Sort(counts[starts[group]..starts[group + 1]]);
        }
    }

    public void Clear()
    {
        if (_entries.Length > SmallestTable && Count < _entries.Length / 16)
        {
            // Emptying must not go on costing what the fullest use cost.
            _entries = [];
        }

        Array.Clear(_entries);
        Count = 0;
    }

    private void Grow()
    {
        Entry[] old = _entries;
        _entries = new Entry[Math.Max(SmallestTable, checked(old.Length * 2))];
        _shift = 64 - int.Log2(_entries.Length);
        int mask = _entries.Length - 1;
        foreach (Entry entry in old)
        {
            if (entry.Key != 0)
            {
                int slot = KeySpread.SlotOf(entry.Key, _shift);
                while (_entries[slot].Key != 0)
                {
                    slot = (slot + 1) & mask;
                }

                _entries[slot] = entry;
            }
        }
    }

    private struct Entry
    {
        public long Key;
        public long Count;
    }
}
