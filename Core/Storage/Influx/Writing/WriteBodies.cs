namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// Pools bodies of writes. InfluxDB.Client sends whole arrays only, and an exact array for each write would be garbage on the large object heap.
/// So lines are copied into arrays of a few lengths, and line feeds fill the rest, which InfluxDB skips. Thread safe.
/// </summary>
internal sealed class WriteBodies
{
    // The most line feeds: some 3 % of a write. Shorter writes are rare and no large objects, so they get exact arrays.
    private const int StepBytes = 32 << 10;

    // One for each concurrent write, and one of another length.
    private const int KeptCount = 4;

    // Guards _free.
    private readonly Lock _lock = new();
    private readonly List<byte[]> _free = [];

    /// <summary>An array that holds the lines, and at most <paramref name="maxBytes"/> with its tail. It is the caller's.</summary>
    public byte[] Take(ReadOnlySpan<byte> lines, int maxBytes)
    {
        int length = (int)Math.Min(maxBytes, (lines.Length + StepBytes - 1L) / StepBytes * StepBytes);
        if (length < lines.Length || lines.Length <= StepBytes)
        {
            return lines.ToArray();
        }

        byte[] body = FindFree(length) ?? GC.AllocateUninitializedArray<byte>(length);
        lines.CopyTo(body);
        body.AsSpan(lines.Length).Fill((byte)'\n');
        return body;
    }

    /// <summary>Takes back an array that is no longer read.</summary>
    public void Return(byte[] body)
    {
        if (body.Length <= StepBytes)
        {
            return;
        }

        lock (_lock)
        {
            if (_free.Count == KeptCount)
            {
                _free.RemoveAt(0);
            }

            _free.Add(body);
        }
    }

    private byte[]? FindFree(int length)
    {
        lock (_lock)
        {
            int index = _free.FindLastIndex(body => body.Length == length);
            if (index < 0)
            {
                return null;
            }

            byte[] body = _free[index];
            _free.RemoveAt(index);
            return body;
        }
    }
}
