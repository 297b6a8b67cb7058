using TimeSeries.Core.Aggregate.Rollups;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>A closed unit's rollup of one declaration in one bucket. It never changes: a replay of the log writes the same.</summary>
/// <param name="Samples">How many samples the unit has in the bucket.</param>
/// <param name="Rollup">The rollup; null where the unit keeps none, and its samples must be read one by one.</param>
internal sealed record CachedUnitRollup(long Samples, Rollup? Rollup)
{
    /// <summary>Memory held.</summary>
    public long AllocatedBytes => 128 + (Rollup?.AllocatedBytes ?? 0);
}
