using System.Numerics;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>Which groups of <see cref="BitPacking.GroupRows"/> rows of a chunk are wanted: a bit each, since a chunk has no more than 64.</summary>
internal readonly record struct RunMask(ulong Groups)
{
    /// <summary>Every group.</summary>
    public static RunMask All { get; } = new(ulong.MaxValue);

    /// <summary>The groups that rows lie in; all, when they are most.</summary>
    public static RunMask Of(ReadOnlySpan<int> rows, int rowCount)
    {
        ulong groups = 0;
        foreach (int row in rows)
        {
            groups |= 1UL << (row / BitPacking.GroupRows);
        }

        return BitOperations.PopCount(groups) * 2 > BitPackedRuns.GroupCount(rowCount) ? All : new RunMask(groups);
    }

    public bool Has(int group) => ((Groups >> group) & 1) != 0;
}
