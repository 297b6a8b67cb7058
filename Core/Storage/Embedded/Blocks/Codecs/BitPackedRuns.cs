using System.Numerics;
using TimeSeries.Core.Codecs;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>
/// A run of unsigned numbers in groups of <see cref="BitPacking.GroupRows"/>, each packed with its own width: a byte of width per group, then
/// the groups, some of them an <see cref="OutlierGroup"/>. The reader must be given <see cref="BitPacking.SlackBytes"/> more than belongs to it.
/// </summary>
internal static class BitPackedRuns
{
    // Set in the width byte of a group with outliers.
    private const byte WithOutliers = 0x80;

    public static int GroupCount(int rows) => (rows + BitPacking.GroupRows - 1) / BitPacking.GroupRows;

    /// <summary>Appends one group, whose numbers may be changed; its width goes to <paramref name="width"/>.</summary>
    public static void Append(ByteWriter to, Span<ulong> group, ulong union, out byte width)
    {
        int bits = OutlierGroup.BestWidth(group, union, BitPacking.WidthOf(union), out int outliers);
        width = (byte)(outliers > 0 ? bits | WithOutliers : bits);
        if (outliers > 0)
        {
            OutlierGroup.Append(to, group, union, bits, outliers);
        }
        else
        {
            BitPacking.Pack(group, bits, to.Take(BitPacking.PackedBytes(group.Length, bits)));
        }
    }

    /// <summary>Unpacks groups as codes, each number u as <c>least + u</c>; returns how many bytes they take, widths included.</summary>
    /// <exception cref="InvalidDataException">A group is damaged or cut short.</exception>
    public static int Unpack(ReadOnlySpan<byte> payload, int least, Span<int> into) => Unpack(payload, least, into, RunMask.All);

    /// <summary>The same; groups that are not wanted are checked and passed over.</summary>
    public static int Unpack(ReadOnlySpan<byte> payload, int least, Span<int> into, RunMask wanted)
    {
        PackedGroups groups = new(payload, into.Length);
        for (int group = 0; !into.IsEmpty; group++)
        {
            groups.Next();
            Span<int> rows = into[..groups.Rows];
            if (wanted.Has(group))
            {
                BitPacking.Unpack(groups.Packed, groups.Width, least, rows);
                groups.PutOutliers(least, least, 1, rows);
            }

            into = into[rows.Length..];
        }

        return groups.Bytes;
    }

    /// <summary>Whether a group's width byte says that it has outliers.</summary>
    public static bool HasOutliers(byte width) => (width & WithOutliers) != 0;

    /// <summary>The width that a group's width byte gives.</summary>
    public static int WidthOf(byte width) => width & ~WithOutliers;
}

/// <summary>Which groups of <see cref="BitPacking.GroupRows"/> rows of a chunk are wanted: a bit each, since a chunk has no more than 64.</summary>
internal readonly record struct RunMask(ulong Groups)
{
    /// <summary>Every group.</summary>
    public static RunMask All { get; } = new(ulong.MaxValue);

    /// <summary>The groups that rows lie in; all, when they are most.</summary>
    public static RunMask Of(ReadOnlySpan<int> rows, int rowCount)
    {
        // So many rows lie in most groups, wherever they are.
        if (rows.Length > rowCount / 2)
        {
            return All;
        }

        ulong groups = 0;
        foreach (int row in rows)
        {
            groups |= 1UL << (row / BitPacking.GroupRows);
        }

        return BitOperations.PopCount(groups) * 2 > BitPackedRuns.GroupCount(rowCount) ? All : new RunMask(groups);
    }

    public bool Has(int group) => ((Groups >> group) & 1) != 0;
}
