using System.Buffers;
using System.Buffers.Binary;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Codecs;

/// <summary>A number column as bytes: <c>encoding u8 | width u8 | origin i64 | distances</c>, and a first number before differences.</summary>
internal static class NumberColumnCodec
{
    private const int HeadBytes = sizeof(byte) + sizeof(byte) + sizeof(long);

    public static void Write(Field field, ReadOnlySpan<long> values, IBufferWriter<byte> output)
    {
        (long smallest, long largest, bool anyMissing) = NumberPacking.RangeOf(values);
        if (smallest > largest)
        {
            // No sample has the field, so it needs no column.
            return;
        }

        ulong range = unchecked((ulong)(largest - smallest)) + (anyMissing ? 1UL : 0);
        int width = NumberPacking.WidthOf(range);
        if (field.Type == FieldType.Time)
        {
            if (!anyMissing && width > 1 && TryWriteDifferences(field, values, width, output))
            {
                return;
            }

            // Times take a byte a row at least: so a table's rows never outnumber its bytes, and damaged bytes can't ask for much memory.
            width = Math.Max(1, width);
        }

        long origin = unchecked(smallest - (anyMissing ? 1 : 0));
        int body = HeadBytes + checked(values.Length * width);
        Span<byte> bytes = ColumnHead.Begin(field, body, output);
        ColumnEncoding encoding = anyMissing ? ColumnEncoding.NumbersWithMissing : ColumnEncoding.Numbers;
        WriteHead(bytes, encoding, width, origin);
        NumberPacking.Pack(values, origin, width, bytes[HeadBytes..]);
        output.Advance(body);
    }

    /// <summary>Reads a column; false when the bytes are none.</summary>
    /// <exception cref="InvalidDataException">The bytes end too soon.</exception>
    public static bool TryRead(ColumnEncoding encoding, ref ByteReader reader, Span<long> values)
    {
        byte width = reader.Byte();
        long origin = reader.Int64();
        if (!NumberPacking.IsWidth(width))
        {
            return false;
        }

        if (encoding == ColumnEncoding.Differences)
        {
            long first = reader.Int64();
            NumberPacking.Unpack(reader.Take((values.Length - 1L) * width), origin, width, values[1..]);
            AddUp(first, values);
            return true;
        }

        NumberPacking.Unpack(reader.Take((long)values.Length * width), origin, width, values);
        if (encoding == ColumnEncoding.NumbersWithMissing)
        {
            NumberPacking.RestoreMissing(values, origin);
        }

        return true;
    }

    private static bool TryWriteDifferences(Field field, ReadOnlySpan<long> values, int plainWidth, IBufferWriter<byte> output)
    {
        long[] rented = ArrayPool<long>.Shared.Rent(values.Length);
        try
        {
            Span<long> differences = rented.AsSpan(0, values.Length - 1);
            for (int i = 0; i < differences.Length; i++)
            {
                differences[i] = unchecked(values[i + 1] - values[i]);
            }

            (long smallest, long largest, bool looksMissing) = NumberPacking.RangeOf(differences);
            int width = Math.Max(1, NumberPacking.WidthOf(unchecked((ulong)(largest - smallest))));
            if (looksMissing || width >= plainWidth)
            {
                return false;
            }

            int body = HeadBytes + sizeof(long) + checked(differences.Length * width);
            Span<byte> bytes = ColumnHead.Begin(field, body, output);
            WriteHead(bytes, ColumnEncoding.Differences, width, smallest);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[HeadBytes..], values[0]);
            NumberPacking.Pack(differences, smallest, width, bytes[(HeadBytes + sizeof(long))..]);
            output.Advance(body);
            return true;
        }
        finally
        {
            ArrayPool<long>.Shared.Return(rented);
        }
    }

    private static void WriteHead(Span<byte> bytes, ColumnEncoding encoding, int width, long origin)
    {
        bytes[0] = (byte)encoding;
        bytes[1] = (byte)width;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[2..], origin);
    }

    private static void AddUp(long first, Span<long> values)
    {
        long sum = first;
        values[0] = first;
        for (int i = 1; i < values.Length; i++)
        {
            sum = unchecked(sum + values[i]);
            values[i] = sum;
        }
    }
}
