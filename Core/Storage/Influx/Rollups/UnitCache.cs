using TimeSeries.Core.Storage.Influx.Reading;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>
/// What queries have read of closed units, decoded, so that it need not come over the network again: units one by one, and whole hours of them merged,
/// which have a fraction of their rows. Thread safe.
/// </summary>
/// <param name="unitBytes">Most bytes of single units.</param>
/// <param name="hourBytes">Most bytes of hours.</param>
internal sealed class UnitCache(long unitBytes, long hourBytes)
{
    public BoundedCache<UnitCacheKey, CachedUnitRollup> Units { get; } = new(unitBytes, static unit => unit.AllocatedBytes);

    public BoundedCache<HourPlace, CachedHourRollup> Hours { get; } = new(hourBytes, static hour => hour.AllocatedBytes);
}
