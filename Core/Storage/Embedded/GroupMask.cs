using System.Numerics;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>Which groups of <see cref="BitPacking.GroupRows"/> rows of a chunk are wanted: a bit each, since a chunk has no more than 64.</summary>
internal readonly record struct GroupMask(ulong Groups)
{
    /// <summary>Every group.</summary>
    public static GroupMask All { get; } = new(ulong.MaxValue);

    /// <summary>The groups that rows lie in; all, when they are most.</summary>
    public static GroupMask Of(ReadOnlySpan<int> rows, int rowCount)
    {
        ulong groups = 0;
        foreach (int row in rows)
        {
            groups |= 1UL << (row / BitPacking.GroupRows);
        }

        return BitOperations.PopCount(groups) * 2 > PackedGroups.GroupCount(rowCount) ? All : new GroupMask(groups);
    }

    public bool Has(int group) => ((Groups >> group) & 1) != 0;
}
