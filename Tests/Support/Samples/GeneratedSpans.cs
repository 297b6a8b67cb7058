namespace TimeSeries.Tests.Support.Samples;

/// <summary>Makes transactions and what they call, for <see cref="BatchGenerator"/>.</summary>
internal static class GeneratedSpans
{
    private static readonly string[] _sqls =
    [
        "select * from orders where id=#", "/* hint */ SELECT name FROM users", "  \t(select 1)", "-- note\nINSERT INTO t VALUES (#)",
        "insert into orders values (#,#)",
        "Update stock set n=#", "MERGE INTO t USING s", "DELETE from t", "create table t (a int)", "DROP TABLE t", "selectx from y",
        "(((/* a */ /* b */ update t set a=#", "call proc(#)",
    ];

    private static readonly double[] _borders = [1200, 1200.001, 1199.999, 4800, 4800.001, 4799.999, 1199.9995, 1200.0005, 0, 0.0005, 0.001, 0.0015, 0.0025, 1];

    public static SampleRow Transaction(Random random, long time)
    {
        SampleRow row = new("transaction") { ["time"] = time, ["service"] = Service(random), ["elapsed"] = Elapsed(random) };
        if (random.Next(1_000) == 0)
        {
            row["service"] = "/huge";
            row["elapsed"] = random.Next(2) == 0 ? 1_000_000_000_000 : random.NextInt64(1_000_000_000_000);
        }

        row["txid"] = random.NextInt64().ToString("x16", null);
        Maybe(random, row, "method", 9, () => Pick(random, "GET", "POST", "PUT", ""));
        Maybe(random, row, "status", 9, () => (long)random.Next(100, 600));
        Maybe(random, row, "error", 5, () => random.Next(10) == 0);
        Maybe(random, row, "error_class", 1, () => Pick(random, "java.lang.NullPointerException", "", "Boom\0", "java.sql.SQLException"));
        Maybe(random, row, "error_message", 1, () => Hostile(random));
        Maybe(random, row, "sql_count", 8, () => random.NextInt64(60));
        Maybe(random, row, "sql_time", 8, () => Elapsed(random));
        Maybe(random, row, "sql_fetch_count", 7, () => random.Next(50) == 0 ? 1L << 53 : random.NextInt64(3_000));
        Maybe(random, row, "sql_fetch_time", 7, () => Elapsed(random));
        Maybe(random, row, "httpc_count", 5, () => random.NextInt64(9));
        Maybe(random, row, "httpc_time", 5, () => Elapsed(random));
        Maybe(random, row, "cpu_time", 7, () => Elapsed(random));
        Maybe(random, row, "malloc", 7, () => random.NextInt64(1L << random.Next(1, 54)));
        Maybe(random, row, "remote_ip", 8,
            () => random.Next(20) switch { 0 => "", 1 => Hostile(random), 2 => "2001:db8::1", _ => $"10.0.{random.Next(3)}.{random.Next(12)}" });
        Maybe(random, row, "country", 7, () => Pick(random, "KR (KOREA)", "CA (CANADA)", "", "DE"));
        Maybe(random, row, "city", 7, () => random.Next(6) == 0 ? Hostile(random) : Pick(random, "Seoul", "Winnipeg", "Zürich", ""));
        Maybe(random, row, "user_id", 8, () => $"user-{random.Next(500)}");
        Maybe(random, row, "user_agent", 5, () => random.Next(30) == 0 ? new string('\u20AC', 400) : "agent/1.0");
        Maybe(random, row, "api_id", 4, () => $"api-{random.Next(4)}");
        Maybe(random, row, "api_name", 4, () => Pick(random, "Orders", "Users", "", "\U0001F98A"));
        Maybe(random, row, "api_key", 4, () => $"key{random.Next(6)}");
        Maybe(random, row, "oauth_id", 3, () => $"client{random.Next(3)}");
        Maybe(random, row, "alias", 2, () => "alias");
        Maybe(random, row, "upstream_latency", 5, () => Elapsed(random));
        return row;
    }

    public static SampleRow Sql(Random random, long time)
    {
        SampleRow row = new("sql") { ["time"] = time, ["sql"] = random.Next(15) == 0 ? Hostile(random) : Pick(random, _sqls), ["elapsed"] = Elapsed(random) };
        Maybe(random, row, "db", 8, () => Pick(random, "jdbc:mysql://localhost:3306/shop", "jdbc:postgresql://db/ü", ""));
        Maybe(random, row, "error", 3, () => random.Next(4) == 0);
        Maybe(random, row, "fetch_count", 7, () => random.NextInt64(500));
        Maybe(random, row, "fetch_time", 7, () => Elapsed(random));
        Maybe(random, row, "txid", 7, () => random.NextInt64().ToString("x16", null));
        Maybe(random, row, "service", 7, () => Service(random));
        return row;
    }

    public static SampleRow Httpc(Random random, long time)
    {
        SampleRow row = new("httpc")
        {
            ["time"] = time,
            ["url"] = random.Next(20) == 0 ? Hostile(random) : $"/remote/{random.Next(6)}",
            ["elapsed"] = Elapsed(random),
        };
        Maybe(random, row, "host", 8, () => Pick(random, "127.0.0.1", "back.example", "", "Back.example"));
        Maybe(random, row, "port", 8, () => Pick<long>(random, 80, 8080, 0, 65_535));
        Maybe(random, row, "method", 8, () => Pick(random, "GET", "POST"));
        Maybe(random, row, "status", 8, () => random.Next(3) == 0 ? Pick<long>(random, 399, 400) : random.NextInt64(100, 600));
        Maybe(random, row, "error", 3, () => random.Next(4) == 0);
        Maybe(random, row, "txid", 5, () => random.NextInt64().ToString("x16", null));
        Maybe(random, row, "service", 7, () => Pick(random, "/account", "/orders", "", "/Orders"));
        return row;
    }

    /// <summary>A service: most often one of a few, so that rollups pay.</summary>
    public static string Service(Random random) => random.Next(40) switch
    {
        0 => Hostile(random),
        1 => "/single/" + random.Next(100_000),
        < 20 => "/hot",
        _ => $"/service/{random.Next(12)}",
    };

    public static string Hostile(Random random) => HostileTexts.All[random.Next(HostileTexts.All.Count)];

    public static T Pick<T>(Random random, params ReadOnlySpan<T> from) => from[random.Next(from.Length)];

    /// <summary>Sets the field in so many of ten rows; in the others it is null or absent.</summary>
    public static void Maybe(Random random, SampleRow row, string field, int ofTen, Func<object?> value)
    {
        if (random.Next(10) < ofTen)
        {
            row[field] = value();
        }
        else if (random.Next(2) == 0)
        {
            row[field] = null;
        }
    }

    private static object Elapsed(Random random) => random.Next(6) switch
    {
        0 => random.NextInt64(6_000),
        1 => Pick(random, _borders),
        2 => random.Next(100_000) / 1_000.0,
        3 => random.NextDouble() * 2_000,
        4 => 50L,
        _ => Math.Pow(10, random.NextDouble() * 4),
    };
}
