using System.Collections.Immutable;
using TimeSeries.Hosting.Description;

namespace TimeSeries.Query.WhaTap;

/// <summary>The schemas of the WhaTap answers, and examples of them.</summary>
internal static class WhatapShapes
{
    public const string TransactionExample =
        """
        {"records":[{"apdex_tolerated":98,"apdex_satisfied":279,"apdex":0.5,"time_max":44735,"sql_fetch_time":363,"sql_time":2628663,"count":656,"error":29,"sql_count":22635,
        "hash":-1485863373,"sql_fetch":6741607,"httpc_avg":1084,"cpu_avg":0,"time_sum":1216000,"httpc_count":7072,"time_avg":1853,"service":"/account/save/employee/seoul","mem_avg":0,
        "time_min":2,"time_std":"1520.12","time_p50":1210.5,"time_p95":5120.25,"time_p99":9800}],"total":1080}
        """;

    public const string SqlExample =
        """
        {"records":[{"time_max":4164,"dbcHash":450678784,"db":"jdbc:mysql://localhost:3306,localhost:3310/fake","time_min":0,"fetch_count":0,"hash":796628118,"fetch_time":0,"sql_crud":3,
        "count_total":5224,"count_error":0,"sql":"update table set x=# where key=#","time_sum":581391,"time_avg":111,"time_std":"240.79","count_actived":0,"time_p95":612.5}],"total":130}
        """;

    public const string HttpcExample =
        """
        {"records":[{"Sum":22628,"Port":10002,"Url":"/remote/account/save/employee/kwangju","Host":"127.0.0.1","Max":1815,"Stdev":"247.95","Actived":0,"Avg":1131,"HostHash":-675813464,
        "Min":1002,"Error":0,"Total":20,"UrlHash":-243814510}],"total":4923}
        """;

    public const string ExceptionExample =
        """
        {"records":[{"oids":"[-1459620666]","time":1535557500000,"classHash":-1811136020,"count":14,"service":"/account/delete/dept/daegu","class":"java.sql.SQLException(0)",
        "serviceHash":1900616259,"snapSeq":"6068699991557528332","msg":"Sql Exception"}],"total":2063}
        """;

    public const string RemoteExample = """{"records":[{"count":86,"city":"Winnipeg","country":"CA (CANADA)","ip":"140.193.83.68"}],"total":1000}""";

    public const string ThreadCountExample =
        """
        {"pcode":1234570141,"type":"thread_count","stime":1536050100000,"etime":1536050700000,"interval":300,"timeMerge":"sum","objectMerge":"avg",
        "series":[[1536050100000,117.49],[1536050400000,100.26],[1536050700000,120.2]]}
        """;

    private static readonly Shape _hash = Shape.Int32.Saying("CRC-32 of the text's UTF-8, with its sign.");
    private static readonly Shape _deviation = (Shape.Text with { Pattern = "^[0-9]+\\.[0-9]{2}$" }).Saying("Population standard deviation in ms, two decimals.");
    private static readonly Shape _percentile = (Shape.Number with { Minimum = 0 }).Saying("Within 1 %, in ms.");
    private static readonly Shape _sum = Shape.Count.Saying("Sum in ms.");
    private static readonly Shape _mean = Shape.Count.Saying("Mean in ms, cut.");
    private static readonly Shape _extreme = Shape.Count.Saying("In ms, cut.");

    public static ImmutableArray<(string Name, Shape Shape)> All { get; } =
    [
        ("TransactionRecord", Transaction()), ("SqlRecord", Sql()), ("HttpcRecord", Httpc([("Actived", Nothing("Calls that still run: always 0."))])),
        ("FilteredHttpcRecord", Httpc([("Service", Shape.Text), ("Service_hash", _hash)])), ("ExceptionRecord", ExceptionRecord()), ("RemoteRecord", Remote()),
        ("ThreadCount", Threads(("objects", Shape.List(Shape.Record(("oname", Shape.Text), ("oid", Shape.Int32), ("series", Series())))))),
        ("ThreadCountMean", Threads(("objectMerge", Shape.OneOf("avg")), ("series", Series()))),
        ("WhatapError", Shape.Record(("code", Shape.Integer with { Minimum = 400, Maximum = 599 }), ("message", Shape.Text), ("msg", Shape.Text.Saying("The same.")))),
    ];

