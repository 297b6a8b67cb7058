using System.Globalization;
using TimeSeries.Tests.Contract.Oracle.Endpoints;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>An endpoint over a range of times: its address, and what it must respond.</summary>
internal sealed record OracleEndpoint(string Name, Func<long, long, string> Path, Func<IReadOnlyList<OracleSample>, long, long, long, object> Response)
{
    public static IReadOnlyList<OracleEndpoint> All { get; } =
    [
        Statistic("transaction", TransactionOracle.Response),
        Statistic("sql", SqlOracle.Response),
        Statistic("httpc", HttpcOracle.Response),
        Statistic("exception", ExceptionOracle.Response),
        Statistic("remote", RemoteOracle.Response),
        Filtered("127.0.0.1", 8_080),
        Filtered("back.example", 0),
        Threads("", (samples, pcode, from, to) => ThreadCountOracle.Objects(samples, pcode, from, to)),
        Threads("/7", (samples, pcode, from, to) => ThreadCountOracle.Objects(samples, pcode, from, to, 7)),
        Threads("/-1459620666,7,12", (samples, pcode, from, to) => ThreadCountOracle.Objects(samples, pcode, from, to, -1_459_620_666, 7, 12)),
        Threads("/avg", (samples, pcode, from, to) => ThreadCountOracle.Average(samples, pcode, from, to)),
        Threads("/avg/7,2147483647", (samples, pcode, from, to) => ThreadCountOracle.Average(samples, pcode, from, to, 7, int.MaxValue)),
        .. TykOracle.Endpoints,
        .. NcpOracle.Endpoints,
        Alerts("?pageSize=100", alerts => AlertOracle.Page(alerts, 1, 100)),
        Alerts("?page=3&pageSize=7", alerts => AlertOracle.Page(alerts, 3, 7)),
        Alerts("?pageSize=20&severity=critical&source=DIS", alerts => AlertOracle.Page(
            alerts.Where(alert => alert.Text("severity") == "Critical" && alert.Text("source") == "disk"), 1, 20)),
        Alerts("?pageSize=30&minSeverity=1&label=zone:b", alerts => AlertOracle.Page(
            alerts.Where(alert => alert.Text("severity") != "Info" && AlertOracle.HasLabel(alert, "zone", "b")), 1, 30)),
        Alerts("?label=a:line%0Abreak%0D%09tab&label=a:%7B%22json%22:%5B1,2%5D%7D", alerts => AlertOracle.Page(
            alerts.Where(alert => AlertOracle.HasLabel(alert, "a", "line\nbreak\r\ttab") || AlertOracle.HasLabel(alert, "a", "{\"json\":[1,2]}")), 1, 50)),
        Alerts("?severity=Info&minSeverity=Critical", _ => AlertOracle.Page([], 1, 50)),
        Alerts("/stats/severity", alerts => AlertOracle.Severities(alerts, includeZero: false)),
        Alerts("/stats/severity?includeZero=true&source=disk",
            alerts => AlertOracle.Severities(alerts.Where(alert => alert.Text("source") == "disk"), includeZero: true)),
        Alerts("/stats/source", AlertOracle.Sources),
        Alerts("/stats/source?minSeverity=Warning", alerts => AlertOracle.Sources(alerts.Where(alert => alert.Text("severity") != "Info"))),
        Alerts("/stats/timeline", alerts => AlertOracle.Timeline(alerts, BatchGenerator.Hour)),
        Alerts("/stats/timeline?window=5m&label=zone:b", alerts => AlertOracle.Timeline(
            alerts.Where(alert => AlertOracle.HasLabel(alert, "zone", "b")), BatchGenerator.Bucket)),
        .. AggregateQuery.All.Select(Aggregate),
        .. HeatmapOracle.Endpoints,
    ];

    /// <summary>The endpoint that takes no range.</summary>
    public static OracleEndpoint Agents { get; } = new("agents", (_, _) => "/api/v1/agents", (samples, pcode, _, _) => AgentsOracle.Response(samples, pcode));

    /// <summary>The body of a query that is posted and signed; null where it is a GET.</summary>
    public Func<long, long, string>? Body { get; init; }

    public override string ToString() => Name;

    /// <summary>The response of a server, which must be a 200.</summary>
    public Task<string> GetAsync(ServerClient client, long from, long to, long pcode = TestProjects.First) =>
        Body is null ? client.GetAsync(Path(from, to), pcode) : client.PostSignedAsync(Path(from, to), Body(from, to), pcode);

    private static OracleEndpoint Aggregate(AggregateQuery query, int index) => new(
        string.Create(CultureInfo.InvariantCulture, $"aggregate {index} of {query.Kind} by {string.Join(' ', query.By)}"),
        query.Path,
        (samples, pcode, from, to) => AggregateOracle.Response(query, samples, pcode, from, to));

    private static OracleEndpoint Statistic(string name, Func<IEnumerable<OracleSample>, long, long, long, object> response) =>
        new(name, (from, to) => string.Create(CultureInfo.InvariantCulture, $"/open/api/json/{name}/{from}/{to}"), response);

    private static OracleEndpoint Filtered(string host, long port) => new(
        $"httpc of {host} {port}",
        (from, to) => string.Create(CultureInfo.InvariantCulture, $"/open/api/json/httpc/{from}/{to}/filter/host/{host}/port/{port}"),
        (samples, pcode, from, to) => HttpcOracle.Filtered(samples, pcode, from, to, host, port));

    private static OracleEndpoint Threads(string rest, Func<IEnumerable<OracleSample>, long, long, long, object> response) =>
        new($"thread_count{rest}", (from, to) => string.Create(CultureInfo.InvariantCulture, $"/open/api/json/thread_count/{from}/{to}{rest}"), response);

    // Both dates are inclusive.
    private static OracleEndpoint Alerts(string rest, Func<IEnumerable<OracleSample>, object> response) => new(
        $"alert-history{rest}",
        (from, to) => $"/api/v1.0/alert-history{rest}{(rest.Contains('?', StringComparison.Ordinal) ? '&' : '?')}"
            + $"startDate={AlertOracle.Moment(from)}&endDate={AlertOracle.Moment(to - 1)}",
        (samples, pcode, from, to) => response(samples.Within(pcode, "alert", from, to)));
}
