using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>Whole hours of one slice of a query, from units that are merged once and kept. Not thread safe.</summary>
internal sealed class HourRollups(SampleQuery query, int specIndex, UnitCache cache, TimeProvider clock)
{
    private const int BucketsOfHour = (int)(InfluxSchema.HourMilliseconds / InfluxSchema.BucketMilliseconds);

    // No node writes a sample before a row of its unit, so units alone tell what came late. Points are counted again only for what
    // others do to the database.
    private static readonly TimeSpan _countPeriod = TimeSpan.FromMinutes(10);

    private readonly KindSchema _schema = SampleSchema.Of(query.Kind);
    private readonly Dictionary<long, CachedHourRollup> _known = [];

    // One moment for the whole slice, so that an hour is either counted or not.
    private readonly long _now = clock.GetTimestamp();

    /// <summary>The hour that a bucket lies in.</summary>
    public static long HourOf(long bucket) => WindowKeyColumn.StartOf(bucket, InfluxSchema.HourMilliseconds);

    /// <summary>Finds the hours that are kept and still have the same units.</summary>
    public void Find(TimeRange slice, IReadOnlyDictionary<long, UnitBucket> units)
    {
        for (long hour = HourOf(slice.From + InfluxSchema.HourMilliseconds - 1); IsAllowed(hour, slice); hour += InfluxSchema.HourMilliseconds)
        {
            if (cache.Hours.Find(PlaceOf(hour)) is { } known && known.IsOf(hour, units) && SourceOf(hour, known.Rollup).CanAnswer(query))
            {
                _known.Add(hour, known);
            }
        }
    }

    /// <summary>The parts of a slice whose points must be counted: all but the hours that are kept and were counted lately.</summary>
    public List<TimeRange> Uncounted(TimeRange slice)
    {
        List<TimeRange> uncounted = [];
        long from = slice.From;
        foreach (long hour in _known.Keys.Order())
        {
            if (IsCounted(hour))
            {
                uncounted.Add(new TimeRange(from, hour));
                from = hour + InfluxSchema.HourMilliseconds;
            }
        }

        uncounted.Add(new TimeRange(from, slice.To));
        uncounted.RemoveAll(static range => range.IsEmpty);
        return uncounted;
    }

    /// <summary>The sources of the kept hours that were counted lately.</summary>
    public IEnumerable<UnitSource> Counted() => _known.Where(entry => IsCounted(entry.Key)).Select(static entry => SourceOf(entry.Key, entry.Value.Rollup));

    /// <summary>Whether the bucket's hour is kept, so that its units need not be read.</summary>
    public bool Has(long bucket) => _known.ContainsKey(HourOf(bucket));

    /// <summary>The source of a kept hour, when it has as many points as it had; else null.</summary>
    public UnitSource? TryUse(long hour, ReadOnlySpan<(long Bucket, long Points)> counts)
    {
        if (!_known.TryGetValue(hour, out CachedHourRollup? known) || !known.HasPoints(counts))
        {
            return null;
        }

        known.Counted = _now;
        return SourceOf(hour, known.Rollup);
    }

    /// <summary>
    /// Merges the units of an hour's buckets, each of which answers the query, into one source and keeps it; null where that is not worth it or they don't go
    /// together.
    /// </summary>
    public UnitSource? TryMerge(long hour, TimeRange slice, ReadOnlySpan<(UnitBucket Bucket, List<UnitSource> Sources)> buckets)
    {
        // An hour that is not full yet would be merged again with every unit.
        if (!IsAllowed(hour, slice) || hour < slice.From || buckets.Length < BucketsOfHour)
        {
            return null;
        }

        List<Rollup> rollups = [];
        long samples = 0;
        foreach ((UnitBucket bucket, List<UnitSource> sources) in buckets)
        {
            rollups.AddRange(sources.Select(source => source.Rollup));
            samples += bucket.Samples;
        }

        if (RollupMerge.TryMerge(_schema, specIndex, rollups, hour, samples) is not { } merged || !SourceOf(hour, merged).CanAnswer(query))
        {
            return null;
        }

        Dictionary<long, (HashSet<(string Node, long Unit)> Units, long Samples)> made = [];
        foreach ((UnitBucket bucket, _) in buckets)
        {
            made.Add(bucket.Start, ([.. bucket.Units], bucket.Samples));
            bucket.Forget();
        }

        cache.Hours.Set(PlaceOf(hour), new CachedHourRollup(merged, made) { Counted = _now });
        return SourceOf(hour, merged);
    }

    private bool IsCounted(long hour) => clock.GetElapsedTime(_known[hour].Counted, _now) < _countPeriod;

    private bool IsAllowed(long hour, TimeRange slice) => query.WindowMilliseconds % InfluxSchema.HourMilliseconds == 0 && hour + InfluxSchema.HourMilliseconds <= slice.To;

    private static UnitSource SourceOf(long hour, Rollup rollup) => new(hour, InfluxSchema.HourMilliseconds, rollup);

    private HourPlace PlaceOf(long hour) => new(query.Pcode, query.Kind, specIndex, hour);
}
