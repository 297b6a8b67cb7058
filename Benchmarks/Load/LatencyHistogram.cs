using System.Numerics;

namespace TimeSeries.Benchmarks.Load;

/// <summary>
/// Counts of latencies in whole µs: exact below 256 µs, above it in buckets that are at most 1/128 of their value wide (the layout of
/// HdrHistogram). Recording allocates nothing. One thread records; others may read while it does and see counts of about that moment.
/// </summary>
internal sealed class LatencyHistogram
{
    // 128 buckets for each doubling: an error below 0.8 %.
    private const int BucketBits = 7;
    private const int BucketsPerDoubling = 1 << BucketBits;

    // Through 2^40 µs, twelve days.
    private const int Doublings = 40 - BucketBits;
    private const long LongestMicroseconds = (1L << 40) - 1;

    private readonly long[] _counts = new long[(Doublings + 1) * BucketsPerDoubling];
    private long _maximum;

    public long Count { get; private set; }

    /// <summary>The longest latency, exactly.</summary>
    public long MaxMicroseconds => _maximum;

    public void Record(long microseconds)
    {
        microseconds = Math.Clamp(microseconds, 0, LongestMicroseconds);
        _counts[BucketOf(microseconds)]++;
        Count++;
        _maximum = Math.Max(_maximum, microseconds);
    }

    /// <summary>Adds what another histogram counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
            Count += other._counts[i];
        }

        _maximum = Math.Max(_maximum, other._maximum);
    }

    /// <summary>
    /// The smallest latency that at least the given share of all does not exceed, as the greatest value of its bucket and at most the maximum;
    /// 0 when nothing was recorded.
    /// </summary>
    /// <param name="share">From 0 to 1.</param>
    public long Percentile(double share)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(GreatestOf(i), _maximum);
            }
        }

        return _maximum;
    }

    private static int BucketOf(long value)
    {
        int doubling = Math.Max(0, BitOperations.Log2((ulong)value) - BucketBits);
        return doubling * BucketsPerDoubling + (int)(value >> doubling);
    }

    private static long GreatestOf(int bucket)
    {
        int doubling = Math.Max(0, bucket / BucketsPerDoubling - 1);
        return ((long)(bucket - doubling * BucketsPerDoubling + 1) << doubling) - 1;
    }
}
