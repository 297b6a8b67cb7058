using System.Numerics;
using System.Runtime.InteropServices;

namespace TimeSeries.Core.Codecs;

/// <summary>
/// A packed group with outliers: the width is that of most numbers, and what the wider ones have above it stands before them. How many there are, the width of
/// their upper bits, their rows, their upper bits, then the lower bits of all numbers.
/// </summary>
internal static class OutlierGroup
{
    // More hardly pay, and would take long to put in place.
    private const int MaxOutliers = 64;

    private const int HeadBytes = 2;

    /// <summary>The width that takes the fewest bytes, and how many numbers are wider; none where outliers don't pay.</summary>
    /// <param name="group">The numbers, at most <see cref="BitPacking.GroupRows"/>.</param>
    /// <param name="union">All of them or-ed together.</param>
    /// <param name="whole">The width without outliers.</param>
    /// <param name="outliers">How many are wider.</param>
    public static int BestWidth(ReadOnlySpan<ulong> group, ulong union, int whole, out int outliers)
    {
        int best = whole;
        int bytes = BitPacking.PackedBytes(group.Length, whole);
        outliers = 0;
        for (int width = whole - 1; width >= 0; width--)
        {
            int wider = CountWider(group, width, out ulong rest);
            if (wider > MaxOutliers)
            {
                break;
            }

            width = BitPacking.WidthOf(rest) <= width ? BitPacking.WidthOf(rest) : width;
            int taken = BytesOf(group.Length, width, wider, BitPacking.WidthOf(union >> width));
            if (BitPacking.IsWidth(width) && taken < bytes)
            {
                (best, bytes, outliers) = (width, taken, wider);
            }
        }

        return best;
    }

    /// <summary>Appends a group; its numbers are cut to the width.</summary>
    public static void Append(ByteWriter to, Span<ulong> group, ulong union, int width, int outliers)
    {
        int above = BitPacking.WidthOf(union >> width);
        Span<byte> bytes = to.Take(BytesOf(group.Length, width, outliers, above));
        bytes[0] = (byte)outliers;
        bytes[1] = (byte)above;
        Span<byte> rows = bytes.Slice(HeadBytes, outliers);
        Span<ulong> upper = stackalloc ulong[MaxOutliers];
        upper = upper[..outliers];
        Vector<ulong> widest = new((1UL << width) - 1);
        int found = 0;
        for (int row = 0; row < group.Length; row++)
        {
            // Mostly a vector has none.
            if (row + Vector<ulong>.Count <= group.Length && Vector.LessThanOrEqualAll(new Vector<ulong>(group[row..]), widest))
            {
                row += Vector<ulong>.Count - 1;
                continue;
            }

            ulong more = group[row] >> width;
            if (more != 0)
            {
                rows[found] = (byte)row;
                upper[found++] = more;
                group[row] ^= more << width;
            }
        }

        BitPacking.Pack(upper, above, bytes[(HeadBytes + outliers)..]);
        BitPacking.Pack(group, width, bytes[LowerAt(outliers, above)..]);
    }

    /// <summary>Checks the head of a group of so many rows; returns how many bytes the group takes.</summary>
    public static int Measure(ReadOnlySpan<byte> group, int rows, int width)
    {
        if (group.Length < HeadBytes || group.Length < HeadBytes + group[0] || group[0] > MaxOutliers || !BitPacking.IsWidth(group[1]))
        {
            throw new InvalidDataException("a group with outliers has an impossible head");
        }

        // A whole group has a row for every byte.
        if (rows < BitPacking.GroupRows && group.Slice(HeadBytes, group[0]).IndexOfAnyInRange((byte)rows, byte.MaxValue) >= 0)
        {
            throw new InvalidDataException("an outlier has no row");
        }

        return BytesOf(rows, width, group[0], group[1]);
    }

    /// <summary>Where the lower bits of all numbers begin.</summary>
    public static int LowerAt(ReadOnlySpan<byte> group) => LowerAt(group[0], group[1]);

    /// <summary>
    /// Adds what the outliers of a measured group have above their lower bits, which were unpacked into their rows: each number u as
    /// <c>zero + u · scale</c>, which may wrap around, and 0 as <paramref name="none"/>.
    /// </summary>
    public static void Put<T>(ReadOnlySpan<byte> group, int width, T zero, T none, T scale, Span<T> into)
        where T : struct, IBinaryInteger<T>
    {
        ReadOnlySpan<byte> rows = group.Slice(HeadBytes, group[0]);
        Span<long> upper = stackalloc long[MaxOutliers];
        upper = upper[..rows.Length];
        BitPacking.Unpack(group[(HeadBytes + rows.Length)..], group[1], 0, long.CreateTruncating(scale) << width, upper);
        for (int i = 0; i < rows.Length; i++)
        {
            T lower = into[rows[i]];
            into[rows[i]] = unchecked((lower == none ? zero : lower) + T.CreateTruncating(upper[i]));
        }
    }

    private static int LowerAt(int outliers, int above) => HeadBytes + outliers + BitPacking.PackedBytes(outliers, above);

    private static int BytesOf(int rows, int width, int outliers, int above) => LowerAt(outliers, above) + BitPacking.PackedBytes(rows, width);

    // How many numbers are wider, and all others or-ed together.
    private static int CountWider(ReadOnlySpan<ulong> group, int width, out ulong rest)
    {
        ulong above = ulong.MaxValue << width;
        ReadOnlySpan<Vector<ulong>> vectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(group);
        Vector<ulong> narrow = Vector<ulong>.Zero;
        Vector<ulong> rests = Vector<ulong>.Zero;
        foreach (Vector<ulong> some in vectors)
        {
            Vector<ulong> isNarrow = Vector.Equals(some & new Vector<ulong>(above), Vector<ulong>.Zero);
            narrow -= isNarrow;
            rests |= some & isNarrow;
        }

        rest = 0;
        int wider = group.Length - (int)Vector.Sum(narrow);
        for (int lane = 0; lane < Vector<ulong>.Count; lane++)
        {
            rest |= rests[lane];
        }

        foreach (ulong number in group[(vectors.Length * Vector<ulong>.Count)..])
        {
            bool isNarrow = (number & above) == 0;
            wider -= isNarrow ? 1 : 0;
            rest |= isNarrow ? number : 0;
        }

        return wider;
    }
}
