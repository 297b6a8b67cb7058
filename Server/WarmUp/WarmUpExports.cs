namespace TimeSeries.Server.WarmUp;

/// <summary>Exports of OpenTelemetry as JSON, which is decoded like protobuf once it is read: one of each signal.</summary>
internal static class WarmUpExports
{
    private const int Spans = 50;

    /// <summary>Paths and bodies with items of a moment.</summary>
    public static IEnumerable<(string Path, string Body)> All(DateTimeOffset now)
    {
        long end = now.ToUnixTimeMilliseconds();
        string spans = string.Join(',', Enumerable.Range(1, Spans).Select(i => Span(i, end)));
        yield return ("/v1/traces", Wrap("Spans", "spans", spans));
        yield return ("/v1/metrics", Wrap("Metrics", "metrics", $$"""
            {"name":"jvm.thread.count","gauge":{"dataPoints":[{"timeUnixNano":"{{end}}000000","asInt":"42"} ]} }
            """));
        yield return ("/v1/logs", Wrap("Logs", "logRecords", $$"""
            {"timeUnixNano":"{{end}}000000","severityNumber":17,"attributes":[{{Text("exception.type", "E")}}]}
            """));
    }

    // A transaction, with an exception, and behind it the calls of it.
    private static string Span(int number, long end)
    {
        string parent = number == 1 ? "" : $"\"parentSpanId\":\"{1:x16}\",";
        string attributes = (number % 3) switch
        {
            0 => $"{Text("db.system", "postgresql")},{Text("db.statement", "SELECT * FROM cart WHERE id = 42")},{Text("server.address", "db")}",
            1 => $"{Text("http.request.method", "GET")},{Text("http.route", "/cart/{id}")}",
            _ => $"{Text("http.request.method", "GET")},{Text("url.full", "http://pay:8080/pay/17?x=1")}",
        };
        return $$"""
            {"traceId":"{{end:x32}}","spanId":"{{number:x16}}",{{parent}}"name":"n","kind":{{(number % 3 == 1 ? 2 : 3)}},
            "startTimeUnixNano":"{{end - 10}}000000","endTimeUnixNano":"{{end}}000000","attributes":[{{attributes}}],
            "events":[{"name":"exception","timeUnixNano":"{{end}}000000","attributes":[{{Text("exception.type", "E")}}]}]}
            """;
    }

    private static string Wrap(string scope, string list, string entries) => $$"""
        {"resource{{scope}}":[{"resource":{"attributes":[{{Text("service.name", "warm-up")}}]},"scope{{scope}}":[{"{{list}}":[{{entries}}]}]}]}
        """;

    private static string Text(string key, string value) => $$"""{"key":"{{key}}","value":{"stringValue":"{{value}}"} }""";
}
