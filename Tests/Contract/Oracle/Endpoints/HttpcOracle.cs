namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>The responses of <c>/open/api/json/httpc</c>, plain and filtered, computed the slow way.</summary>
internal static class HttpcOracle
{
    public static Dictionary<string, object> Response(IEnumerable<OracleSample> samples, long pcode, long from, long to) => OracleRows.AsList(
        Rows(samples.Within(pcode, "httpc", from, to), _ => "")
            .Select(row =>
            {
                row.Record["Actived"] = 0L;
                return row.Record;
            }));

    /// <summary>One host and port only, by service too.</summary>
    public static Dictionary<string, object> Filtered(IEnumerable<OracleSample> samples, long pcode, long from, long to, string host,
        long port) => OracleRows.AsList(
        Rows(samples.Within(pcode, "httpc", from, to).Where(sample => sample.Text("host") == host && sample.Term("port") == port),
            sample => sample.Text("service"))
            .Select(row =>
            {
                row.Record["Service"] = row.Service;
                row.Record["Service_hash"] = (long)OracleHash.Of(row.Service);
                return row.Record;
            }));

    private static IEnumerable<(string Service, Dictionary<string, object> Record)> Rows(IEnumerable<OracleSample> samples,
        Func<OracleSample, string> service) => samples
        .GroupBy(sample => (Url: sample.Text("url"), Host: sample.Text("host"), Port: sample.Term("port"), Service: service(sample)))
        .Select(group => (group.Key, Samples: group.ToList(), Sum: group.Sum("elapsed")))
        .OrderByDescending(group => group.Sum)
        .ThenBy(group => group.Key.Url, Utf8Order.Instance).ThenBy(group => group.Key.Host, Utf8Order.Instance)
        .ThenBy(group => group.Key.Port).ThenBy(group => group.Key.Service, Utf8Order.Instance)
        .Select(group => (group.Key.Service, Record(group.Key.Url, group.Key.Host, group.Key.Port, group.Samples)));

    private static Dictionary<string, object> Record(string url, string host, long port, List<OracleSample> samples) => new()
    {
        ["Url"] = url,
        ["UrlHash"] = (long)OracleHash.Of(url),
        ["Host"] = host,
        ["HostHash"] = (long)OracleHash.Of(host),
        ["Port"] = port,
        ["Total"] = (long)samples.Count,
        ["Error"] = (long)samples.Count(sample => sample.Term("error") == 1 || sample.Term("status") >= 400),
        ["Sum"] = OracleRows.Milliseconds(samples.Sum("elapsed")),
        ["Avg"] = OracleNumbers.Quotient(samples.Sum("elapsed"), 1_000 * samples.Count),
        ["Min"] = OracleRows.Milliseconds(samples.Min(sample => sample.Term("elapsed"))),
        ["Max"] = OracleRows.Milliseconds(samples.Max(sample => sample.Term("elapsed"))),
        ["Stdev"] = OracleNumbers.StandardDeviation(samples, "elapsed"),
    };
}
