namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// How many bytes a write may have. It starts as configured and is halved whenever the server refuses a write as too large.
/// It doubles after a number of stored writes, but not to a size refused in the last ten minutes. Thread safe.
/// </summary>
internal sealed class AdaptiveBatchSize
{
    // No server refuses writes of less than this.
    private const int LeastBytes = 64 << 10;

    // With this many, a bound that is too large again costs less than one write in thirty.
    private const int SuccessesToGrow = 32;

    // A server or proxy gets another limit when somebody changes its configuration: looking once in this time is early enough.
    private static readonly TimeSpan _refusalHolds = TimeSpan.FromMinutes(10);

    private readonly int _configuredBytes;
    private readonly TimeProvider _clock;

    // Guards everything below but the reading of _maxBytes.
    private readonly Lock _lock = new();
    private int _maxBytes;
    private int _refusedBytes = int.MaxValue;
    private long _refusedAt;
    private int _successCount;

    /// <param name="configuredBytes">What the bound never exceeds.</param>
    /// <param name="clock">Says how long ago a size was refused.</param>
    public AdaptiveBatchSize(int configuredBytes, TimeProvider clock) => (_configuredBytes, _clock, _maxBytes) = (configuredBytes, clock, configuredBytes);

    public int MaxBytes => Volatile.Read(ref _maxBytes);

    /// <summary>
    /// A write of so many bytes was too large: the bound is at most half of them, and stays where it is for those that were under way when it was halved.
    /// </summary>
    public void Shrink(int refusedBytes)
    {
        lock (_lock)
        {
            _refusedBytes = IsRefusalOld() ? refusedBytes : Math.Min(_refusedBytes, refusedBytes);
            _refusedAt = _clock.GetTimestamp();
            _successCount = 0;
            Volatile.Write(ref _maxBytes, Math.Min(_maxBytes, Math.Max(LeastBytes, refusedBytes / 2)));
        }
    }

    /// <summary>A write was stored; after some of them the bound is doubled.</summary>
    public void Grow()
    {
        if (MaxBytes == _configuredBytes)
        {
            return;
        }

        lock (_lock)
        {
            int next = (int)Math.Min(_configuredBytes, _maxBytes * 2L);
            if (++_successCount < SuccessesToGrow || (next >= _refusedBytes && !IsRefusalOld()))
            {
                return;
            }

            _successCount = 0;
            Volatile.Write(ref _maxBytes, next);
        }
    }

    private bool IsRefusalOld() => _refusedBytes == int.MaxValue || _clock.GetElapsedTime(_refusedAt) >= _refusalHolds;
}
