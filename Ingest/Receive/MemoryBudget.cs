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
