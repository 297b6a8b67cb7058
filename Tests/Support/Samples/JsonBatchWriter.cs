using System.Text.Encodings.Web;
using System.Text.Json;

namespace TimeSeries.Tests.Support.Samples;

/// <summary>Writes batches as JSON.</summary>
internal static class JsonBatchWriter
{
    private static readonly JsonWriterOptions _unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(PushedBatch batch, BodyForm form)
    {
        using MemoryStream stream = new();

        // One form has escapes for all but ASCII.
        using (Utf8JsonWriter json = new(stream, form == BodyForm.JsonTable ? default : _unescaped))
        {
            json.WriteStartObject();
            WriteEnvelope(json, batch);
            foreach (IGrouping<string, SampleRow> kind in batch.Kinds)
            {
                json.WritePropertyName(kind.Key);
                WriteSamples(json, [.. kind], form);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteEnvelope(Utf8JsonWriter json, PushedBatch batch)
    {
        if (batch.Id is not null)
        {
            json.WriteString("id", batch.Id);
        }

        if (batch.Agent is not { } agent)
        {
            return;
        }

        json.WriteStartObject("agent");
        json.WriteString("oname", agent.Oname);
        if (agent.Oid is { } oid)
        {
            json.WriteNumber("oid", oid);
        }

        if (agent.Okind is not null)
        {
            json.WriteString("okind", agent.Okind);
        }

        if (agent.Onode is not null)
        {
            json.WriteString("onode", agent.Onode);
        }

        json.WriteEndObject();
    }

    private static void WriteSamples(Utf8JsonWriter json, SampleRow[] rows, BodyForm form)
    {
        switch (form)
        {
            case BodyForm.JsonRows:
                WriteRows(json, rows);
                break;
            case BodyForm.JsonTable:
                WriteTable(json, rows);
                break;
            default:
                WriteColumns(json, rows, form == BodyForm.JsonDictionaryColumns);
                break;
        }
    }

    private static void WriteRows(Utf8JsonWriter json, SampleRow[] rows)
    {
        json.WriteStartArray();
        foreach (SampleRow row in rows)
        {
            json.WriteStartObject();
            foreach ((string field, object? value) in row.Fields)
            {
                json.WritePropertyName(field);
                WriteValue(json, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTable(Utf8JsonWriter json, SampleRow[] rows)
    {
        string[] fields = ColumnOfRows.Names(rows);
        json.WriteStartObject();
        json.WriteStartArray("fields");
        foreach (string field in fields)
        {
            json.WriteStringValue(field);
        }

        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (SampleRow row in rows)
        {
            json.WriteStartArray();
            foreach (string field in fields)
            {
                WriteValue(json, row[field]);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteColumns(Utf8JsonWriter json, SampleRow[] rows, bool dictionaries)
    {
        json.WriteStartObject();
        foreach (string field in ColumnOfRows.Names(rows))
        {
            ColumnOfRows column = new(field, rows);
            json.WritePropertyName(field);
            if (dictionaries && column.MayBeDictionary)
            {
                (object[] distinct, object?[] index) = column.AsDictionary();
                json.WriteStartObject();
                json.WritePropertyName("dict");
                WriteArray(json, distinct);
                json.WritePropertyName("index");
                WriteArray(json, index);
                json.WriteEndObject();
            }
            else
            {
                WriteArray(json, column.Values);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, IEnumerable<object?> values)
    {
        json.WriteStartArray();
        foreach (object? value in values)
        {
            WriteValue(json, value);
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case Dictionary<string, string> map:
                json.WriteStartObject();
                foreach ((string key, string text) in map)
                {
                    json.WriteString(key, text);
                }

                json.WriteEndObject();
                break;
            default:
                throw new ArgumentException($"A {value.GetType().Name} is no value of a sample.");
        }
    }
}
