using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Support.Rows;

/// <summary>Random samples with everything that is allowed: missing values, equal times, failures, statuses, Unicode, agents of one oid.</summary>
internal sealed class KindRowGenerator(KindSchema schema, Random random)
{
    public const long Start = 1_700_000_100_000;

    private static readonly string[] _texts = ["", "/a", "/b", "/B", "/ä", "/𝄞", "ﬀ", "/a/long/path?with=é", "Z", "\u0001"];

    /// <summary>Samples in order of time, spread over a length of time.</summary>
    public List<Row> Rows(int count, long lengthMilliseconds)
    {
        bool[] absent = [.. schema.Fields.Select(field => !field.Required && random.Next(6) == 0)];
        return [.. Enumerable.Range(0, count).Select(_ => Make(lengthMilliseconds, absent)).OrderBy(row => row.Time)];
    }

    private Row Make(long length, bool[] absent)
    {
        Row row = new(schema);
        foreach (Field field in schema.Fields)
        {
            bool missing = absent[field.Ordinal] || (!field.Required && random.Next(4) == 0);
            if (missing)
            {
                continue;
            }

            if (field.IsText)
            {
                row.With(field.Name, Text(field.Name));
            }
            else
            {
                row.With(field.Name, Number(field, length));
            }
        }

        return row;
    }

    private string Text(string field) => field switch
    {
        "txid" or "user_id" => $"{random.Next(100_000):x}",
        "remote_ip" => $"10.0.{random.Next(random.Next(2) == 0 ? 2 : 90)}.{random.Next(4)}",
        _ => _texts[1 + random.Next(random.Next(3) == 0 ? _texts.Length - 1 : 3)],
    };

    private long Number(Field field, long length) => field.Name switch
    {
        // Every 20 ms, so that times repeat.
        "time" => Start + random.NextInt64(length) / 20 * 20,
        "oid" => random.Next(-2, 3) * 1_000_000_007L % int.MaxValue,
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
}
