using Microsoft.OpenApi;
using static TimeSeries.Hosting.OpenApi.JsonSchema;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>The schemas of the WhaTap responses, and examples of them.</summary>
internal static class WhatapSchemas
{
    public const string TransactionExample =
        """
        {"records":[{"apdex_tolerated":98,"apdex_satisfied":279,"apdex":0.5,"time_max":44735,"sql_fetch_time":363,"sql_time":2628663,"count":656,"error":29,
        "sql_count":22635,"hash":-1485863373,"sql_fetch":6741607,"httpc_avg":1084,"cpu_avg":0,
        "time_sum":1216000,"httpc_count":7072,"time_avg":1853,"service":"/account/save/employee/seoul","mem_avg":0,
        "time_min":2,"time_std":"1520.12","time_p50":1210.5,"time_p95":5120.25,"time_p99":9800}],"total":1080}
        """;

    public const string SqlExample =
        """
        {"records":[{"time_max":4164,"dbcHash":450678784,"db":"jdbc:mysql://localhost:3306,localhost:3310/fake","time_min":0,"fetch_count":0,"hash":796628118,
        "fetch_time":0,"sql_crud":3,"count_total":5224,"count_error":0,"sql":"update table set x=# where key=#",
        "time_sum":581391,"time_avg":111,"time_std":"240.79",
        "count_actived":0,"time_p95":612.5}],"total":130}
        """;

    public const string HttpcExample =
        """
        {"records":[{"Sum":22628,"Port":10002,"Url":"/remote/account/save/employee/kwangju","Host":"127.0.0.1","Max":1815,"Stdev":"247.95",
        "Actived":0,"Avg":1131,"HostHash":-675813464,"Min":1002,"Error":0,"Total":20,"UrlHash":-243814510}],"total":4923}
        """;

    public const string ExceptionExample =
        """
        {"records":[{"oids":"[-1459620666]","time":1535557500000,"classHash":-1811136020,"count":14,"service":"/account/delete/dept/daegu",
        "class":"java.sql.SQLException(0)","serviceHash":1900616259,"snapSeq":"6068699991557528332","msg":"Sql Exception"}],"total":2063}
        """;

    public const string RemoteExample = """{"records":[{"count":86,"city":"Winnipeg","country":"CA (CANADA)","ip":"140.193.83.68"}],"total":1000}""";

    public const string ThreadCountExample =
        """
        {"pcode":1234570141,"type":"thread_count","stime":1536050100000,"etime":1536050700000,"interval":300,"timeMerge":"sum","objectMerge":"avg",
        "series":[[1536050100000,117.49],[1536050400000,100.26],[1536050700000,120.2]]}
        """;

    public static void AddTo(OpenApiDocument document)
    {
        document.AddComponent("TransactionRecord", Transaction());
        document.AddComponent("SqlRecord", Sql());
        document.AddComponent("HttpcRecord", Httpc(("Actived", Zero("Calls that still run: always 0."))));
        document.AddComponent("FilteredHttpcRecord", Httpc(("Service", String()), ("Service_hash", Hash())));
        document.AddComponent("ExceptionRecord", ExceptionRecord());
        document.AddComponent("RemoteRecord", Object(("count", Count()), ("city", String()), ("country", String()), ("ip", String())));
        document.AddComponent("ThreadCount", Threads(("objects", Array(Object(("oname", String()), ("oid", Int32()), ("series", Series()))))));
        document.AddComponent("ThreadCountMean", Threads(("objectMerge", Enum(["avg"])), ("series", Series())));
        document.AddComponent("WhatapError", Object(("code", Integer(400, 599)), ("message", String()), ("msg", String("The same."))));
    }

    private static OpenApiSchema Transaction() => Object(
        ("apdex_tolerated", Count("Within four times the project's threshold, and no error.")),
        ("apdex_satisfied", Count("Within the threshold, and no error.")),
        ("apdex", Number(0, 1, "(satisfied + tolerated / 2) / count.")),
        ("time_max", Extreme()), ("sql_fetch_time", Sum()), ("sql_time", Sum()), ("count", Count()), ("error", Count()), ("sql_count", Count()),
        ("hash", Hash()), ("sql_fetch", Count()), ("httpc_avg", Count("Mean of an HTTP call in ms, cut; 0 when there was none.")), ("cpu_avg", Mean()),
        ("time_sum", Sum()), ("time_avg", Mean()), ("httpc_count", Count()), ("service", String()), ("mem_avg", Count("Mean of allocated bytes, cut.")),
        ("time_min", Extreme()), ("time_std", Deviation()), ("time_p50", Percentile()), ("time_p95", Percentile()), ("time_p99", Percentile()));

    private static OpenApiSchema Sql() => Object(
        ("time_max", Extreme()), ("dbcHash", Hash()), ("db", String()), ("time_min", Extreme()), ("fetch_count", Count()), ("hash", Hash()),
        ("fetch_time", Sum()),
        ("sql_crud", Integer(0, 4, "1 create, 2 read, 3 update, 4 delete, 0 other, by the first word.")),
        ("count_total", Count()), ("count_error", Count()), ("sql", String()), ("time_sum", Sum()), ("time_avg", Mean()), ("time_std", Deviation()),
        ("count_actived", Zero("Statements that still run: always 0.")), ("time_p95", Percentile()));

    private static OpenApiSchema Httpc(params IEnumerable<(string Name, IOpenApiSchema Schema)> more) => Object(
    [
        ("Sum", Sum()), ("Port", Integer(0, 65_535)), ("Url", String()), ("Host", String()), ("Max", Extreme()), ("Stdev", Deviation()),
        ("Avg", Mean()), ("HostHash", Hash()), ("Min", Extreme()), ("Error", Count()), ("Total", Count()), ("UrlHash", Hash()), .. more,
    ]);

    private static OpenApiSchema ExceptionRecord() => Object(
        ("oids", String("Ids of the agents, ascending.", pattern: @"^\[-?[0-9]+(, -?[0-9]+)*\]$")),
        ("time", Time("Start of the 5-minute window of the first; may lie before stime.")), ("classHash", Hash()), ("count", Count()), ("service", String()),
        ("class", String()), ("serviceHash", Hash()),
        ("snapSeq", String("The latest; 0 when there is none.", pattern: "^-?[0-9]+$")), ("msg", String("The latest.")));

    private static OpenApiSchema Threads(params IEnumerable<(string Name, IOpenApiSchema Schema)> more) => Object(
    [
        ("pcode", Integer()), ("type", Enum(["thread_count"])), ("stime", Time("As asked.")), ("etime", Time("As asked.")),
        ("interval", Integer(300, 300, "Seconds of a window.")), ("timeMerge", Enum(["sum"])), .. more,
    ]);

    private static OpenApiSchema Series() => Array(Array(Number(), "The window's start in ms, and the mean of threads in it, two decimals."));

    private static OpenApiSchema Hash() => Int32("CRC-32 of the text's UTF-8, with its sign.");

    private static OpenApiSchema Deviation() => String("Population standard deviation in ms, two decimals.", pattern: @"^[0-9]+\.[0-9]{2}$");

    private static OpenApiSchema Percentile() => Number(0, description: "Within 1 %, in ms.");

    private static OpenApiSchema Sum() => Count("Sum in ms.");

    private static OpenApiSchema Mean() => Count("Mean in ms, cut.");

    private static OpenApiSchema Extreme() => Count("In ms, cut.");

    private static OpenApiSchema Zero(string description) => Integer(0, 0, description);
}
