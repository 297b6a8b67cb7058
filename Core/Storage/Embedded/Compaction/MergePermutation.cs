using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Compaction;

/// <summary>From which block each row of a merged project comes: by time, then sequence number.</summary>
internal static class MergePermutation
{
    // About a tenth of a millisecond.
    private const int RowsAStep = 8_192;

    /// <summary>Writes the index of each row's block, a byte a row.</summary>
    public static void Write(MergeCursor[] times, MergeCursor[] numbers, KindSchema schema, long pcode, Span<byte> order, CooperativeYield throttle)
    {
        for (int i = 0; i < times.Length; i++)
        {
            times[i].Open(KindSchema.Time, pcode);
            numbers[i].Open(BlockIndex.NumberColumnOf(schema), pcode);
        }

        for (int row = 0, yielded = 0; row < order.Length;)
        {
            if (row - yielded >= RowsAStep)
            {
                throttle.Step();
                yielded = row;
            }

            int first = LeastOf(times, numbers, -1);
            int second = LeastOf(times, numbers, first);
            int run = second < 0
                ? times[first].Numbers().Length
                : RunOf(times[first], numbers[first], times[second].Numbers()[0], numbers[second].Numbers()[0]);
            order.Slice(row, run).Fill((byte)first);
            times[first].Skip(run);
            numbers[first].Skip(run);
            row += run;
        }
    }

    private static int LeastOf(MergeCursor[] times, MergeCursor[] numbers, int but)
    {
        int least = -1;
        long time = 0;
        long number = 0;
        for (int i = 0; i < times.Length; i++)
        {
            ReadOnlySpan<long> next = i == but ? default : times[i].Numbers();
            if (next.IsEmpty)
            {
                continue;
            }

            long nextNumber = numbers[i].Numbers()[0];
            if (least < 0 || next[0] < time || (next[0] == time && nextNumber < number))
            {
                (least, time, number) = (i, next[0], nextNumber);
            }
        }

        return least;
    }

    // Blocks are mostly neighbours in time, so runs are long and cheap to look through.
    private static int RunOf(MergeCursor times, MergeCursor numbers, long endTime, long endNumber)
    {
        ReadOnlySpan<long> time = times.Numbers();
        ReadOnlySpan<long> number = numbers.Numbers();
        int run = 0;
        while (run < time.Length && (time[run] < endTime || (time[run] == endTime && number[run] < endNumber)))
        {
            run++;
        }

        return run;
    }
}
