using System.Numerics;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>A chunk of dictionary codes as bytes. See docs/format/block.md for the layout.</summary>
internal sealed class DictionaryIndexCodec
{
    private const byte Constant = 1;
    private const byte Packed = 2;

    private readonly ulong[] _group = new ulong[BitPacking.GroupRows];

    public void Encode(ReadOnlySpan<int> codes, ByteWriter to)
    {
        NumberStatistics.Measure(codes, out int least, out int greatest);
        to.Byte(least == greatest ? Constant : Packed);
        to.Int32(least);
        if (least != greatest)
        {
            WriteGroups(codes, least, to);
        }
    }

    /// <summary>Appends numbers in groups, each as its distance from <paramref name="least"/>.</summary>
    public void WriteGroups(ReadOnlySpan<int> codes, int least, ByteWriter to)
    {
        int widthsAt = to.Count;
        to.Take(BitPackedRuns.GroupCount(codes.Length));
        for (int start = 0; start < codes.Length; start += BitPacking.GroupRows)
        {
            ReadOnlySpan<int> rows = codes.Slice(start, Math.Min(codes.Length - start, BitPacking.GroupRows));
            ulong union = NumberStatistics.Offsets(rows, least, _group);
            BitPackedRuns.Append(to, _group.AsSpan(0, rows.Length), union, out byte width);
            to.Patch(widthsAt + start / BitPacking.GroupRows, width);
        }
    }

    /// <summary>
    /// Reads a chunk into all rows of <paramref name="into"/>, which are codes of a dictionary of so many texts.
    /// <paramref name="bytes"/> ends with <see cref="BitPacking.SlackBytes"/> that do not belong to the chunk.
    /// </summary>
    public static void Decode(ReadOnlySpan<byte> bytes, int texts, Span<int> into) => Decode(bytes, texts, into, RunMask.All);

    /// <summary>The same; what rows that are not wanted get means nothing.</summary>
    public static void Decode(ReadOnlySpan<byte> bytes, int texts, Span<int> into, RunMask wanted)
    {
        ByteReader reader = new(bytes[..^BitPacking.SlackBytes]);
        byte form = reader.Byte();
        int least = reader.Int32();
        switch (form)
        {
            case Constant:
                into.Fill(least);
                break;
            case Packed:
                BitPackedRuns.Unpack(bytes[reader.Position..], least, into, wanted);
                break;
            default:
                throw new InvalidDataException("a code chunk has an unknown form");
        }

        if (wanted == RunMask.All || form == Constant)
        {
            Check(into, texts);
            return;
        }

        for (int group = 0; !into.IsEmpty; group++)
        {
            Span<int> rows = into[..Math.Min(BitPacking.GroupRows, into.Length)];
            if (wanted.Has(group))
            {
                Check(rows, texts);
            }

            into = into[rows.Length..];
        }
    }

    // One unsigned maximum: missing is −1, so every code plus one must be at most the number of texts.
    private static void Check(ReadOnlySpan<int> codes, int texts)
    {
        int wide = codes.Length - (codes.Length % Vector<int>.Count);
        Vector<uint> greatestOfEach = Vector<uint>.Zero;
        for (int i = 0; i < wide; i += Vector<int>.Count)
        {
            Vector<int> some = new(codes[i..]);
            greatestOfEach = Vector.Max(greatestOfEach, Vector.AsVectorUInt32(some - new Vector<int>(TextColumn.Missing)));
        }

        uint greatest = 0;
        for (int lane = 0; lane < Vector<uint>.Count; lane++)
        {
            greatest = Math.Max(greatest, greatestOfEach[lane]);
        }

        foreach (int code in codes[wide..])
        {
            greatest = Math.Max(greatest, unchecked((uint)(code - TextColumn.Missing)));
        }

        if (greatest > (uint)texts)
        {
            throw new InvalidDataException("a code has no text");
        }
    }
}
