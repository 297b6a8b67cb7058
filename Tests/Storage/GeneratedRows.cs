using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Storage;

/// <summary>Transactions from a seed: equal times, gaps, errors, hostile texts, two projects.</summary>
internal static class GeneratedRows
{
    private static readonly string[] _hostile = ["", " ", "\0", "é", "e\u0301", "😀", "'; drop table x; --", "00ff", "/a/b?c=d",
        "line\nbreak", "ﬀ", new('x', 2_000)];

    /// <summary>Rows whose times lie in a span from a start, mostly ascending.</summary>
    public static Row[] Make(int seed, int count, long start, long spanMilliseconds, long pcode = 1)
    {
        Random random = new(seed);
        Row[] rows = new Row[count];
        for (int i = 0; i < count; i++)
        {
            long time = random.Next(10) == 0 ? start + random.NextInt64(spanMilliseconds) : start + spanMilliseconds * i / count / 7 * 7;
            string service = random.Next(20) == 0 ? _hostile[random.Next(_hostile.Length)] : "/service/" + random.Next(12);
            rows[i] = Row.Transaction(pcode, time, service, random.Next(5) == 0 ? random.NextInt64(1L << 40) : random.Next(5_000) * 1_000L)
                .With("txid", random.Next(3) == 0 ? null : random.NextInt64().ToString("x16", null))
                .With("remote_ip", random.Next(4) == 0 ? null : "10.0.0." + random.Next(30))
                .With("city", random.Next(8) == 0 ? _hostile[1 + random.Next(_hostile.Length - 1)] : null)
                .With("status", random.Next(6) == 0 ? null : 100 + random.Next(5) * 100)
                .With("malloc", random.Next(2) == 0 ? null : random.NextInt64(1L << 53))
                .With("error", random.Next(3) switch { 0 => (long?)null, 1 => 0, _ => 1 });
        }

        return rows;
    }
}
