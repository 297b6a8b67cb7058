using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate;

/// <summary>The window that a sample's time lies in, as the part of the key that windows are.</summary>
/// <param name="lengthMilliseconds">Length of the windows.</param>
/// <param name="offsetMilliseconds">How far ahead of UTC the clock is that they begin by.</param>
internal sealed class WindowKeyPart(long lengthMilliseconds, long offsetMilliseconds) : KeyPart
{
    private readonly NumberTable _starts = new();

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

    public override void Map(IColumnChunk chunk, ReadOnlySpan<int> rows, Span<int> ids)
    {
        ReadOnlySpan<long> times = chunk.Numbers(KindSchema.Time);
        long start = 0;
        int id = -1;
        for (int i = 0; i < ids.Length; i++)
        {
            long time = times[rows[i]];
            if ((ulong)(time - start) >= (ulong)lengthMilliseconds || id < 0)
            {
                start = StartOf(time, lengthMilliseconds, offsetMilliseconds);
                id = _starts.Intern(start);
            }

            ids[i] = id;
        }
    }

    public override long Number(int id) => _starts[id];

    public override ReadOnlySpan<byte> Text(int id) => default;

    public override bool IsMissing(int id) => false;

    public override int Compare(int left, int right) => _starts[left].CompareTo(_starts[right]);

    public override void Fill(KeyColumns columns, ReadOnlySpan<int> ids)
    {
        // Where the key also has the time itself, that column is there already; its windows are the same.
        if (!columns.Numbers(KindSchema.Time).IsEmpty)
        {
            return;
        }

        long[] starts = new long[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            starts[i] = _starts[ids[i]];
        }

        columns.SetNumbers(KindSchema.Time, starts);
    }

    public override void Clear() => _starts.Clear();
}
