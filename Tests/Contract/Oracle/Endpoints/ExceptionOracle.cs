using System.Globalization;

namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>The response of <c>/open/api/json/exception</c>, computed the slow way.</summary>
internal static class ExceptionOracle
{
    private const long Bucket = 300_000;

    public static Dictionary<string, object> Response(IEnumerable<OracleSample> samples, long pcode, long from, long to) => OracleRows.AsList(
        samples.Within(pcode, "exception", from, to)
            .GroupBy(sample => (Class: sample.Text("class"), Service: sample.Text("service")))
            .Select(group => (group.Key, Samples: group.ToList()))
            .OrderByDescending(group => group.Samples.Count)
            .ThenBy(group => group.Key.Class, Utf8Order.Instance).ThenBy(group => group.Key.Service, Utf8Order.Instance)
            .Select(group => Record(group.Key.Class, group.Key.Service, group.Samples)));

    private static Dictionary<string, object> Record(string @class, string service, List<OracleSample> samples) => new()
    {
        ["class"] = @class,
        ["classHash"] = (long)OracleHash.Of(@class),
        ["service"] = service,
        ["serviceHash"] = (long)OracleHash.Of(service),
        ["count"] = (long)samples.Count,
        ["msg"] = samples.LatestText(sample => sample.Text("message")),
        ["snapSeq"] = samples.LatestNumber("snap_seq", 0).ToString(CultureInfo.InvariantCulture),
        ["time"] = samples.Min(sample => sample.Time) / Bucket * Bucket,
        ["oids"] = "[" + string.Join(", ", samples.Select(sample => sample.Oid!.Value).Distinct().Order()) + "]",
    };
}
