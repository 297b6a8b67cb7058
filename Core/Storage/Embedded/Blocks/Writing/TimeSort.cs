using System.Runtime.InteropServices;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Storage.Embedded.Heads;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Writing;

/// <summary>Sorts rows that came in order of their sequence number by time, keeping that order among equal times.</summary>
internal static class TimeSort
{
    private const int DigitBits = 11;
    private const int Digits = 1 << DigitBits;

    // About a tenth of a millisecond.
    private const int RowsAStep = 32_768;

    /// <summary>The rows in order of time, at the start of an array of the pool; null when they are in order already.</summary>
    public static int[]? Of(HeadView view, LargeArrayPool pool, CooperativeYield throttle)
    {
        long[] times = pool.Rent<long>(view.RowCount);
        try
        {
            int at = 0;
            foreach (HeadChunkSnapshot chunk in view.Chunks)
            {
                chunk.Numbers[Schema.KindSchema.Time].AsSpan(0, chunk.RowCount).CopyTo(times.AsSpan(at));
                at += chunk.RowCount;
            }

            return Of(times.AsSpan(0, at), pool, throttle);
        }
        finally
        {
            pool.Return(times);
        }
    }

    /// <summary>The indexes of the times in ascending order, at the start of an array of the pool; null when they ascend already.</summary>
    public static int[]? Of(ReadOnlySpan<long> times, LargeArrayPool pool, CooperativeYield throttle)
    {
        long least = long.MaxValue;
        long greatest = long.MinValue;
        bool ordered = true;
        long before = long.MinValue;
        foreach (long time in times)
        {
            ordered &= time >= before;
            before = time;
            least = Math.Min(least, time);
            greatest = Math.Max(greatest, time);
        }

        if (ordered)
        {
            return null;
        }

        return (ulong)(greatest - least) <= uint.MaxValue ? SortNear(times, least, greatest, pool, throttle) : SortFar(times);
    }

    // Times within 49 days: distance and index share 64 bits, sorted digit by digit from the lowest.
    private static int[] SortNear(ReadOnlySpan<long> times, long least, long greatest, LargeArrayPool pool, CooperativeYield throttle)
    {
        long[] first = pool.Rent<long>(times.Length);
        long[] second = pool.Rent<long>(times.Length);
        Span<ulong> from = MemoryMarshal.Cast<long, ulong>(first.AsSpan())[..times.Length];
        Span<ulong> to = MemoryMarshal.Cast<long, ulong>(second.AsSpan())[..times.Length];
        for (int i = 0; i < times.Length; i++)
        {
            from[i] = ((ulong)(times[i] - least) << 32) | (uint)i;
        }

        Span<int> starts = stackalloc int[Digits];
        for (int shift = 32; shift < 64 && (ulong)(greatest - least) >> (shift - 32) != 0; shift += DigitBits)
        {
            Distribute(from, to, shift, starts, throttle);
            Span<ulong> distributed = to;
            to = from;
            from = distributed;
        }

        int[] order = pool.Rent<int>(times.Length);
        for (int i = 0; i < times.Length; i++)
        {
            order[i] = (int)(uint)from[i];
        }

        pool.Return(first);
        pool.Return(second);
        return order;
    }

    private static void Distribute(ReadOnlySpan<ulong> from, Span<ulong> to, int shift, Span<int> starts, CooperativeYield throttle)
    {
        starts.Clear();
        foreach (ulong key in from)
        {
            starts[(int)(key >> shift) & (Digits - 1)]++;
        }

        throttle.Step();
        int start = 0;
        for (int digit = 0; digit < Digits; digit++)
        {
            (starts[digit], start) = (start, start + starts[digit]);
        }

        for (; !from.IsEmpty; from = from[Math.Min(from.Length, RowsAStep)..])
        {
            foreach (ulong key in from[..Math.Min(from.Length, RowsAStep)])
            {
                to[starts[(int)(key >> shift) & (Digits - 1)]++] = key;
            }

            throttle.Step();
        }
    }

    private static int[] SortFar(ReadOnlySpan<long> times)
    {
        (long Time, int Place)[] keys = new (long, int)[times.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = (times[i], i);
        }

        Array.Sort(keys);
        return Array.ConvertAll(keys, key => key.Place);
    }
}
