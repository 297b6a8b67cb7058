using TimeSeries.Core.Aggregate;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>Whole hours of one slice of a query, from units that are merged once and kept. Not thread safe.</summary>
internal sealed class UnitHours(SampleQuery query, int specIndex, UnitCache cache)
{
    public const long HourMilliseconds = 3_600_000;

    private const int BucketsOfHour = (int)(HourMilliseconds / InfluxSchema.BucketMilliseconds);

    private readonly KindSchema _schema = SampleSchema.Of(query.Kind);
    private readonly Dictionary<long, KnownHour> _known = [];

    /// <summary>The hour that a bucket lies in.</summary>
    public static long HourOf(long bucket) => WindowKeyPart.StartOf(bucket, HourMilliseconds);

    /// <summary>Finds the hours that are kept and still have the same units.</summary>
    public void Find(TimeRange slice, IReadOnlyDictionary<long, UnitBucket> units)
    {
        for (long hour = HourOf(slice.From + HourMilliseconds - 1); IsAllowed(hour, slice); hour += HourMilliseconds)
        {
            if (cache.Hours.Find(PlaceOf(hour)) is { } known && known.IsOf(hour, units) && SourceOf(hour, known.Rollup).CanAnswer(query))
            {
                _known.Add(hour, known);
            }
        }
    }

    /// <summary>Whether the bucket's hour is kept, so that its units need not be read.</summary>
    public bool Has(long bucket) => _known.ContainsKey(HourOf(bucket));

    /// <summary>The source of a kept hour, when it has as many points as it had; else null.</summary>
    public UnitSource? TryUse(long hour, ReadOnlySpan<(long Bucket, long Points)> counts) =>
        _known.TryGetValue(hour, out KnownHour? known) && known.HasPoints(counts) ? SourceOf(hour, known.Rollup) : null;

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

        cache.Hours.Set(PlaceOf(hour), new KnownHour(merged, made));
        return SourceOf(hour, merged);
    }

    private bool IsAllowed(long hour, TimeRange slice) => query.WindowMilliseconds % HourMilliseconds == 0 && hour + HourMilliseconds <= slice.To;

    private static UnitSource SourceOf(long hour, Rollup rollup) => new(hour, HourMilliseconds, rollup);

    private HourPlace PlaceOf(long hour) => new(query.Pcode, query.Kind, specIndex, hour);
}
