using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>One rollup of a unit in a 5-minute bucket, or of all units in an hour, as the aggregation asks for it. It has all of their samples in that time.</summary>
internal sealed class UnitSource(long start, long length, Rollup rollup) : IRollupSource
{
    public long FirstTime => start;

    public long LastTime => start + length - 1;

    public Rollup Rollup => rollup;

    public Rollup? Find(int specIndex, RollupLevel level, bool withSketches) => specIndex == rollup.SpecIndex && level == rollup.Level ? rollup : null;

    /// <summary>A dry run of the plan: whether the query can be answered for all of this time, which is used whole or not at all.</summary>
    public bool CanAnswer(SampleQuery query)
    {
        List<TimeRange> rest = [];
        new RollupPlan(query, this, rollup.SpecIndex, rest, static (_, _, _) => { }).Cover(new TimeRange(FirstTime, LastTime + 1));
        return rest.Count == 0;
    }
}
