using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>
/// The responses that WhaTap's document shows, and samples that lead to them. Where it shows a sum, the samples have exactly that sum. Where it shows a
/// standard deviation, the values were searched for with exact fractions outside of this code (Python's decimal, 60 digits). They are written
/// down as value and count.
/// </summary>
internal static class DocumentedStatistics
{
    public const long Pcode = 1_234_570_141;

    /// <summary>Two agents' threads; the document shows their mean.</summary>
    public const string MeanPath = "/thread_count/1536050100000/1536050700000/avg";
    public const string MeanResponse = """
        {"pcode":1234570141,"type":"thread_count","stime":1536050100000,"etime":1536050700000,"interval":300,"timeMerge":"sum","objectMerge":"avg",
        "series":[[1536050100000,117.49],[1536050400000,100.26],[1536050700000,120.2]]}
        """;

    /// <summary>The same by agent: the document gives the form only.</summary>
    public const string AgentsPath = "/thread_count/1536050100000/1536050700000";
    public const string AgentsResponse = """
        {"pcode":1234570141,"type":"thread_count","stime":1536050100000,"etime":1536050700000,"interval":300,"timeMerge":"sum","objects":[
        {"oname":"shop-8080","oid":-1459620666,"series":[[1536050100000,117.5],[1536050400000,100.33],[1536050700000,120.2]]},
        {"oname":"shop-8081","oid":12,"series":[[1536050100000,117.48],[1536050400000,100.19]]}]}
        """;

    private const long ThreadStart = 1_536_050_100_000;
    private const long Bucket = 300_000;
    private const long Hour = 3_600_000;

    // The bucket of the documented exception, and a range away from it for client addresses: they are transactions too.
    private const long Start = 1_535_557_500_000;
    private const long RemoteStart = Start + (6 * Hour);
    private const string Range = "/1535557500000/1535561100000";
    private const string RemoteRange = "/1535579100000/1535582700000";

    // Coprime to the ms of an hour: samples of one value do not stand side by side.
    private const long Stride = 7_919;

    private static readonly long[] _transactionTimes = Values((44_735, 1), (1_000, 279), (1_872, 9_156), (1_873, 1_307));
    private static readonly long[] _sqlTimes = Values((4_164, 4), (1_176, 200), (0, 1), (65, 1_719), (66, 3_300));
    private static readonly long[] _httpcTimes = Values((1_815, 1), (1_002, 5), (1_668, 2), (1_038, 1), (1_039, 11));

    public static IEnumerable<DocumentedStatistic> Lists =>
    [
        // The apdex numbers follow no rule: 279 + 98 beside 10,743 calls. Ours: of
        // those that are no error, 279 take 1,000 ms, one 44,735, the rest under 4,800.
        new("/transaction" + Range, """
            {"apdex_tolerated":98,"apdex_satisfied":279,"apdex":0.830379746835443,"time_max":44735,"sql_fetch_time":363,"sql_time":2628663,"count":10743,
            "error":29,"sql_count":22635,"hash":-1485863373,"sql_fetch":6741607,"httpc_avg":1084,"cpu_avg":0,"time_sum":19911778,"time_avg":1853,
            "httpc_count":7072,
            "service":"/account/save/employee/seoul","mem_avg":0}
            """, 1080, ("apdex_tolerated", 10_434L), ("apdex", (279 + (10_434 / 2.0)) / 10_743), ("time_min", 1_000L), ("time_std", "436.37"),
            ("time_p50", Quantile(_transactionTimes, 500)), ("time_p95", Quantile(_transactionTimes, 950)), ("time_p99", Quantile(_transactionTimes, 990))),

        // An update is 3; the document's own sample says 0.
        new("/sql" + Range, """
            {"time_max":4164,"dbcHash":450678784,"db":"jdbc:mysql://localhost:3306,localhost:3310/fake","time_min":0,"fetch_count":0,"hash":796628118,
            "fetch_time":0,
            "sql_crud":0,"count_total":5224,"count_error":0,"sql":"update table set x=# where key=#","time_sum":581391,"time_avg":111,"time_std":"240.79",
            "count_actived":0}
            """, 130, ("sql_crud", 3L), ("time_p95", Quantile(_sqlTimes, 950))),
        new("/httpc" + Range, """
            {"Sum":22628,"Port":10002,"Url":"/remote/account/save/employee/kwangju","Host":"127.0.0.1","Max":1815,"Stdev":"247.95",
            "Actived":0,"Avg":1131,"HostHash":-675813464,"Min":1002,"Error":0,"Total":20,"UrlHash":-243814510}
            """, 4923),
        new("/exception" + Range, """
            {"oids":"[-1459620666]","time":1535557500000,"classHash":-1811136020,"count":14,"service":"/account/delete/dept/daegu",
            "class":"java.sql.SQLException(0)",
            "serviceHash":1900616259,"snapSeq":"6068699991557528332","msg":"Sql Exception"}
            """, 2063),
        new("/remote" + RemoteRange, """
            {"count":86,"city":"Winnipeg","country":"CA (CANADA)","ip":"140.193.83.68"}
            """, 1000),
    ];

    /// <summary>All samples, in an order that has nothing to do with time or kind.</summary>
    public static SampleRow[] Rows()
    {
        SampleRow[] rows = [.. Transactions(), .. Statements(), .. Calls(), .. Exceptions(), .. Addresses(), .. Threads()];
        new Random(1).Shuffle(rows);
        return rows;
    }

