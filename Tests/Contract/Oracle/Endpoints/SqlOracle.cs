using System.Numerics;

namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>The response of <c>/open/api/json/sql</c>, computed the slow way.</summary>
internal static class SqlOracle
{
    public static Dictionary<string, object> Response(IEnumerable<OracleSample> samples, long pcode, long from, long to) => OracleRows.AsList(
        samples.Within(pcode, "sql", from, to)
            .GroupBy(sample => (Db: sample.Text("db"), Sql: sample.Text("sql")))
            .Select(group => (group.Key, Samples: group.ToList()))
            .OrderByDescending(group => group.Samples, MeanOrder.Instance)
            .ThenBy(group => group.Key.Db, Utf8Order.Instance).ThenBy(group => group.Key.Sql, Utf8Order.Instance)
            .Select(group => Record(group.Key.Db, group.Key.Sql, group.Samples)));

    private static Dictionary<string, object> Record(string db, string sql, List<OracleSample> samples)
    {
        BigInteger sum = samples.Sum("elapsed");
        List<long> elapsed = [.. samples.Select(sample => sample.Term("elapsed"))];
        return new()
        {
            ["sql"] = sql,
            ["hash"] = (long)OracleHash.Of(sql),
            ["db"] = db,
            ["dbcHash"] = (long)OracleHash.Of(db),
            ["sql_crud"] = SqlVerb.Crud(sql),
            ["count_total"] = (long)samples.Count,
            ["count_error"] = (long)samples.Count(sample => sample.Term("error") == 1),
            ["count_actived"] = 0L,
            ["time_sum"] = OracleRows.Milliseconds(sum),
            ["time_avg"] = OracleNumbers.Quotient(sum, 1_000 * samples.Count),
            ["time_min"] = OracleRows.Milliseconds(elapsed.Min()),
            ["time_max"] = OracleRows.Milliseconds(elapsed.Max()),
            ["time_std"] = OracleNumbers.StandardDeviation(samples, "elapsed"),
            ["fetch_count"] = (long)samples.Sum("fetch_count"),
            ["fetch_time"] = OracleRows.Milliseconds(samples.Sum("fetch_time")),
            ["time_p95"] = OracleSketch.Quantile(elapsed, 950),
        };
    }

    // Compares a/b with c/d as a·d with c·b.
    private sealed class MeanOrder : IComparer<List<OracleSample>>
    {
        public static MeanOrder Instance { get; } = new();

        public int Compare(List<OracleSample>? x, List<OracleSample>? y) =>
            (x!.Sum("elapsed") * y!.Count).CompareTo(y!.Sum("elapsed") * x!.Count);
    }
}
