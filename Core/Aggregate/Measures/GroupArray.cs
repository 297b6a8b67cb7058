namespace TimeSeries.Core.Aggregate.Measures;

/// <summary>One value a group, which is <paramref name="neutral"/> until something is added.</summary>
internal sealed class GroupArray<T>(T neutral) where T : unmanaged
{
    private T[] _values = [];

    /// <summary>The values. There may be more than were reserved.</summary>
    public T[] Values => _values;

    public unsafe long AllocatedBytes => _values.Length * (long)sizeof(T);

    public void Reserve(int groups)
    {
        int size = _values.Length;
        if (groups > size)
        {
            Array.Resize(ref _values, (int)Math.Min(Array.MaxLength, Math.Max(groups, size * 2L)));
            _values.AsSpan(size).Fill(neutral);
        }
    }

    /// <summary>Makes room for values that are all written before they are read: no more than needed, for what is kept and never grows again.</summary>
    public void ReserveExactly(int groups)
    {
        if (_values.Length < groups)
        {
            _values = GC.AllocateUninitializedArray<T>(groups);
        }
    }

    public void Clear(int groups) => _values.AsSpan(0, Math.Min(groups, _values.Length)).Fill(neutral);
}
