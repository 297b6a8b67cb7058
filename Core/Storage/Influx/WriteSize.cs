namespace TimeSeries.Core.Storage.Influx;

/// <summary>How many bytes a write may have: as configured, and half of it each time the server says that one was too large. Thread safe.</summary>
internal sealed class WriteSize(int maxBytes)
{
    // Less than this no server refuses.
    private const int LeastBytes = 64 << 10;

    private int _maxBytes = maxBytes;

    public int MaxBytes => Volatile.Read(ref _maxBytes);

    /// <summary>Halves the bound when a write of so many bytes was too large.</summary>
    public void Shrink(int refusedBytes)
    {
        int most = MaxBytes;
        int half = Math.Max(Math.Min(most, LeastBytes), Math.Min(most, refusedBytes) / 2);
        Interlocked.CompareExchange(ref _maxBytes, half, most);
    }
}
