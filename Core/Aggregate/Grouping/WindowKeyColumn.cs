using System.Numerics;
using TimeSeries.Core.Aggregate.Filters;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>The window that a sample's time lies in, as the part of the key that windows are.</summary>
/// <param name="lengthMilliseconds">Length of the windows.</param>
/// <param name="offsetMilliseconds">How far ahead of UTC the clock is that they begin by.</param>
internal sealed class WindowKeyColumn(long lengthMilliseconds, long offsetMilliseconds) : GroupKeyColumn
{
    private readonly LongHashTable _starts = new();

    public override int Count => _starts.Count;

    public override long AllocatedBytes => _starts.AllocatedBytes;

    /// <summary>Start of the window of a time: windows are aligned to the epoch of a clock that is so far ahead of UTC.</summary>
    public static long StartOf(long time, long lengthMilliseconds, long offsetMilliseconds) =>
        StartOf(time + offsetMilliseconds, lengthMilliseconds) - offsetMilliseconds;

    /// <summary>Start of the window of a time: windows are aligned to the epoch.</summary>
    public static long StartOf(long time, long lengthMilliseconds)
    {
        long past = time % lengthMilliseconds;
        return time - past - (past < 0 ? lengthMilliseconds : 0);
    }

    public override void Map(IColumnChunk chunk, SelectionVector selection, Span<int> ids)
    {
        ReadOnlySpan<long> times = chunk.Numbers(KindSchema.Time);
        ReadOnlySpan<int> rows = selection.SelectedRows;
        long start = 0;
        int id = -1;
        for (int i = 0; i < ids.Length; i++)
        {
            long time = times[rows[i]];
            if (id < 0 || !IsIn(time, start))
            {
                start = StartOf(time, lengthMilliseconds, offsetMilliseconds);
                id = _starts.Intern(start);
            }

            ids[i] = id;
        }
    }

    /// <summary>Writes the windows of adjacent rows as runs; false when they change too often for that.</summary>
    public bool TryMapRuns(IColumnChunk chunk, SelectionVector selection)
    {
        ReadOnlySpan<long> times = chunk.Numbers(KindSchema.Time).Slice(selection.FirstRow, selection.Count);
        selection.BeginRuns();
        (long Start, int Id) last = (0, -1);
        (long Start, int Id) before = last;
        for (int row = 0; row < times.Length;)
        {
            // Samples come a little out of order, so times go to and fro where a window ends.
            if (before.Id >= 0 && IsIn(times[row], before.Start))
            {
                (last, before) = (before, last);
            }
            else
            {
                long start = StartOf(times[row], lengthMilliseconds, offsetMilliseconds);
                (last, before) = ((start, _starts.Intern(start)), last);
            }

            int end = row + EndOfWindow(times[row..], last.Start);
            if (!selection.TryAddRun(end, last.Id))
            {
                return false;
            }

            row = end;
        }

        return true;
    }

    private bool IsIn(long time, long start) => (ulong)(time - start) < (ulong)lengthMilliseconds;

    // How many of the times, from the first on, lie in the window.
    private int EndOfWindow(ReadOnlySpan<long> times, long start)
    {
        Vector<long> first = new(start);
        Vector<ulong> length = new((ulong)lengthMilliseconds);
        int row = 0;
        while (row <= times.Length - Vector<long>.Count && Vector.LessThanAll(Vector.AsVectorUInt64(new Vector<long>(times[row..]) - first), length))
        {
            row += Vector<long>.Count;
        }

        while (row < times.Length && IsIn(times[row], start))
        {
            row++;
        }

        return row;
    }

    public override long Number(int id) => _starts[id];

    public override ReadOnlySpan<byte> Text(int id) => default;

    public override bool IsMissing(int id) => false;

    public override int Compare(int left, int right) => _starts[left].CompareTo(_starts[right]);

    public override void Fill(GroupKeys columns, ReadOnlySpan<int> ids)
    {
        // Where the key also has the time itself, that column is there already; its windows are the same.
        if (!columns.Numbers(KindSchema.Time).IsEmpty)
        {
            return;
        }

        Span<long> starts = columns.EditNumbers(KindSchema.Time);
        for (int i = 0; i < ids.Length; i++)
        {
            starts[i] = _starts[ids[i]];
        }
    }

    public override void Clear() => _starts.Clear();
}