    private static Shape Transaction() => Shape.Record(
        ("apdex_tolerated", Shape.Count.Saying("Within four times the project's threshold, and no error.")),
        ("apdex_satisfied", Shape.Count.Saying("Within the threshold, and no error.")),
        ("apdex", (Shape.Number with { Minimum = 0, Maximum = 1 }).Saying("(satisfied + tolerated / 2) / count.")),
        ("time_max", _extreme), ("sql_fetch_time", _sum), ("sql_time", _sum), ("count", Shape.Count), ("error", Shape.Count), ("sql_count", Shape.Count),
        ("hash", _hash), ("sql_fetch", Shape.Count), ("httpc_avg", Shape.Count.Saying("Mean of an HTTP call in ms, cut; 0 when there was none.")), ("cpu_avg", _mean),
        ("time_sum", _sum), ("time_avg", _mean), ("httpc_count", Shape.Count), ("service", Shape.Text), ("mem_avg", Shape.Count.Saying("Mean of allocated bytes, cut.")),
        ("time_min", _extreme), ("time_std", _deviation), ("time_p50", _percentile), ("time_p95", _percentile), ("time_p99", _percentile));

    private static Shape Sql() => Shape.Record(
        ("time_max", _extreme), ("dbcHash", _hash), ("db", Shape.Text), ("time_min", _extreme), ("fetch_count", Shape.Count), ("hash", _hash), ("fetch_time", _sum),
        ("sql_crud", (Shape.Integer with { Minimum = 0, Maximum = 4 }).Saying("1 create, 2 read, 3 update, 4 delete, 0 other, by the first word.")),
        ("count_total", Shape.Count), ("count_error", Shape.Count), ("sql", Shape.Text), ("time_sum", _sum), ("time_avg", _mean), ("time_std", _deviation),
        ("count_actived", Nothing("Statements that still run: always 0.")), ("time_p95", _percentile));

    private static Shape Httpc(ReadOnlySpan<Shape.Member> more) => Shape.Record(
    [
        ("Sum", _sum), ("Port", Shape.Integer with { Minimum = 0, Maximum = 65_535 }), ("Url", Shape.Text), ("Host", Shape.Text), ("Max", _extreme), ("Stdev", _deviation),
        ("Avg", _mean), ("HostHash", _hash), ("Min", _extreme), ("Error", Shape.Count), ("Total", Shape.Count), ("UrlHash", _hash), .. more,
    ]);

    private static Shape ExceptionRecord() => Shape.Record(
        ("oids", (Shape.Text with { Pattern = "^\\[-?[0-9]+(, -?[0-9]+)*\\]$" }).Saying("Ids of the agents, ascending.")),
        ("time", Shape.Time.Saying("Start of the 5-minute window of the first; may lie before stime.")), ("classHash", _hash), ("count", Shape.Count), ("service", Shape.Text),
        ("class", Shape.Text), ("serviceHash", _hash), ("snapSeq", (Shape.Text with { Pattern = "^-?[0-9]+$" }).Saying("The latest; 0 when there is none.")),
        ("msg", Shape.Text.Saying("The latest.")));

    private static Shape Remote() => Shape.Record(("count", Shape.Count), ("city", Shape.Text), ("country", Shape.Text), ("ip", Shape.Text));

    private static Shape Threads(params ReadOnlySpan<Shape.Member> more) => Shape.Record(
    [
        ("pcode", Shape.Integer), ("type", Shape.OneOf("thread_count")), ("stime", Shape.Time.Saying("As asked.")), ("etime", Shape.Time.Saying("As asked.")),
        ("interval", (Shape.Integer with { Minimum = 300, Maximum = 300 }).Saying("Seconds of a window.")), ("timeMerge", Shape.OneOf("sum")), .. more,
    ]);

    private static Shape Series() => Shape.List(Shape.List(Shape.Number).Saying("The window's start in ms, and the mean of threads in it, two decimals."));

    private static Shape Nothing(string description) => (Shape.Integer with { Minimum = 0, Maximum = 0 }).Saying(description);
}
