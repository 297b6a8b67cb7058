using System.Buffers;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>Sorts rows that came in order of their running number by time, keeping that order among equal times.</summary>
internal static class TimeOrder
{
    private const int DigitBits = 11;
    private const int Digits = 1 << DigitBits;

    /// <summary>The rows in order of time; null when they are in order already.</summary>
    public static int[]? Of(HeadView view)
    {
        long[] times = ArrayPool<long>.Shared.Rent(Math.Max(1, view.RowCount));
        try
        {
            int at = 0;
            foreach (HeadPieceView piece in view.Pieces)
            {
                piece.Numbers[Schema.KindSchema.Time].AsSpan(0, piece.RowCount).CopyTo(times.AsSpan(at));
                at += piece.RowCount;
            }

            return Of(times.AsSpan(0, at));
        }
        finally
        {
            ArrayPool<long>.Shared.Return(times);
        }
    }

    /// <summary>The places of the times in ascending order; null when they ascend already.</summary>
    public static int[]? Of(ReadOnlySpan<long> times)
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

        return (ulong)(greatest - least) <= uint.MaxValue ? SortNear(times, least, greatest) : SortFar(times);
    }

    // Times within 49 days: distance and place share 64 bits, sorted digit by digit from the lowest.
    private static int[] SortNear(ReadOnlySpan<long> times, long least, long greatest)
    {
        ulong[] from = ArrayPool<ulong>.Shared.Rent(times.Length);
        ulong[] to = ArrayPool<ulong>.Shared.Rent(times.Length);
        for (int i = 0; i < times.Length; i++)
        {
            from[i] = ((ulong)(times[i] - least) << 32) | (uint)i;
        }

        Span<int> starts = stackalloc int[Digits];
        for (int shift = 32; shift < 64 && (ulong)(greatest - least) >> (shift - 32) != 0; shift += DigitBits)
        {
            Distribute(from.AsSpan(0, times.Length), to, shift, starts);
            (from, to) = (to, from);
        }

        int[] order = new int[times.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = (int)(uint)from[i];
        }

        ArrayPool<ulong>.Shared.Return(from);
        ArrayPool<ulong>.Shared.Return(to);
        return order;
    }

    private static void Distribute(ReadOnlySpan<ulong> from, Span<ulong> to, int shift, Span<int> starts)
    {
        starts.Clear();
        foreach (ulong key in from)
        {
            starts[(int)(key >> shift) & (Digits - 1)]++;
        }

        int start = 0;
        for (int digit = 0; digit < Digits; digit++)
        {
            (starts[digit], start) = (start, start + starts[digit]);
        }

        foreach (ulong key in from)
        {
            to[starts[(int)(key >> shift) & (Digits - 1)]++] = key;
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
