namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>The fields of the ingest contract that aggregates can be of, by its words.</summary>
internal static class OracleField
{
    private static readonly Dictionary<string, string[]> _amounts = new()
    {
        ["transaction"] = ["elapsed", "status", "error", "sql_count", "sql_time", "sql_fetch_count", "sql_fetch_time", "httpc_count", "httpc_time", "cpu_time",
            "malloc", "upstream_latency"],
        ["sql"] = ["elapsed", "error", "fetch_count", "fetch_time"],
        ["httpc"] = ["elapsed", "port", "status", "error"],
        ["thread"] = ["count"],
    };

    private static readonly Dictionary<string, string[]> _texts = new()
    {
        ["transaction"] = ["service", "method", "error_class", "remote_ip", "country", "city", "api_id", "api_name", "api_key", "oauth_id", "alias",
            "oname", "okind", "onode"],
        ["sql"] = ["sql", "db", "service", "oname", "okind", "onode"],
        ["httpc"] = ["url", "host", "method", "service", "oname", "okind", "onode"],
        ["exception"] = ["class", "service", "oname", "okind", "onode"],
        ["thread"] = ["oname", "okind", "onode"],
        ["alert"] = ["severity", "source", "title", "oname", "okind", "onode"],
        ["event"] = ["level", "type", "oname", "okind", "onode"],
    };

    /// <summary>Fields with numbers that are never negative.</summary>
    public static string[] Amounts(string kind) => _amounts.GetValueOrDefault(kind, []);

    public static string[] Texts(string kind) => _texts[kind];

    /// <summary>How many decimals of the wire's unit are kept.</summary>
    public static int Decimals(string kind, string field) => kind == "thread" && field == "count" ? 6
        : field == "elapsed" || field.EndsWith("_time", StringComparison.Ordinal) || field == "upstream_latency" ? 3
        : 0;

    public static string Unit(string kind, string field) => field == "time" || Decimals(kind, field) == 3 ? "ms" : field == "malloc" ? "By" : "1";

    /// <summary>The value as kept: a long, a text that is not empty, or null.</summary>
    public static object? Value(OracleSample sample, string field) => field switch
    {
        "time" => sample.Time,
        "oid" => sample.Oid,
        "oname" => Present(sample.Oname),
        "okind" => Present(sample.Okind),
        "onode" => Present(sample.Onode),
        "severity" => char.ToUpperInvariant(sample.Text(field)[0]) + sample.Text(field)[1..].ToLowerInvariant(),
        _ => sample.Values.GetValueOrDefault(field),
    };

    public static bool IsError(OracleSample sample) => sample.Kind switch
    {
        "transaction" => sample.Number("error") == 1 || sample.Text("error_class").Length > 0,
        "sql" => sample.Number("error") == 1,
        "httpc" => sample.Number("error") == 1 || sample.Number("status") >= 400,
        _ => false,
    };

    private static string? Present(string text) => text.Length == 0 ? null : text;
}
