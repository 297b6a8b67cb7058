using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using static TimeSeries.Core.Storage.Embedded.Blocks.Codecs.NumberCodec;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Codecs;

/// <summary>Reads what <see cref="NumberCodec"/> wrote.</summary>
internal static class NumberDecoder
{
    public static void Decode(ReadOnlySpan<byte> bytes, Span<long> into, RunMask wanted)
    {
        ByteReader reader = new(bytes[..^BitPacking.SlackBytes]);
        byte form = reader.Byte();
        switch (form)
        {
            case Constant:
                into.Fill(reader.Int64());
                return;
            case Packed or PackedNullable or Delta:
                long first = reader.Int64();
                long second = reader.Int64();
                // A value is the sum of all steps before it, so every group is needed.
                ReadGroups(bytes[reader.Position..], form, first, second, into, form == Delta ? RunMask.All : wanted);
                return;
            case Table:
                ReadTable(bytes, ref reader, into, wanted);
                return;
            default:
                throw new InvalidDataException("a number chunk has an unknown form");
        }
    }

    private static void ReadGroups(ReadOnlySpan<byte> payload, byte form, long first, long second, Span<long> into, RunMask wanted)
    {
        long before = unchecked(first - second);
        (long least, long scale) = form == Delta ? (second, 1) : (first, second);
        long zero = form == PackedNullable ? unchecked(least - scale) : least;
        long none = form == PackedNullable ? NumberColumn.Missing : zero;
        PackedGroups groups = new(payload, into.Length);
        for (int group = 0; !into.IsEmpty; group++)
        {
            groups.Next();
            Span<long> rows = into[..groups.Rows];
            into = into[rows.Length..];
            if (!wanted.Has(group))
            {
                continue;
            }

            if (form == PackedNullable)
            {
                BitPacking.UnpackNullable(groups.Packed, groups.Width, least, scale, NumberColumn.Missing, rows);
            }
            else
            {
                BitPacking.Unpack(groups.Packed, groups.Width, least, scale, rows);
            }

            groups.PutOutliers(zero, none, scale, rows);
            before = form == Delta ? Accumulate(rows, before) : before;
        }
    }

    private static long Accumulate(Span<long> steps, long before)
    {
        for (int i = 0; i < steps.Length; i++)
        {
            before = unchecked(before + steps[i]);
            steps[i] = before;
        }

        return before;
    }

    private static void ReadTable(ReadOnlySpan<byte> bytes, ref ByteReader reader, Span<long> into, RunMask wanted)
    {
        int count = reader.Byte();
        Span<long> table = stackalloc long[byte.MaxValue + 1];
        for (int i = 0; i < count; i++)
        {
            table[i] = reader.Int64();
        }

        ReadGroups(bytes[reader.Position..], Packed, 0, 1, into, wanted);
        for (int group = 0; !into.IsEmpty; group++)
        {
            Span<long> rows = into[..Math.Min(BitPacking.GroupRows, into.Length)];
            for (int i = 0; i < rows.Length && wanted.Has(group); i++)
            {
                rows[i] = table[(byte)rows[i]];
            }

            into = into[rows.Length..];
        }
    }
}
