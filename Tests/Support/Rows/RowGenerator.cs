using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Support.Rows;

/// <summary>
/// Random samples of any kind, as the schema allows them: missing values, equal and late times, failures, statuses, hostile texts, agents of one oid.
/// The same for the same random numbers.
/// </summary>
internal sealed class RowGenerator(Random random)
{
    public const long Start = 1_700_000_100_000;

    private static readonly string[] _texts = ["/a", "/b", "/B", "/ä", "/𝄞", "ﬀ", "/a/long/path?with=é", "Z", "\u0001"];
    private static readonly string[] _descriptions = ["short", "é\u0000😀", new('x', 3_000)];

    /// <summary>Which optional fields samples may have.</summary>
    public Func<Field, bool> MayHave { get; init; } = _ => true;

    /// <summary>Transactions from a seed, mostly in order of time.</summary>
    public static Row[] Transactions(int seed, int count, long milliseconds, long start, long pcode = 1) =>
        new RowGenerator(new Random(seed)).Rows(SampleSchema.Of(Kind.Transaction), count, milliseconds, start, pcode);

    /// <summary>Samples over a length of time, mostly in order of time; some fields are in none of them.</summary>
    public Row[] Rows(KindSchema schema, int count, long milliseconds, long start = Start, long pcode = 1)
    {
        bool[] absent = [.. schema.Fields.Select(_ => random.Next(6) == 0)];
        return [.. Enumerable.Range(0, count)
            .Select(i => Row(schema, start + (Time(i, count, milliseconds) / 20 * 20), pcode, field => MayHave(field) && !absent[field.Ordinal]))];
    }

    /// <summary>The same in order of time.</summary>
    public List<Row> Sorted(KindSchema schema, int count, long milliseconds) => [.. Rows(schema, count, milliseconds).OrderBy(row => row.Time)];

    /// <summary>One sample.</summary>
    public Row Row(KindSchema schema, long time, long pcode = 1) => Row(schema, time, pcode, MayHave);

    private Row Row(KindSchema schema, long time, long pcode, Func<Field, bool> mayHave)
    {
        Row row = new Row(schema) { Pcode = pcode }.With("time", time);
        foreach (Field field in schema.Fields.Skip(1).Where(field => field.Required || field.IsGuid || (mayHave(field) && random.Next(4) > 0)))
        {
            _ = field.IsText ? row.With(field.Name, Text(field)) : row.With(field.Name, Number(field));
        }

        return row;
    }

    private long Time(int row, int count, long milliseconds) => random.Next(10) == 0 ? random.NextInt64(milliseconds) : milliseconds * row / count;

    private string Text(Field field) => field.Name switch
    {
        "id" => NextId(),
        "labels" or "annotations" => $$"""{"line":"{{random.Next(5)}}","tag":"a\"b"}""",
        "description" => Pick(_descriptions),
        "source" => $"Source-{random.Next(40)}",

        // Blocks keep texts of this form as numbers.
        "txid" => ((ulong)random.Next(100_000) * 0x9E3779B97F4A7C15).ToString("x16", null),
        "user_id" => $"{random.Next(100_000):x}",
        "remote_ip" => $"10.0.{random.Next(random.Next(2) == 0 ? 2 : 90)}.{random.Next(4)}",
        _ when !field.Allowed.IsEmpty => Pick(field.Allowed),
        _ => random.Next(60) == 0 ? Pick(HostileTexts.All) : _texts[random.Next(random.Next(3) == 0 ? _texts.Length : 3)],
    };

    private long Number(Field field) => field.Name switch
    {
        "oid" => random.Next(-2, 3) * (random.Next(2) == 0 ? 1 : 1_000_000_007L) % int.MaxValue,
        "status" => random.Next(8) == 0 ? random.Next(1000) : random.Next(4) == 0 ? 404 : 200,
        "port" => random.Next(3),
        "error" => random.Next(4) == 0 ? 1 : 0,
        "snap_seq" => random.NextInt64(long.MinValue + 1, long.MaxValue),
        _ => random.Next(10) switch
        {
            0 => 0,
            1 => random.NextInt64(Math.Min(field.Maximum, 1_000_000_000_000_000)),
            2 => random.Next(5),
            _ => (long)Math.Exp(random.NextDouble() * 17),
        },
    };

    /// <summary>An id of an alert.</summary>
    public string NextId()
    {
        byte[] bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes).ToString("D");
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
