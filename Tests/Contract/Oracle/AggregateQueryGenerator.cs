using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>Makes random queries for aggregates, the same for the same seed: any kind, window, groups, measures, filters, order and limit.</summary>
internal sealed class AggregateQueryGenerator(int seed)
{
    private static readonly string[] _kinds = ["transaction", "transaction", "transaction", "sql", "httpc", "exception", "thread", "alert", "event"];
    private static readonly string?[] _windows = [null, null, "10s", "90s", "1m", "5m", "15m", "1h", "6h", "1d"];
    private static readonly string[] _functions = ["avg", "min", "max", "sum", "stddev", "p50", "p90", "p95", "p99", "p999"];
    private static readonly string[] _numbers = ["0", "1", "50", "200", "404", "1200", "1200.0005", "0.001", "-1", "99999999999999999999", ""];

    private readonly Random _random = new(seed);

    public IEnumerable<AggregateQuery> Queries(int count) => Enumerable.Range(0, count).Select(_ => Query());

    private AggregateQuery Query()
    {
        string kind = Pick(_kinds);
        string[] groups = [.. OracleField.Texts(kind), "oid", .. OracleField.Amounts(kind).Contains("status") ? new[] { "status" } : []];
        string[] by = [.. groups.OrderBy(_ => _random.Next()).Take(_random.Next(1, 4))];
        string[] measures = [.. Enumerable.Range(0, _random.Next(1, 7)).Select(_ => Measure(kind)).Distinct()];
        string? window = Pick(_windows);
        string[] columns = [.. by, .. measures, .. window is null ? Array.Empty<string>() : ["time"]];
        return new AggregateQuery(kind, by, measures)
        {
            Window = window,
            Where = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Where(kind))],
            Order = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => (_random.Next(2) == 0 ? "-" : "") + Pick(columns))],
            Limit = Pick([2, 10, 1_000, 1_000, 100_000]),
        };
    }

    private string Measure(string kind)
    {
        string[] amounts = OracleField.Amounts(kind);
        return _random.Next(7) switch
        {
            6 when kind is "transaction" => "apdex",
            0 => "count",
            1 => "rate",
            2 when kind is "transaction" or "sql" or "httpc" => "error_rate",
            3 => $"{Pick(["min", "max", "avg", "sum"])}({Pick<string>(kind == "exception" ? ["oid", "snap_seq"] : ["oid", "time"])})",
            _ when amounts.Length > 0 => $"{Pick(_functions)}({Pick(amounts)})",
            _ => "count",
        };
    }

    private string Where(string kind)
    {
        string[] amounts = [.. OracleField.Amounts(kind).Where(field => field != "error"), "oid"];
        return _random.Next(7) switch
        {
            0 => $"{Pick(OracleField.Texts(kind))}!:{Text()}",
            1 => $"{Pick(OracleField.Texts(kind))}!:",
            2 => $"{Pick(OracleField.Texts(kind))}~:{Pick(["SHOP", "s", "/", "\u00E9", "\u00C9", ".", "o"])}",
            3 => $"{Pick(amounts)}{Pick([">:", ">=:"])}{Pick(_numbers[..^1])}",
            4 => $"{Pick(amounts)}{Pick(["<:", "<=:"])}{Pick(_numbers[..^1])}",
            5 => $"{Pick(amounts)}!:{Pick(_numbers)}",
            _ => $"oname!:{Text()}",
        };
    }

    private string Text() => _random.Next(3) == 0 ? Pick(HostileTexts.All) : Pick(["shop-8080", "/hot", "/service/3", "127.0.0.1", "GET"]);

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
