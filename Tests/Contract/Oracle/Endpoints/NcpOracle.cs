using System.Globalization;

namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>The responses of <c>/dashboards/events/search</c>, computed the slow way.</summary>
internal static class NcpOracle
{
    private const int MaxRows = 10_000;

    public static IReadOnlyList<OracleEndpoint> Endpoints { get; } =
    [
        Search("/dashboards/events/search", "+09:00", 540, [], [], 0, long.MaxValue),
        Search("/api/v1/dashboards/events/search", "-03:30", -210, ["EVENT", "ALERT"], ["ES020", "EU410", "EU420"], 3, 5),
    ];

    private static OracleEndpoint Search(string path, string zone, int minutes, string[] levels, string[] types, long offset, long limit) => new(
        $"events at {zone}",
        (_, _) => path,
        (samples, pcode, from, to) => Response(samples, pcode, from, to, minutes, levels, types, offset, limit))
    {
        Body = (from, to) => string.Create(CultureInfo.InvariantCulture, $$"""
            {"timeZone":"{{zone}}","from":"{{Day(from, minutes):yyyy-MM-dd}}","to":"{{Day(to - 1, minutes):yyyy-MM-dd}}",
            "level":[{{Quoted(levels)}}],"type":[{{Quoted(types)}}],
            "offset":{{offset}},"limit":{{limit}}}
            """),
    };

    // Samples come in the order of their arrival, which a stable sort keeps.
    private static Dictionary<string, object> Response(
        IEnumerable<OracleSample> samples, long pcode, long from, long to, int minutes, string[] levels, string[] types, long offset, long limit)
    {
        List<OracleSample> found = [.. samples
            .Where(sample => sample.Pcode == pcode && sample.Kind == "event")
            .Where(sample => Day(sample.Time, minutes) >= Day(from, minutes) && Day(sample.Time, minutes) <= Day(to - 1, minutes))
            .Where(sample => levels.Length == 0 || levels.Contains(sample.Text("level")))
            .Where(sample => types.Length == 0 || types.Contains(sample.Text("type")))
            .OrderByDescending(sample => sample.Time)];
        List<object> page = [.. found.Skip((int)offset).Take((int)Math.Min(limit, MaxRows)).Select(sample => new Dictionary<string, object>
        {
            ["time"] = Local(sample.Time, minutes).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ["level"] = sample.Text("level"),
            ["type"] = sample.Text("type"),
            ["message"] = sample.Text("message"),
        })];
        return new() { ["events"] = new Dictionary<string, object> { ["content"] = page, ["total"] = (long)found.Count } };
    }

    private static string Quoted(string[] codes) => string.Join(',', codes.Select(code => $"\"{code}\""));

    private static DateTime Local(long time, int minutes) => DateTime.UnixEpoch.AddMilliseconds(time).AddMinutes(minutes);

    private static DateTime Day(long time, int minutes) => Local(time, minutes).Date;
}
