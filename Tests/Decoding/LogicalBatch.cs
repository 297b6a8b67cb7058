using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Decoding;

/// <summary>Random samples of one kind as agents may send them, right and wrong.</summary>
internal static class LogicalBatch
{
    private static readonly string[] _texts =
    [
        "", "a", "GET", "/api/v1/orders", "한글 텍스트", "😀\u0000\u0001\u007f", "\"\\/\b\f\n\r\t", "\u2028\uFEFF", "ünïcödé", "Info", "warning", "EVENT", "ES010",
        "6F9619FF-8B86-D011-B42D-00CF4FC964FF", new string('x', 1024), new string('é', 513), new string('y', 2049), new string('z', 32_769),
    ];

    /// <summary>Random samples of a random kind: right values, wrong ones, nulls, extremes and hostile texts.</summary>
    public static Support.Samples.PushedBatch Make(Random random, int rowCount)
    {
        KindSchema kind = SampleSchema.All[random.Next(SampleSchema.All.Length)];
        Field[] fields = [.. kind.Fields.Where(field => !field.FromEnvelope && (field.Required || random.Next(3) > 0))];
        random.Shuffle(fields);
        return new Support.Samples.PushedBatch(
            1, new AgentName("shop", Okind: "tomcat"), [.. Enumerable.Range(0, rowCount).Select(_ => Row(kind, fields, random))]);
    }

    private static SampleRow Row(KindSchema kind, Field[] fields, Random random)
    {
        SampleRow row = new(kind.Name);
        foreach (Field field in fields)
        {
            object? value = Value(field, random);
            if (value is not null || random.Next(2) == 0)
            {
                row[field.Name] = value;
            }
        }

        return row;
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
        _ => new Dictionary<string, string> { ["a"] = "b" },
    };

    private static object? Right(Field field, Random random) => field.Type switch
    {
        FieldType.Time => PushedBatch.Now - random.Next(1_000_000),
        FieldType.Integer => random.NextInt64(0, 500),
        FieldType.Boolean => random.Next(2) == 0,
        FieldType.Duration or FieldType.Number => random.Next(2) == 0 ? random.NextInt64(100_000) : random.NextDouble() * 10_000,
        FieldType.Map => new Dictionary<string, string> { ["b"] = "2", [_texts[random.Next(9)]] = _texts[random.Next(9)] },
        _ => field.Allowed.IsEmpty ? Text(field, random) : field.Allowed[random.Next(field.Allowed.Length)],
    };

    private static string Text(Field field, Random random) => field.IsGuid ? new Guid(random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).ToString("B")
        : random.Next(8) == 0 ? _texts[random.Next(_texts.Length)] : _texts[random.Next(1, 9)];
}
