using TimeSeries.Core.Memory;

namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>One value a group, which is <paramref name="neutral"/> until something is added.</summary>
internal sealed class GroupArray<T>(T neutral) where T : unmanaged
{
    private T[] _values = [];
    private int _reserved;
    private bool _isExact;

    // How many there were when they were last given back.
    private int _expected;

    /// <summary>The values of at least as many groups as were reserved.</summary>
    public T[] Values => _values;

    public unsafe long AllocatedBytes => _values.Length * (long)sizeof(T);

    public void Reserve(int groups)
    {
        if (groups <= _reserved)
        {
            return;
        }

        if (_isExact)
        {
            throw new InvalidOperationException("What is kept does not grow.");
        }

        if (groups > _values.Length)
        {
            RentedArray.Grow(ref _values, _reserved, groups, _expected);
        }

        // Groups come one after the other while samples are read, and all at once at the end.
        int reserved = (int)Math.Min(_values.Length, Math.Max(groups, _reserved * 2L));
        _values.AsSpan(_reserved, reserved - _reserved).Fill(neutral);
        _reserved = reserved;
    }

    /// <summary>Makes room for values that are all written before they are read: no more than needed, for what is kept and never grows again.</summary>
    public void ReserveExactly(int groups)
    {
        if (_values.Length < groups)
        {
            _values = GC.AllocateUninitializedArray<T>(groups);
            _isExact = true;
        }

        _reserved = Math.Max(_reserved, groups);
    }

    /// <summary>Makes the values of so many groups neutral again.</summary>
    public void Clear(int groups)
    {
        if (!_isExact && RentedArray.ReturnLarge(ref _values))
        {
            (_expected, _reserved) = (groups, 0);
            return;
        }

        _values.AsSpan(0, Math.Min(groups, _reserved)).Fill(neutral);
    }
}
