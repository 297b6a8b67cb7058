using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Golden;

/// <summary>The samples that golden files were made of: of each kind some with every field and, every fourth, one with the required fields only.</summary>
internal static class GoldenSamples
{
    /// <summary>2024-03-10 10:00:00 UTC.</summary>
    public const long Start = 1_710_064_800_000;

    public const int RowsPerKind = 8;

    public static readonly AgentName Agent = new("shop-8080", 42, "tomcat", "node-1");

    /// <summary>Samples of every kind.</summary>
    public static List<SampleRow> Rows { get; } = [.. new Func<int, SampleRow>[] { Transaction, Sql, Httpc, Exception, Thread, Alert, Event }
        .SelectMany(make => Enumerable.Range(0, RowsPerKind).Select(make))];

    public static PushedBatch Batch(string? id = null) => new(TestProjects.First, Agent, Rows) { Id = id };

    private static SampleRow Transaction(int i)
    {
        SampleRow row = Required("transaction", i, ("service", $"/service/{i % 3}"), ("elapsed", 12.5 + (i * 700)));
        return Optional(
            row, i, ("txid", $"{0x0123456789abcdefL + i:x16}"), ("method", i % 2 == 0 ? "GET" : "POST"), ("status", 200L + (i * 60)), ("error", i % 2 == 1),
            ("error_class", "java.lang.IllegalStateException"), ("error_message", $"message {i}"), ("sql_count", (long)i), ("sql_time", i * 1.001),
            ("sql_fetch_count", i * 1_000L),
            ("sql_fetch_time", 0.25), ("httpc_count", 2L), ("httpc_time", 3.125), ("cpu_time", 7.5), ("malloc", (1L << 40) + i), ("remote_ip", $"10.0.0.{i}"),
            ("country", "KR (KOREA)"), ("city", "서울"), ("user_id", $"user-{i}"), ("user_agent", "agent/1.0"), ("api_id", "api-1"), ("api_name", "Orders"),
            ("api_key", "key-1"),
            ("oauth_id", "client-1"), ("alias", "alias"), ("upstream_latency", 5.5 + i));
    }

    private static SampleRow Sql(int i) => Optional(
        Required("sql", i, ("sql", i % 2 == 0 ? "select * from orders where id=#" : "update stock set n=#"), ("elapsed", 1.25 + i)),
        i, ("db", "jdbc:mysql://localhost:3306/shop"), ("error", i == 1), ("fetch_count", 10L * i), ("fetch_time", 0.5),
        ("txid", $"{0x0123456789abcdefL + i:x16}"), ("service", "/service/1"));

    private static SampleRow Httpc(int i) => Optional(
        Required("httpc", i, ("url", $"/remote/{i % 2}"), ("elapsed", 20.75 + i)),
        i, ("host", "back.example"), ("port", 8_080L), ("method", "GET"), ("status", i == 1 ? 503L : 200L), ("error", i == 2), ("txid", "plain text"),
        ("service", "/service/2"));

    private static SampleRow Exception(int i) => Optional(
        Required("exception", i, ("class", "java.lang.IllegalStateException")),
        i, ("message", $"message\twith \"quotes\", = and \\ {i}"), ("service", "/service/0"), ("txid", "feed"), ("snap_seq", long.MaxValue - i),
        ("stack", "at a.b.C(D.java:1)\n\tat e.f.G(H.java:2)"));

    private static SampleRow Thread(int i) => Required("thread", i, ("count", 40.5 + i));

    private static SampleRow Alert(int i) => Optional(
        Required(
            "alert", i, ("severity", i % 2 == 0 ? "Critical" : "Info"), ("source", $"source-{i % 3}"), ("title", $"title {i}"),
            ("id", $"00000000-0000-4000-8000-{i:x12}")),
        i, ("description", "description"), ("labels", new Dictionary<string, string> { ["zone"] = "b", ["a"] = "" }),
        ("annotations", new Dictionary<string, string> { ["runbook"] = "https://runbook.example" }));

    private static SampleRow Event(int i) => Required("event", i, ("level", i % 2 == 0 ? "ALERT" : "EVENT"), ("type", "ES010"), ("message", $"message {i}"));

    private static SampleRow Required(string kind, int i, params (string Field, object? Value)[] fields)
    {
        SampleRow row = new(kind) { ["time"] = Start + (i * 1_000L) + (i % 3) };
        return Set(row, fields);
    }

    private static SampleRow Optional(SampleRow row, int i, params (string Field, object? Value)[] fields) => i % 4 == 3 ? row : Set(row, fields);

    private static SampleRow Set(SampleRow row, (string Field, object? Value)[] fields)
    {
        foreach ((string field, object? value) in fields)
        {
            row[field] = value;
        }

        return row;
    }
}
