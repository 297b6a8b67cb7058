using TimeSeries.Core.Aggregate;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>One rollup of one unit in one 5-minute bucket, as the aggregation asks for it. It has all of the unit's samples of the project in the bucket.</summary>
internal sealed class UnitSource(long bucket, Rollup rollup) : IRollupSource
{
    public long FirstTime => bucket;

    public long LastTime => bucket + InfluxSchema.BucketMilliseconds - 1;

    public Rollup? Find(int specIndex, RollupLevel level) => specIndex == rollup.SpecIndex && level == rollup.Level ? rollup : null;
}
