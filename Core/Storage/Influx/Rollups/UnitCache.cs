using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Reading;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>
/// Caches decoded rollups of closed units, so that they travel over the network once. Single units and merged hours have separate bounds,
/// since an hour has a fraction of the rows of its units. Thread safe.
/// </summary>
/// <param name="unitBytes">Most bytes of single units.</param>
/// <param name="hourBytes">Most bytes of hours.</param>
internal sealed class UnitCache(long unitBytes, long hourBytes)
{
    public BoundedCache<UnitCacheKey, CachedUnitRollup> Units { get; } = new(unitBytes, static unit => unit.AllocatedBytes);

    public BoundedCache<HourCacheKey, CachedHourRollup> Hours { get; } = new(hourBytes, static hour => hour.AllocatedBytes);
}

/// <summary>A closed unit's rollup of one declaration in one bucket. It never changes: a replay of the log writes the same.</summary>
/// <param name="Samples">How many samples the unit has in the bucket.</param>
/// <param name="Rollup">The rollup; null where the unit keeps none, and its samples must be read one by one.</param>
internal sealed record CachedUnitRollup(long Samples, Rollup? Rollup)
{
    /// <summary>Memory held.</summary>
    public long AllocatedBytes => 128 + (Rollup?.AllocatedBytes ?? 0);
}

/// <summary>Which rollup of which unit in which bucket.</summary>
internal readonly record struct UnitCacheKey(long Pcode, Kind Kind, int SpecIndex, long Bucket, string Node, long Unit);

/// <summary>Which rollup of which hour.</summary>
internal readonly record struct HourCacheKey(long Pcode, Kind Kind, int SpecIndex, long Hour);
