namespace TimeSeries.Ingest.Receive;

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
        // A batch alone may have all there is: what columns truly take is weighed later.
        _decodedFrom = _bytes;
        return TryTake(Math.Min(guess, Math.Max(0, budget.TotalBytes - _bytes)));
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
