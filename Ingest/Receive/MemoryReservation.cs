namespace TimeSeries.Ingest.Receive;

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
