namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// The hours that samples were surely written to a moment ago. InfluxDB 1.x and 2.x create the cache of a shard at the first write after a rest.
/// Some writes of that moment get 204 and are lost (docs/decisions/0013), so writes to any other hour are repeated.
/// No shard is shorter than an hour. Thread safe.
/// </summary>
/// <param name="clock">Says how long ago an hour was written to.</param>
internal sealed class WarmShards(TimeProvider clock)
{
    // InfluxDB drops an empty cache, mostly ten minutes after the last write.
    private static readonly TimeSpan _staysWarm = TimeSpan.FromMinutes(1);

    // Hours of more than a year in a minute: a backfill.
    private const int MaxCount = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, long> _writtenAt = [];

    /// <summary>Whether all the hours are warm.</summary>
    public bool Contain(IReadOnlyCollection<long> hours)
    {
        lock (_lock)
        {
            foreach (long hour in hours)
            {
                if (!_writtenAt.TryGetValue(hour, out long writtenAt) || clock.GetElapsedTime(writtenAt) >= _staysWarm)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Samples of the hours were surely written just now.</summary>
    public void Add(IReadOnlyCollection<long> hours)
    {
        long now = clock.GetTimestamp();
        lock (_lock)
        {
            if (_writtenAt.Count > MaxCount)
            {
                _writtenAt.Clear();
            }

            foreach (long hour in hours)
            {
                _writtenAt[hour] = now;
            }
        }
    }

    /// <summary>Forgets all hours, since InfluxDB may have been restarted.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _writtenAt.Clear();
        }
    }
}
