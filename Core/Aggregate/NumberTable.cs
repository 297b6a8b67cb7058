namespace TimeSeries.Core.Aggregate;

/// <summary>Gives each distinct number a small one, in the order of their coming.</summary>
internal sealed class NumberTable
{
    private const int SmallestIndex = 16;

    private long[] _values = [];
    private int[] _slots = [];
    private int _shift;

    public int Count { get; private set; }

    public long AllocatedBytes => _values.Length * (long)sizeof(long) + _slots.Length * (long)sizeof(int);

    public long this[int id] => _values[id];

    public int Intern(long value)
    {
        if (Count * 2 >= _slots.Length)
        {
            Grow();
        }

        int mask = _slots.Length - 1;
        for (int slot = KeySpread.SlotOf(value, _shift); ; slot = (slot + 1) & mask)
        {
            int id = _slots[slot] - 1;
            if (id < 0)
            {
                _values[Count] = value;
                _slots[slot] = ++Count;
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
        if (_slots.Length > SmallestIndex && Count < _slots.Length / 16)
        {
            // Emptying must not go on costing what the fullest use cost.
            _slots = [];
            _values = [];
        }

        Array.Clear(_slots);
        Count = 0;
    }

    private void Grow()
    {
        int size = Math.Max(SmallestIndex, checked(_slots.Length * 2));
        _slots = new int[size];
        _shift = 64 - int.Log2(size);
        Array.Resize(ref _values, size / 2);
        for (int id = 0; id < Count; id++)
        {
            int slot = KeySpread.SlotOf(_values[id], _shift);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (size - 1);
            }

            _slots[slot] = id + 1;
        }
    }
}
