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

    // Stands where a kind would, behind the last table.
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

    /// <summary>
    /// Reads samples into an empty batch; false, with the reason and the batch emptied again, when the bytes are no batch.
    /// Kinds and fields that this program does not know are passed over. Damaged bytes do no harm, and take no more memory
    /// than a whole batch of their length could.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, SampleBatch into, out string? reason)
    {
        ByteSource source = new(bytes);
        reason = source.TryByte(out byte version) && version == Version
            ? ReadTables(ref source, into)
            : $"The batch has format version {version}; this program reads version {Version}.";
        if (reason is not null)
        {
            into.Clear();
        }

        return reason is null;
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

    private static string? ReadTables(ref ByteSource source, SampleBatch into)
    {
        while (true)
        {
            if (!source.TryByte(out byte kind))
            {
                return "The batch ends before its last table.";
            }

            if (kind == EndOfTables)
            {
                return source.Length == 0 ? null : "Bytes stand behind the batch's last table.";
            }

            // No column takes less than a byte a row in its time.
            if (!source.TryUInt32(out uint rows) || rows == 0 || rows > (uint)source.Length)
            {
                return "A table has no rows, or more than it has bytes.";
            }

            string? reason = kind < SampleSchema.All.Length
                ? ReadTable(ref source, SampleSchema.Of((Kind)kind), into, (int)rows)
                : SkipTable(ref source);
            if (reason is not null)
            {
                return reason;
            }
        }
    }

    private static string? ReadTable(ref ByteSource source, KindSchema schema, SampleBatch into, int rows)
    {
        SampleTable table = into.Table(schema.Kind);
        if (table.RowCount != 0)
        {
            return $"The kind {schema.Name} has two tables.";
        }

        table.RowCount = rows;
        int expected = 0;
        while (TryReadHead(ref source, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> body))
        {
            if (name.IsEmpty)
            {
                return table.Has(KindSchema.Time) ? null : $"The table {schema.Name} has no time.";
            }

            if (schema.Find(name, expected) is not { } field)
            {
                continue;
            }

            if (table.Has(field.Ordinal) || !TryReadColumn(field, body, table))
            {
                return $"The column {schema.Name}.{field.Name} is damaged.";
            }

            expected = field.Ordinal + 1;
        }

        return $"The table {schema.Name} ends early.";
    }

    private static string? SkipTable(ref ByteSource source)
    {
        while (TryReadHead(ref source, out ReadOnlySpan<byte> name, out _))
        {
            if (name.IsEmpty)
            {
                return null;
            }
        }

        return "A table of an unknown kind ends early.";
    }

    // An empty name is the end of the table.
    private static bool TryReadHead(ref ByteSource source, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> body)
    {
        body = default;
        return source.TryByte(out byte nameBytes) & source.TryBytes(nameBytes, out name)
            && (nameBytes == ColumnHead.End || (source.TryUInt32(out uint bodyBytes) && source.TryBytes(bodyBytes, out body)));
    }

    private static bool TryReadColumn(Field field, ReadOnlySpan<byte> body, SampleTable table)
    {
        ByteSource source = new(body);
        if (!source.TryByte(out byte encoding))
        {
            return false;
        }

        ColumnEncoding known = (ColumnEncoding)encoding;
        bool isText = known is >= ColumnEncoding.SameText and <= ColumnEncoding.Codes;
        bool isNumber = known is >= ColumnEncoding.Numbers and <= ColumnEncoding.Differences;
        return field.IsText
            ? isText && TextColumnCodec.TryRead(known, ref source, table.Texts(field.Ordinal), table.RowCount)
            : isNumber && NumberColumnCodec.TryRead(known, ref source, table.Numbers(field.Ordinal).Extend(table.RowCount));
    }
}
