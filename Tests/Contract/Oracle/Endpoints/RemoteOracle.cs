namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>The response of <c>/open/api/json/remote</c>, computed the slow way.</summary>
internal static class RemoteOracle
{
    public static Dictionary<string, object> Response(IEnumerable<OracleSample> samples, long pcode, long from, long to) => OracleRows.AsList(
        samples.Within(pcode, "transaction", from, to)
            .Where(sample => sample.Text("remote_ip").Length > 0)
            .GroupBy(sample => sample.Text("remote_ip"), StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, Utf8Order.Instance)
            .Select(group => new Dictionary<string, object>
            {
                ["ip"] = group.Key,
                ["count"] = (long)group.Count(),
                ["city"] = group.LatestText(sample => sample.Text("city")),
                ["country"] = group.LatestText(sample => sample.Text("country")),
            }));
}
