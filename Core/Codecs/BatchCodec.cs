using System.Buffers;
using System.Buffers.Binary;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Codecs;

/// <summary>
/// A batch's samples as bytes, for the log: column by column, each in its narrowest whole number of bytes and under its field's name.
/// The layout is in <c>docs/format/log.md</c>. Project and sequence number are not part of it. Thread safe.
/// </summary>
public static class BatchCodec
{
    private const byte Version = 1;

    // Takes the place of a kind after the last table.
    private const byte EndOfTables = byte.MaxValue;

    /// <summary>Writes the samples of a batch. A field that no sample has a value in is left out.</summary>
    public static void Write(ValidBatch batch, IBufferWriter<byte> output)
    {
        WriteByte(Version, output);
        foreach (KindSchema schema in SampleSchema.All)
        {
            if (batch.Find(schema.Kind) is { } table)
            {
                WriteTable(table, output);
            }
        }

        WriteByte(EndOfTables, output);
    }

    /// <summary>Whether bytes that have a checksum were written by a later version than this.</summary>
    public static bool IsNewer(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && bytes[0] > Version;

    /// <summary>
    /// Reads samples into an empty batch; false, with the reason and the batch emptied again, when the bytes are no batch.
    /// Kinds and fields that this program does not know are passed over. Damaged bytes do no harm, and take no more memory
    /// than a whole batch of their length could.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, SampleBatch into, out string? reason)
    {
        reason = null;
        try
        {
            ByteReader reader = new(bytes);
            byte version = reader.Byte();
            if (version == Version)
            {
                ReadTables(ref reader, into);
                return true;
            }

            reason = $"The batch has format version {version}; this program reads version {Version}.";
        }
        catch (InvalidDataException damage)
        {
            reason = $"The batch is damaged: {damage.Message}.";
        }

        into.Clear();
        return false;
    }

    private static void WriteTable(SampleTable table, IBufferWriter<byte> output)
    {
        Span<byte> head = output.GetSpan(sizeof(byte) + sizeof(uint));
        head[0] = (byte)table.Schema.Kind;
        BinaryPrimitives.WriteUInt32LittleEndian(head[1..], (uint)table.RowCount);
        output.Advance(sizeof(byte) + sizeof(uint));
        foreach (Field field in table.Schema.Fields)
        {
            if (field.IsText && table.FindTexts(field.Ordinal) is { } texts)
            {
                TextColumnCodec.Write(field, texts, output);
            }
            else if (!field.IsText && table.FindNumbers(field.Ordinal) is { } numbers)
            {
                NumberColumnCodec.Write(field, numbers.Values, output);
            }
        }

        WriteByte(ColumnHead.End, output);
    }

    private static void WriteByte(byte value, IBufferWriter<byte> output)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static void ReadTables(ref ByteReader reader, SampleBatch into)
    {
        for (byte kind = reader.Byte(); kind != EndOfTables; kind = reader.Byte())
        {
            // No column takes less than a byte a row in its time.
            uint rows = reader.UInt32();
            Require(rows > 0 && rows <= (uint)reader.Remaining, "a table has no rows, or more than it has bytes");
            if (kind < SampleSchema.All.Length)
            {
                ReadTable(ref reader, into.Table((Kind)kind), (int)rows);
            }
            else
            {
                SkipTable(ref reader);
            }
        }

        Require(reader.Remaining == 0, "bytes follow the last table");
    }

    private static void ReadTable(ref ByteReader reader, SampleTable table, int rows)
    {
        KindSchema schema = table.Schema;
        if (table.RowCount != 0)
        {
            throw new InvalidDataException($"the kind {schema.Name} has two tables");
        }

        table.RowCount = rows;
        int expected = 0;
        while (TryReadHead(ref reader, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> body))
        {
            if (schema.Find(name, expected) is not { } field)
            {
                continue;
            }

            if (table.Has(field.Ordinal) || !TryReadColumn(field, body, table))
            {
                throw new InvalidDataException($"the column {schema.Name}.{field.Name} makes no sense");
            }

            expected = field.Ordinal + 1;
        }

        if (!table.Has(KindSchema.Time))
        {
            throw new InvalidDataException($"the table {schema.Name} has no time");
        }

        Require(
            !table.Numbers(KindSchema.Time).Values.ContainsAnyExceptInRange(Timestamp.LeastMoment, Timestamp.GreatestMoment),
            $"the table {schema.Name} has a time that is none");
    }

    private static void SkipTable(ref ByteReader reader)
    {
        while (TryReadHead(ref reader, out _, out _))
        {
        }
    }

    // False at the end of the table.
    private static bool TryReadHead(ref ByteReader reader, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> body)
    {
        name = reader.Take(reader.Byte());
        body = name.IsEmpty ? default : reader.Take(reader.UInt32());
        return !name.IsEmpty;
    }

    private static bool TryReadColumn(Field field, ReadOnlySpan<byte> body, SampleTable table)
    {
        ByteReader reader = new(body);
        ColumnEncoding encoding = (ColumnEncoding)reader.Byte();
        bool isText = encoding is >= ColumnEncoding.SameText and <= ColumnEncoding.Codes;
        bool isNumber = encoding is >= ColumnEncoding.Numbers and <= ColumnEncoding.Differences;
        bool isRead = field.IsText
            ? isText && TextColumnCodec.TryRead(encoding, ref reader, table.Texts(field.Ordinal), table.RowCount)
            : isNumber && NumberColumnCodec.TryRead(encoding, ref reader, table.Numbers(field.Ordinal).Extend(table.RowCount));
        return isRead && reader.Remaining == 0;
    }

    private static void Require(bool makesSense, string otherwise)
    {
        if (!makesSense)
        {
            throw new InvalidDataException(otherwise);
        }
    }
}
