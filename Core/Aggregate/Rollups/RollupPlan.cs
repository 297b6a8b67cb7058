using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>
/// Chooses, for one range of one block, the coarsest buckets of one declaration's rollups that lie inside and fit the query's windows;
/// what no bucket covers is the rest.
/// </summary>
internal sealed class RollupPlan
{
    private readonly SampleQuery _query;
    private readonly IRollupSource _source;
    private readonly int _specIndex;
    private readonly bool _wantsSketches;
    private readonly Rollup?[] _levels = new Rollup?[(int)RollupLevel.Block + 1];
    private readonly int[]?[] _measures = new int[]?[(int)RollupLevel.Block + 1];
    private readonly List<TimeRange> _rest;
    private readonly Action<Rollup, int[], RollupBucket> _use;
    private TimeRange _range;
    private long _done;

    /// <param name="query">The query.</param>
    /// <param name="source">The block's rollups; those of <paramref name="specIndex"/> fit the query.</param>
    /// <param name="specIndex">The declaration.</param>
    /// <param name="rest">Gets the ranges to be read raw.</param>
    /// <param name="use">Takes a bucket to be used, with the rollup's measures that those of the query are.</param>
    public RollupPlan(SampleQuery query, IRollupSource source, int specIndex, List<TimeRange> rest, Action<Rollup, int[], RollupBucket> use)
    {
        _query = query;
        _source = source;
        _rest = rest;
        _use = use;
        foreach (Measure measure in query.Measures)
        {
            _wantsSketches |= measure.Kind == MeasureKind.Sketch;
        }

        Find(specIndex, RollupLevel.Block);
        if (_levels[(int)RollupLevel.Block] is null || !HasOneWindow(source.FirstTime, source.LastTime))
        {
            _levels[(int)RollupLevel.Block] = null;
        }

        _specIndex = specIndex;
    }

    /// <summary>Uses what can be used for a range, which lies inside the times of the block.</summary>
    public void Cover(TimeRange range)
    {
        _range = range;
        _done = range.From;
        if (!TryBlock())
        {
            Find(_specIndex, RollupLevel.Hour);
            Find(_specIndex, RollupLevel.FiveMinutes);
            CoverHours();
            Skip(range.To);
        }
    }

    private void Find(int specIndex, RollupLevel level)
    {
        bool fitsWindow = level == RollupLevel.Block || _query.WindowMilliseconds == 0
            || (_query.WindowMilliseconds % RollupBuilder.LengthOf(level) == 0 && _query.WindowOffsetMilliseconds % RollupBuilder.LengthOf(level) == 0);
        if (_levels[(int)level] is null && fitsWindow && _source.Find(specIndex, level, _wantsSketches) is { } rollup && rollup.Level == level
            && RollupMatch.Fits(rollup.Schema, rollup.Spec, _query) && RollupMatch.MapMeasures(rollup, _query) is { } measures)
        {
            _levels[(int)level] = rollup;
            _measures[(int)level] = measures;
        }
    }

    private bool HasOneWindow(long first, long last) => _query.WindowMilliseconds == 0
        || WindowKeyColumn.StartOf(first, _query.WindowMilliseconds, _query.WindowOffsetMilliseconds)
            == WindowKeyColumn.StartOf(last, _query.WindowMilliseconds, _query.WindowOffsetMilliseconds);

    private bool TryBlock()
    {
        if (_levels[(int)RollupLevel.Block] is not { Buckets.Length: 1 } block || !_range.Covers(_source.FirstTime, _source.LastTime)
            || !IsUsable(block, block.Buckets[0]))
        {
            return false;
        }

        _use(block, _measures[(int)RollupLevel.Block]!, block.Buckets[0]);
        return true;
    }

    private void CoverHours()
    {
        if (_levels[(int)RollupLevel.Hour] is not { } hours)
        {
            CoverFiveMinutes(_range.From, _range.To);
            return;
        }

        long length = RollupBuilder.LengthOf(RollupLevel.Hour);
        for (int i = hours.FirstBucketFrom(WindowKeyColumn.StartOf(_range.From, length)); i < hours.Buckets.Length; i++)
        {
            RollupBucket bucket = hours.Buckets[i];
            if (bucket.Start >= _range.To)
            {
                break;
            }

            if (!TryBucket(RollupLevel.Hour, bucket))
            {
                CoverFiveMinutes(bucket.Start, bucket.Start + length);
            }
        }
    }

    private void CoverFiveMinutes(long from, long to)
    {
        if (_levels[(int)RollupLevel.FiveMinutes] is not { } fiveMinutes)
        {
            return;
        }

        from = WindowKeyColumn.StartOf(Math.Max(from, _range.From), RollupBuilder.LengthOf(RollupLevel.FiveMinutes));
        for (int i = fiveMinutes.FirstBucketFrom(from); i < fiveMinutes.Buckets.Length; i++)
        {
            RollupBucket bucket = fiveMinutes.Buckets[i];
            if (bucket.Start >= Math.Min(to, _range.To))
            {
                break;
            }

            TryBucket(RollupLevel.FiveMinutes, bucket);
        }
    }

    // A bucket may be used when all of the block's samples in it lie in the range; its edges outside of the block's times don't matter.
    private bool TryBucket(RollupLevel level, RollupBucket bucket)
    {
        long end = bucket.Start + RollupBuilder.LengthOf(level);
        long first = Math.Max(bucket.Start, _source.FirstTime);
        long last = Math.Min(end - 1, _source.LastTime);
        Rollup rollup = _levels[(int)level]!;
        if (first > last || !_range.Covers(first, last) || !IsUsable(rollup, bucket))
        {
            return false;
        }

        Skip(first);
        _done = last + 1;
        _use(rollup, _measures[(int)level]!, bucket);
        return true;
    }

    private bool IsUsable(Rollup rollup, RollupBucket bucket) =>
        !bucket.IsRaw && (bucket.Counted == bucket.Samples || RollupMatch.NeedsOnlyCounted(rollup.Spec, _query));

    // What lies between the buckets used is read raw.
    private void Skip(long to)
    {
        if (_done < to)
        {
            _rest.Add(new TimeRange(_done, to));
        }
    }
}

/// <summary>The rollups that one block keeps of one project and kind. Used by one thread at a time.</summary>
public interface IRollupSource
{
    /// <summary>Time in ms of the block's earliest sample of the project.</summary>
    long FirstTime { get; }

    /// <summary>Time in ms of the block's latest sample of the project.</summary>
    long LastTime { get; }

    /// <summary>
    /// The rollup of a declaration (an index into <see cref="Schema.KindSchema.Rollups"/>) at a level;
    /// null when the block keeps none, so that its samples must be read one by one. It needs its <see cref="MeasureKind.Sketch"/> measures
    /// only <paramref name="withSketches"/>: they are most of it, and most queries need none.
    /// </summary>
    Rollup? Find(int specIndex, RollupLevel level, bool withSketches);
}
