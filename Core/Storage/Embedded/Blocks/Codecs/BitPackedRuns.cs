using TimeSeries.Core.Storage.Embedded.Blocks.Format;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>
/// A run of unsigned numbers in groups of <see cref="BitPacking.GroupRows"/>, each packed with its own width: a byte of width per group, then
/// the groups. The reader must be given <see cref="BitPacking.SlackBytes"/> more than belongs to it.
/// </summary>
internal static class BitPackedRuns
{
    public static int GroupCount(int rows) => (rows + BitPacking.GroupRows - 1) / BitPacking.GroupRows;

    /// <summary>Appends one group; its width goes to <paramref name="width"/>.</summary>
    public static void Append(ByteWriter to, ReadOnlySpan<ulong> group, ulong union, out byte width)
    {
        int bits = BitPacking.WidthOf(union);
        width = (byte)bits;
        BitPacking.Pack(group, bits, to.Take(BitPacking.PackedBytes(group.Length, bits)));
    }

    /// <summary>Checks that the groups of so many rows lie whole inside the payload; returns the bytes they take, widths included.</summary>
    public static int Measure(ReadOnlySpan<byte> payload, int rows)
    {
        int groups = GroupCount(rows);
        if (payload.Length < groups)
        {
            throw new InvalidDataException("the widths of a chunk are cut short");
        }

        long bytes = groups;
        for (int group = 0; group < groups; group++)
        {
            int width = payload[group];
            if (!BitPacking.IsWidth(width))
            {
                throw new InvalidDataException("a chunk has an impossible width");
            }

            bytes += BitPacking.PackedBytes(Math.Min(BitPacking.GroupRows, rows - group * BitPacking.GroupRows), width);
        }

        return bytes <= payload.Length ? (int)bytes : throw new InvalidDataException("a chunk is cut short");
    }

    /// <summary>Unpacks measured groups as codes: each number u as <c>least + u</c>.</summary>
    public static void Unpack(ReadOnlySpan<byte> payload, int least, Span<int> into) => Unpack(payload, least, into, RunMask.All);

    /// <summary>The same; groups that are not wanted are passed over.</summary>
    public static void Unpack(ReadOnlySpan<byte> payload, int least, Span<int> into, RunMask wanted)
    {
        int at = GroupCount(into.Length);
        for (int group = 0; !into.IsEmpty; group++)
        {
            int rows = Math.Min(BitPacking.GroupRows, into.Length);
            int width = payload[group];
            if (wanted.Has(group))
            {
                BitPacking.Unpack(payload[at..], width, least, into[..rows]);
            }

            at += BitPacking.PackedBytes(rows, width);
            into = into[rows..];
        }
    }
}
