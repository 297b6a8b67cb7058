namespace TimeSeries.Ingest.Receive;

/// <summary>Bytes that all batches in flight may hold together. Thread safe.</summary>
internal sealed class MemoryBudget(long totalBytes)
{
    private long _usedBytes;

    public long UsedBytes => Volatile.Read(ref _usedBytes);

    /// <summary>Takes bytes when there are as many left.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _usedBytes, bytes) <= totalBytes)
        {
            return true;
        }

        Interlocked.Add(ref _usedBytes, -bytes);
        return false;
    }

    /// <summary>Takes (or with less than 0 gives back) bytes, whether or not there are as many left: for what is in memory already.</summary>
    public void Adjust(long bytes) => Interlocked.Add(ref _usedBytes, bytes);
}

/// <summary>One request's part of the budget; given back whole when disposed. Used by one thread at a time.</summary>
internal sealed class MemoryReservation(MemoryBudget budget) : IDisposable
{
    private long _bytes;

    public bool TryTake(long bytes)
    {
        if (!budget.TryTake(bytes))
        {
            return false;
        }

        _bytes += bytes;
        return true;
    }

    /// <summary>Sets the part to what is truly held.</summary>
    public void SetTo(long bytes)
    {
        budget.Adjust(bytes - _bytes);
        _bytes = bytes;
    }

    public void Dispose() => SetTo(0);
}
