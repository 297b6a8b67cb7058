namespace TimeSeries.Tests.Support.Samples;

/// <summary>Writes batches as MessagePack.</summary>
internal static class MessagePackBatchWriter
{
    public static byte[] Write(PushedBatch batch, BodyForm form)
    {
        MessagePackBytes bytes = new();
        IGrouping<string, SampleRow>[] kinds = [.. batch.Kinds];
        bytes.Map(kinds.Length + (batch.Id is null ? 0 : 1) + (batch.Agent is null ? 0 : 1));
        WriteEnvelope(bytes, batch);
        foreach (IGrouping<string, SampleRow> kind in kinds)
        {
            bytes.Text(kind.Key);
            WriteSamples(bytes, [.. kind], form);
        }

        return bytes.ToArray();
    }

    private static void WriteEnvelope(MessagePackBytes bytes, PushedBatch batch)
    {
        if (batch.Agent is { } agent)
        {
            (string Name, object? Value)[] parts = [("oname", agent.Oname), ("oid", (long?)agent.Oid), ("okind", agent.Okind), ("onode", agent.Onode)];
            bytes.Text("agent").Map(parts.Count(part => part.Value is not null));
            foreach ((string name, object? value) in parts.Where(part => part.Value is not null))
            {
                bytes.Text(name).Value(value);
            }
        }

        if (batch.Id is not null)
        {
            bytes.Text("id").Text(batch.Id);
        }
    }

    private static void WriteSamples(MessagePackBytes bytes, SampleRow[] rows, BodyForm form)
    {
        switch (form)
        {
            case BodyForm.MessagePackRows:
                WriteRows(bytes, rows);
                break;
            case BodyForm.MessagePackTable:
                WriteTable(bytes, rows);
                break;
            default:
                WriteColumns(bytes, rows, form == BodyForm.MessagePackPackedColumns);
                break;
        }
    }

    private static void WriteRows(MessagePackBytes bytes, SampleRow[] rows)
    {
        bytes.Array(rows.Length);
        foreach (SampleRow row in rows)
        {
            bytes.Map(row.Fields.Count);
            foreach ((string field, object? value) in row.Fields)
            {
                bytes.Text(field).Value(value);
            }
        }
    }

    private static void WriteTable(MessagePackBytes bytes, SampleRow[] rows)
    {
        string[] fields = ColumnOfRows.Names(rows);
        bytes.Map(2).Text("fields");
        WriteArray(bytes, fields);
        bytes.Text("rows").Array(rows.Length);
        foreach (SampleRow row in rows)
        {
            WriteArray(bytes, [.. fields.Select(field => row[field])]);
        }
    }

    private static void WriteColumns(MessagePackBytes bytes, SampleRow[] rows, bool packed)
    {
        string[] fields = ColumnOfRows.Names(rows);
        bytes.Map(fields.Length);
        foreach (string field in fields)
        {
            ColumnOfRows column = new(field, rows);
            bytes.Text(field);
            if (packed && column.MayBeDictionary)
            {
                WriteDictionary(bytes, column);
            }
            else if (packed && column.IsNumber)
            {
                WritePacked(bytes, column);
            }
            else
            {
                WriteArray(bytes, column.Values);
            }
        }
    }

    private static void WriteDictionary(MessagePackBytes bytes, ColumnOfRows column)
    {
        (object[] distinct, object?[] index) = column.AsDictionary();
        bytes.Map(2).Text("dict");
        WriteArray(bytes, distinct);
        bytes.Text("index");
        if (index.Contains(null))
        {
            WriteArray(bytes, index);
        }
        else
        {
            bytes.Packed("i32", [.. index.Cast<long>()]);
        }
    }

    private static void WritePacked(MessagePackBytes bytes, ColumnOfRows column)
    {
        if (!column.IsWhole)
        {
            bytes.Packed([.. column.Values.Select(value => value is long whole ? whole : (double)value!)]);
            return;
        }

        long[] values = [.. column.Values.Cast<long>()];
        bytes.Packed(values.All(value => value is >= int.MinValue and <= int.MaxValue) ? "i32" : "i64", values);
    }

    private static void WriteArray(MessagePackBytes bytes, IReadOnlyCollection<object?> values)
    {
        bytes.Array(values.Count);
        foreach (object? value in values)
        {
            bytes.Value(value);
        }
    }
}
