using TimeSeries.Core.Aggregate.Rollups;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>
/// The rollups of all units of an hour, merged. It stands for the hour only as long as the hour's buckets have the same units and as many points.
/// Immutable but for <see cref="Counted"/>; thread safe.
/// </summary>
/// <param name="rollup">The rollup, of level hour.</param>
/// <param name="buckets">By the start of each bucket of the hour that has samples: the units that it was made of, and their samples.</param>
internal sealed class CachedHourRollup(Rollup rollup, IReadOnlyDictionary<long, (HashSet<(string Node, long Unit)> Units, long Samples)> buckets)
{
    // A unit's place in a set, with the name of its node.
    private const long BytesPerUnit = 100;

    private long _counted;

    /// <summary>The timestamp at which its points were counted last.</summary>
    public long Counted
    {
        get => Volatile.Read(ref _counted);
        set => Volatile.Write(ref _counted, value);
    }

    public Rollup Rollup => rollup;

    /// <summary>Memory held.</summary>
    public long AllocatedBytes { get; } = rollup.AllocatedBytes + buckets.Values.Sum(bucket => bucket.Units.Count * BytesPerUnit);

    /// <summary>Whether the hour has exactly the units that this was made of, all of them closed and none to be read raw.</summary>
    public bool IsOf(long hour, IReadOnlyDictionary<long, UnitBucket> units)
    {
        for (long start = hour; start < hour + InfluxSchema.HourMilliseconds; start += InfluxSchema.BucketMilliseconds)
        {
            UnitBucket? found = units.GetValueOrDefault(start);
            bool isKnown = buckets.TryGetValue(start, out (HashSet<(string Node, long Unit)> Units, long Samples) known);
            if (isKnown != found is not null || (found is not null && (found.MustBeRead || !known.Units.SetEquals(found.Units))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the hour has as many points, bucket by bucket, as this has samples.</summary>
    public bool HasPoints(ReadOnlySpan<(long Bucket, long Points)> counts)
    {
        foreach ((long bucket, long points) in counts)
        {
            if (!buckets.TryGetValue(bucket, out (HashSet<(string Node, long Unit)> Units, long Samples) known) || known.Samples != points)
            {
                return false;
            }
        }

        return counts.Length == buckets.Count;
    }
}
