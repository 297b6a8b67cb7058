namespace TimeSeries.Ingest.Receive;

/// <summary>Bytes that all batches in flight may hold together. Thread safe.</summary>
internal sealed class MemoryBudget(long totalBytes)
{
    private long _usedBytes;

    public long UsedBytes => Volatile.Read(ref _usedBytes);

    public long TotalBytes => totalBytes;

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
    private long _decodedFrom;

    /// <summary>Whether the columns of the batch came to take more than there is.</summary>
    public bool IsExceeded { get; private set; }

    /// <summary>Whether it would be too much if there were nothing else.</summary>
    public bool IsBeyondAll { get; private set; }

    public bool TryTake(long bytes)
    {
        if (!budget.TryTake(bytes))
        {
            return false;
        }

        _bytes += bytes;
        return true;
    }

    /// <summary>Takes a first guess of what columns will take, which comes beside what is held so far.</summary>
    public bool TryBeginColumns(long guess)
    {
        _decodedFrom = _bytes;
        return TryTake(guess);
    }

    /// <summary>Takes more while columns grow beyond the guess. False when there is no more: then nothing is to be decoded any more.</summary>
    /// <param name="bytes">What they take now.</param>
    public bool TryHoldColumns(long bytes)
    {
        long more = _decodedFrom + bytes - _bytes;
        IsExceeded |= more > 0 && !TryTake(more);
        IsBeyondAll |= IsExceeded && _decodedFrom + bytes > budget.TotalBytes;
        return !IsExceeded;
    }

    /// <summary>Sets the part to what is truly held.</summary>
    public void SetTo(long bytes)
    {
        budget.Adjust(bytes - _bytes);
        _bytes = bytes;
    }

    public void Dispose() => SetTo(0);
}
