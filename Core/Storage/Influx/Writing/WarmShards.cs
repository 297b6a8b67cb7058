namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// The hours that samples were surely written into a moment ago. InfluxDB 1.x and 2.x make the cache of a shard at the first write after a rest, and of writes that come at that very moment
/// some are answered 204 and lost (docs/decisions/0013): what goes into any other hour is to be written a second time. Hours, since no shard is shorter. Thread safe.
/// </summary>
/// <param name="clock">Says how long ago an hour was written to.</param>
internal sealed class WarmShards(TimeProvider clock)
{
    // A shard is put to rest when its cache is empty, mostly ten minutes after its last write.
    private static readonly TimeSpan _staysAwake = TimeSpan.FromMinutes(1);

    // Hours of more than a year in a minute: a backfill.
    private const int MaxCount = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, long> _writtenAt = [];

    /// <summary>Whether all the hours are awake.</summary>
    public bool Contain(IReadOnlyCollection<long> hours)
    {
        lock (_lock)
        {
            foreach (long hour in hours)
            {
                if (!_writtenAt.TryGetValue(hour, out long writtenAt) || clock.GetElapsedTime(writtenAt) >= _staysAwake)
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

    /// <summary>InfluxDB may have been started anew: none is awake.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _writtenAt.Clear();
        }
    }
}
