namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// The most bytes of a write. It starts as configured and is halved when the server refuses a write as too large.
/// It doubles after a number of stored writes, but not to a size refused in the last ten minutes. Thread safe.
/// </summary>
internal sealed class AdaptiveBatchSize
{
    // No server refuses writes of less than this.
    private const int LeastBytes = 64 << 10;

    // So a bound that is too large again costs less than one write in thirty.
    private const int SuccessesToGrow = 32;

    // A server or proxy gets another limit when its configuration changes. One try in this time is early enough.
    private static readonly TimeSpan _refusalHolds = TimeSpan.FromMinutes(10);

    private readonly int _configuredBytes;
    private readonly TimeProvider _clock;

    // Guards everything below, except reads of _maxBytes.
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
    /// A write was too large: the bound becomes at most half of it. Writes that were under way do not lower it again.
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
