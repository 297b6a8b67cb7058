using TimeSeries.Core.Aggregate.Rollups;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>
/// The merged rollups of all units of an hour. It is valid only while the hour's buckets have the same units and the same number of points.
/// Immutable except for <see cref="Counted"/>; thread safe.
/// </summary>
/// <param name="rollup">The rollup, of level hour.</param>
/// <param name="buckets">The merged units and their samples, by the start of each bucket that has any.</param>
internal sealed class CachedHourRollup(Rollup rollup, IReadOnlyDictionary<long, (HashSet<(string Node, long Unit)> Units, long Samples)> buckets)
{
    // A unit in a set, with the name of its node.
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

    /// <summary>Whether the hour has exactly the merged units, all of them closed and none to be read raw.</summary>
    public bool IsOf(long hour, IReadOnlyDictionary<long, UnitBucket> units)
    {
        for (long start = hour; start < hour + InfluxSchema.HourMilliseconds; start += InfluxSchema.BucketMilliseconds)
        {
            UnitBucket? found = units.GetValueOrDefault(start);
            bool isMerged = buckets.TryGetValue(start, out (HashSet<(string Node, long Unit)> Units, long Samples) merged);
            if (isMerged != found is not null || (found is not null && (found.MustBeRead || !merged.Units.SetEquals(found.Units))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether every bucket of the hour has the same number of points as this has samples.</summary>
    public bool HasPoints(ReadOnlySpan<(long Bucket, long Points)> counts)
    {
        foreach ((long bucket, long points) in counts)
        {
            if (!buckets.TryGetValue(bucket, out (HashSet<(string Node, long Unit)> Units, long Samples) merged) || merged.Samples != points)
            {
                return false;
            }
        }

        return counts.Length == buckets.Count;
    }
}
