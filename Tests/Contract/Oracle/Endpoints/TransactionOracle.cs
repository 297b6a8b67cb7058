using System.Numerics;

namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>The response of <c>/open/api/json/transaction</c>, computed the slow way.</summary>
internal static class TransactionOracle
{
    private const long Threshold = 1_200_000;

    public static Dictionary<string, object> Response(IEnumerable<OracleSample> samples, long pcode, long from, long to) => OracleRows.AsList(
        samples.Within(pcode, "transaction", from, to)
            .GroupBy(sample => sample.Text("service"), StringComparer.Ordinal)
            .Select(group => (Service: group.Key, Samples: group.ToList(), Sum: group.Sum("elapsed")))
            .OrderByDescending(group => group.Sum).ThenBy(group => group.Service, Utf8Order.Instance)
            .Select(group => Record(group.Service, group.Samples, group.Sum)));

    private static Dictionary<string, object> Record(string service, List<OracleSample> samples, BigInteger sum)
    {
        long count = samples.Count;
        List<long> elapsed = [.. samples.Select(sample => sample.Term("elapsed"))];
        List<long> sound = [.. samples.Where(sample => !IsError(sample)).Select(sample => sample.Term("elapsed"))];
        long satisfied = sound.Count(time => time <= Threshold);
        long tolerated = sound.Count(time => time is > Threshold and <= 4 * Threshold);
        return new()
        {
            ["service"] = service,
            ["hash"] = (long)OracleHash.Of(service),
            ["count"] = count,
            ["error"] = count - sound.Count,
            ["time_sum"] = OracleRows.Milliseconds(sum),
            ["time_avg"] = OracleNumbers.Quotient(sum, 1_000 * count),
            ["time_max"] = OracleRows.Milliseconds(elapsed.Max()),
            ["sql_count"] = (long)samples.Sum("sql_count"),
            ["sql_time"] = OracleRows.Milliseconds(samples.Sum("sql_time")),
            ["sql_fetch"] = (long)samples.Sum("sql_fetch_count"),
            ["sql_fetch_time"] = OracleRows.Milliseconds(samples.Sum("sql_fetch_time")),
            ["httpc_count"] = (long)samples.Sum("httpc_count"),
            ["httpc_avg"] = OracleNumbers.Quotient(samples.Sum("httpc_time"), 1_000 * samples.Sum("httpc_count")),
            ["cpu_avg"] = OracleNumbers.Quotient(samples.Sum("cpu_time"), 1_000 * count),
            ["mem_avg"] = OracleNumbers.Quotient(samples.Sum("malloc"), count),
            ["apdex_satisfied"] = satisfied,
            ["apdex_tolerated"] = tolerated,
            ["apdex"] = (satisfied + (tolerated / 2.0)) / count,
            ["time_min"] = OracleRows.Milliseconds(elapsed.Min()),
            ["time_std"] = OracleNumbers.StandardDeviation(samples, "elapsed"),
            ["time_p50"] = OracleSketch.Quantile(elapsed, 500),
            ["time_p95"] = OracleSketch.Quantile(elapsed, 950),
            ["time_p99"] = OracleSketch.Quantile(elapsed, 990),
        };
    }

    private static bool IsError(OracleSample sample) => sample.Term("error") == 1 || sample.Text("error_class").Length > 0;
}
