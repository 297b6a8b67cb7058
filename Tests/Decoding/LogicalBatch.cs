using System.Buffers;
using System.Text.Json;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Decoding;

/// <summary>Samples of one kind as plain values, and how to write them in every encoding and form.</summary>
internal sealed record LogicalBatch(KindSchema Kind, string[] Fields, object?[][] Rows)
{
    private static readonly string[] _texts =
    [
        "", "a", "GET", "/api/v1/orders", "한글 텍스트", "😀\u0000\u0001\u007f", "\"\\/\b\f\n\r\t", "\u2028\uFEFF", "ünïcödé", "Info", "warning", "EVENT", "ES010",
        "6F9619FF-8B86-D011-B42D-00CF4FC964FF", new string('x', 1024), new string('é', 513), new string('y', 2049), new string('z', 32_769),
    ];

    /// <summary>Random samples of a random kind: right values, wrong ones, nulls, extremes and hostile texts.</summary>
    public static LogicalBatch Make(Random random, int rowCount)
    {
        KindSchema kind = SampleSchema.All[random.Next(SampleSchema.All.Length)];
        Field[] fields = [.. kind.Fields.Where(field => !field.FromEnvelope && (field.Required || random.Next(3) > 0))];
        random.Shuffle(fields);
        object?[][] rows = [.. Enumerable.Range(0, rowCount).Select(_ => fields.Select(field => Value(field, random)).ToArray())];
        return new LogicalBatch(kind, [.. fields.Select(field => field.Name)], rows);
    }

    public byte[] ToJson(SampleForm form)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("agent");
        json.WriteString("oname", "shop");
        json.WriteString("okind", "tomcat");
        json.WriteEndObject();
        json.WritePropertyName(Kind.Name);
        JsonSerializer.Serialize(json, Shape(form));
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public byte[] ToMessagePack(SampleForm form)
    {
        MessagePackBytes body = new MessagePackBytes().Map(2).Text("agent").Map(2).Text("oname").Text("shop").Text("okind").Text("tomcat").Text(Kind.Name);
        Write(body, Shape(form), mayPack: form == SampleForm.Coded);
        return body.ToArray();
    }

    private object Shape(SampleForm form) => form switch
    {
        SampleForm.Rows => Rows.Select(row => Fields.Zip(row).Where((pair, i) => pair.Second is not null || i % 2 == 0)
            .ToDictionary(pair => pair.First, pair => pair.Second)).ToArray<object?>(),
        SampleForm.Table => new Dictionary<string, object?> { ["fields"] = Fields, ["rows"] = Rows },
        SampleForm.Columns =>
            Fields.Select((name, i) => (name, Column: (object?)Rows.Select(row => row[i]).ToArray())).ToDictionary(pair => pair.name, pair => pair.Column),
        _ => Fields.Select((name, i) => (name, Column: (object?)Coded(name, [.. Rows.Select(row => row[i])])))
            .ToDictionary(pair => pair.name, pair => pair.Column),
    };

    private object Coded(string name, object?[] values)
    {
        if (!Kind.Find(name)!.IsText)
        {
            return values;
        }

        object?[] distinct = [.. values.Distinct()];
        return new Dictionary<string, object?>
        {
            ["dict"] = distinct,
            ["index"] = values.Select(value => (object?)(long)Array.IndexOf(distinct, value)).ToArray(),
        };
    }

    private static object? Value(Field field, Random random) => random.Next(12) switch
    {
        0 => field.Required && random.Next(3) > 0 ? Right(field, random) : null,
        1 when random.Next(6) == 0 => Wrong(random),
        _ => Right(field, random),
    };

    private static object? Wrong(Random random) => random.Next(6) switch
    {
        0 => "text",
        1 => true,
        2 => -1L,
        3 => 1.5,
        4 => long.MaxValue,
        _ => new Dictionary<string, object?> { ["a"] = "b" },
    };

    private static object? Right(Field field, Random random) => field.Type switch
    {
        FieldType.Time => PushedBatch.Now - random.Next(1_000_000),
        FieldType.Integer => random.NextInt64(0, 500),
        FieldType.Boolean => random.Next(2) == 0,
        FieldType.Duration or FieldType.Number => random.Next(2) == 0 ? random.NextInt64(100_000) : random.NextDouble() * 10_000,
        FieldType.Map => new Dictionary<string, object?> { ["b"] = "2", [_texts[random.Next(9)]] = _texts[random.Next(9)] },
        _ => field.Allowed.IsEmpty ? Text(field, random) : field.Allowed[random.Next(field.Allowed.Length)],
    };

    private static string Text(Field field, Random random) => field.IsGuid ? new Guid(random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).ToString("B")
        : random.Next(8) == 0 ? _texts[random.Next(_texts.Length)] : _texts[random.Next(1, 9)];

    private static void Write(MessagePackBytes body, object? value, bool mayPack)
    {
        switch (value)
        {
            case null:
                body.Nil();
                break;
            case bool boolean:
                body.Bool(boolean);
                break;
            case long integer:
                body.Int(integer);
                break;
            case double number:
                body.Double(number);
                break;
            case string text:
                body.Text(text);
                break;
            case Dictionary<string, object?> map:
                body.Map(map.Count);
                foreach ((string key, object? inner) in map)
                {
                    Write(body.Text(key), inner, mayPack && key != "dict");
                }

                break;
            case object?[] whole when mayPack && whole.Length > 0 && whole.All(item => item is long):
                body.Packed("i64", [.. whole.Cast<long>()]);
                break;
            case System.Collections.IEnumerable values:
                object?[] all = [.. values.Cast<object?>()];
                body.Array(all.Length);
                foreach (object? inner in all)
                {
                    Write(body, inner, mayPack);
                }

                break;
        }
    }
}