    private static IEnumerable<SampleRow> Transactions()
    {
        int count = _transactionTimes.Length;
        long[] sqlCounts = Spread(22_635, count);
        long[] sqlTimes = Spread(2_628_663, count);
        long[] fetches = Spread(6_741_607, count);
        long[] fetchTimes = Spread(363, count);
        long[] calls = Spread(7_072, count);

        // The greatest sums whose means are still 1084 and 0.
        long[] callTimes = Spread((1_085 * 7_072) - 1, count);
        long[] least = Spread(count - 1, count);
        for (int i = 0; i < count; i++)
        {
            SampleRow row = Transaction(Start + Scattered(i), "/account/save/employee/seoul", _transactionTimes[i]);
            (row["sql_count"], row["sql_time"], row["sql_fetch_count"], row["sql_fetch_time"]) = (sqlCounts[i], sqlTimes[i], fetches[i], fetchTimes[i]);
            (row["httpc_count"], row["httpc_time"], row["cpu_time"], row["malloc"]) = (calls[i], callTimes[i], least[i], least[i]);

            // The last 29 are errors, each in one of the two ways there are.
            row["error"] = i >= count - 15;
            row["error_class"] = i < count - 29 || i >= count - 15 ? null : "java.sql.SQLException";
            yield return row;
        }

        foreach (SampleRow row in Others(Start, 1_079, i => Transaction(0, $"/other/{i}", i)))
        {
            yield return row;
        }
    }

    private static IEnumerable<SampleRow> Statements() =>
    [
        .. _sqlTimes.Select((elapsed, i) => Statement(Start + Scattered(i), "update table set x=# where key=#", elapsed)),
        .. Others(Start, 129, i => Statement(0, $"select {i}", i % 100)),
    ];

    private static IEnumerable<SampleRow> Calls() =>
    [
        .. _httpcTimes.Select((elapsed, i) => Call(Start + Scattered(i), "/remote/account/save/employee/kwangju", elapsed)),
        .. Others(Start, 4_922, i => Call(0, $"/other/{i}", i)),
    ];

    // Of the latest come message and number; the first is the document's bucket.
    private static IEnumerable<SampleRow> Exceptions() =>
    [
        .. Enumerable.Range(0, 14).Select(i => Thrown(
            Start + 1 + (i * 4 * 60_000), "/account/delete/dept/daegu", i == 13 ? "Sql Exception" : $"Sql Exception {i}",
            i == 13 ? 6_068_699_991_557_528_332 : i + 1)),
        .. Others(Start, 2_062, i => Thrown(0, $"/other/{i}", "another", i)),
    ];

    private static IEnumerable<SampleRow> Addresses() =>
    [
        .. Enumerable.Range(0, 86).Select(i => From(RemoteStart + Scattered(i), "140.193.83.68", "Winnipeg", "CA (CANADA)")),
        .. Others(RemoteStart, 999, i => From(0, $"10.0.{i / 250}.{i % 250}", null, null)),
    ];

    // Means of 117.5 and 117.48; of 301/3 and 100.19, whose mean is 100.2616…; and of 120.2 alone.
    private static IEnumerable<SampleRow> Threads() =>
    [
        Count(0, -1_459_620_666, 117), Count(Bucket - 1, -1_459_620_666, 118), Count(Bucket, -1_459_620_666, 100), Count(Bucket + 1, -1_459_620_666, 100),
        Count(Bucket + 2, -1_459_620_666, 101), Count(2 * Bucket, -1_459_620_666, 120), Count((3 * Bucket) - 1, -1_459_620_666, 120.4),
        Count(1, 12, 117.48), Count((2 * Bucket) - 1, 12, 100.19),
        Count(-1, 12, 5_000), Count(3 * Bucket, 12, 5_000),
    ];

    // So many with a key each, a ms apart, and two more just outside of the range.
    private static IEnumerable<SampleRow> Others(long start, int count, Func<int, SampleRow> make) => Enumerable.Range(0, count + 2).Select(i =>
    {
        SampleRow row = make(i);
        row["time"] = i == count ? start - 1 : i == count + 1 ? start + Hour : start + i;
        return row;
    });

    private static SampleRow Transaction(long time, string service, long elapsed) =>
        new("transaction") { ["time"] = time, ["service"] = service, ["elapsed"] = elapsed };

    private static SampleRow From(long time, string address, string? city, string? country)
    {
        SampleRow row = Transaction(time, "/account", 1);
        (row["remote_ip"], row["city"], row["country"]) = (address, city, country);
        return row;
    }

    private static SampleRow Statement(long time, string sql, long elapsed) =>
        new("sql") { ["time"] = time, ["sql"] = sql, ["elapsed"] = elapsed, ["db"] = "jdbc:mysql://localhost:3306,localhost:3310/fake" };

    private static SampleRow Call(long time, string url, long elapsed) =>
        new("httpc") { ["time"] = time, ["url"] = url, ["elapsed"] = elapsed, ["host"] = "127.0.0.1", ["port"] = 10_002 };

    private static SampleRow Thrown(long time, string service, string message, long number) =>
        new("exception") { ["time"] = time, ["class"] = "java.sql.SQLException(0)", ["service"] = service, ["message"] = message, ["snap_seq"] = number };

    private static SampleRow Count(long after, int oid, double count) =>
        new("thread") { ["time"] = ThreadStart + after, ["count"] = count, ["oname"] = oid < 0 ? "shop-8080" : "shop-8081", ["oid"] = oid };

    private static long Scattered(int i) => i * Stride % Hour;

    private static long[] Values(params (long Value, int Count)[] groups) => [.. groups.SelectMany(group => Enumerable.Repeat(group.Value, group.Count))];

    // So many whole numbers, as equal as may be, that have this sum.
    private static long[] Spread(long sum, int count) => [.. Enumerable.Range(0, count).Select(i => (sum / count) + (i < sum % count ? 1 : 0))];

    private static object Quantile(long[] milliseconds, int thousandths) => OracleSketch.Quantile(milliseconds.Select(value => value * 1_000), thousandths);
}
