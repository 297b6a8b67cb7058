using System.Globalization;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>An endpoint over a range of times: where it is asked, and what it must answer.</summary>
internal sealed record OracleEndpoint(string Name, Func<long, long, string> Path, Func<IReadOnlyList<OracleSample>, long, long, long, object> Answer)
{
    public static IReadOnlyList<OracleEndpoint> All { get; } =
    [
        Statistic("transaction", TransactionOracle.Answer),
        Statistic("sql", SqlOracle.Answer),
        Statistic("httpc", HttpcOracle.Answer),
        Statistic("exception", ExceptionOracle.Answer),
        Statistic("remote", RemoteOracle.Answer),
        Filtered("127.0.0.1", 8_080),
        Filtered("back.example", 0),
        Threads("", (samples, pcode, from, to) => ThreadCountOracle.Objects(samples, pcode, from, to)),
        Threads("/7", (samples, pcode, from, to) => ThreadCountOracle.Objects(samples, pcode, from, to, 7)),
        Threads("/-1459620666,7,12", (samples, pcode, from, to) => ThreadCountOracle.Objects(samples, pcode, from, to, -1_459_620_666, 7, 12)),
        Threads("/avg", (samples, pcode, from, to) => ThreadCountOracle.Average(samples, pcode, from, to)),
        Threads("/avg/7,2147483647", (samples, pcode, from, to) => ThreadCountOracle.Average(samples, pcode, from, to, 7, int.MaxValue)),
        .. AggregateQuestion.All.Select(Aggregate),
    ];

    /// <summary>The endpoint that takes no range.</summary>
    public static OracleEndpoint Agents { get; } = new("agents", (_, _) => "/api/v1/agents", (samples, pcode, _, _) => AgentsOracle.Answer(samples, pcode));

    public override string ToString() => Name;

    private static OracleEndpoint Aggregate(AggregateQuestion question, int index) => new(
        string.Create(CultureInfo.InvariantCulture, $"aggregate {index} of {question.Kind} by {string.Join(' ', question.By)}"),
        question.Path,
        (samples, pcode, from, to) => AggregateOracle.Answer(question, samples, pcode, from, to));

    private static OracleEndpoint Statistic(string name, Func<IEnumerable<OracleSample>, long, long, long, object> answer) =>
        new(name, (from, to) => string.Create(CultureInfo.InvariantCulture, $"/open/api/json/{name}/{from}/{to}"), answer);

    private static OracleEndpoint Filtered(string host, long port) => new(
        $"httpc of {host} {port}",
        (from, to) => string.Create(CultureInfo.InvariantCulture, $"/open/api/json/httpc/{from}/{to}/filter/host/{host}/port/{port}"),
        (samples, pcode, from, to) => HttpcOracle.Filtered(samples, pcode, from, to, host, port));

    private static OracleEndpoint Threads(string rest, Func<IEnumerable<OracleSample>, long, long, long, object> answer) =>
        new($"thread_count{rest}", (from, to) => string.Create(CultureInfo.InvariantCulture, $"/open/api/json/thread_count/{from}/{to}{rest}"), answer);
}
