using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>
/// Whole hours of one slice of a query, from units that are merged once and cached. Not thread safe.
/// </summary>
/// <remarks>
/// The cache pays. Without it, every query merges some 24 rollups an hour and InfluxDB counts every point of the range.
/// Medians of <c>influx-query</c> over a day of 1,000,000 transactions, with the cache and without, by turns on 2 busy cores:
/// transaction 25 and 1,724 ms, sql 60 and 1,627 ms, remote 52 and 992 ms, httpc 113 and 404 ms, exception 37 and 341 ms.
/// </remarks>
internal sealed class HourRollups(SampleQuery query, int specIndex, UnitCache cache, TimeProvider clock)
{
    private const int BucketsOfHour = (int)(InfluxSchema.HourMilliseconds / InfluxSchema.BucketMilliseconds);

    // A node writes a row of the unit before its samples, so the units show what came late. Points are counted again only
    // to notice what others do to the database.
    private static readonly TimeSpan _countPeriod = TimeSpan.FromMinutes(10);

    private readonly KindSchema _schema = SampleSchema.Of(query.Kind);
    private readonly Dictionary<long, CachedHourRollup> _cached = [];

    // One moment for the whole slice, so that an hour is either counted or not.
    private readonly long _now = clock.GetTimestamp();

    /// <summary>The hour that a bucket lies in.</summary>
    public static long HourOf(long bucket) => WindowKeyColumn.StartOf(bucket, InfluxSchema.HourMilliseconds);

    /// <summary>Finds the cached hours that still have the same units.</summary>
    public void Find(TimeRange slice, IReadOnlyDictionary<long, UnitBucket> units)
    {
        for (long hour = HourOf(slice.From + InfluxSchema.HourMilliseconds - 1); IsAllowed(hour, slice); hour += InfluxSchema.HourMilliseconds)
        {
            if (cache.Hours.Find(KeyOf(hour)) is { } cached && cached.IsOf(hour, units) && SourceOf(hour, cached.Rollup).CanServe(query))
            {
                _cached.Add(hour, cached);
            }
        }
    }

    /// <summary>The parts of a slice whose points must be counted: all but the cached hours that were counted lately.</summary>
    public List<TimeRange> Uncounted(TimeRange slice)
    {
        List<TimeRange> uncounted = [];
        long from = slice.From;
        foreach (long hour in _cached.Keys.Order())
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

    /// <summary>The sources of the cached hours that were counted lately.</summary>
    public IEnumerable<UnitSource> Counted() => _cached.Where(entry => IsCounted(entry.Key)).Select(static entry => SourceOf(entry.Key, entry.Value.Rollup));

    /// <summary>Whether the bucket's hour is cached, so that its units need not be read.</summary>
    public bool Has(long bucket) => _cached.ContainsKey(HourOf(bucket));

    /// <summary>Returns the source of a cached hour whose number of points is unchanged; else null.</summary>
    public UnitSource? TryUse(long hour, ReadOnlySpan<(long Bucket, long Points)> counts)
    {
        if (!_cached.TryGetValue(hour, out CachedHourRollup? cached) || !cached.HasPoints(counts))
        {
            return null;
        }

        cached.Counted = _now;
        return SourceOf(hour, cached.Rollup);
    }

    /// <summary>
    /// Merges the units of an hour's buckets into one source and caches it. All of them must serve the query.
    /// Returns null where the hour is not full or the units cannot be merged.
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

        if (RollupMerge.TryMerge(_schema, specIndex, rollups, hour, samples) is not { } merged || !SourceOf(hour, merged).CanServe(query))
        {
            return null;
        }

        Dictionary<long, (HashSet<(string Node, long Unit)> Units, long Samples)> made = [];
        foreach ((UnitBucket bucket, _) in buckets)
        {
            made.Add(bucket.Start, ([.. bucket.Units], bucket.Samples));
            bucket.Forget();
        }

        cache.Hours.Set(KeyOf(hour), new CachedHourRollup(merged, made) { Counted = _now });
        return SourceOf(hour, merged);
    }

    private bool IsCounted(long hour) => clock.GetElapsedTime(_cached[hour].Counted, _now) < _countPeriod;

    private bool IsAllowed(long hour, TimeRange slice) =>
        query.WindowMilliseconds % InfluxSchema.HourMilliseconds == 0 && hour + InfluxSchema.HourMilliseconds <= slice.To;

    private static UnitSource SourceOf(long hour, Rollup rollup) => new(hour, InfluxSchema.HourMilliseconds, rollup);

    private HourCacheKey KeyOf(long hour) => new(query.Pcode, query.Kind, specIndex, hour);
}
