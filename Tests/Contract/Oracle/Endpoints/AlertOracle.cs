using System.Globalization;

namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>The responses of <c>/api/v1.0/alert-history</c>, computed the slow way.</summary>
internal static class AlertOracle
{
    private static readonly string[] _worstFirst = ["Critical", "Warning", "Info"];

    /// <summary>A page of the alerts that a condition keeps, newest first, then by id.</summary>
    public static object Page(IEnumerable<OracleSample> alerts, int page, int pageSize)
    {
        List<OracleSample> sorted = [.. alerts.OrderByDescending(alert => alert.Time).ThenBy(alert => alert.Text("id"), Utf8Order.Instance)];
        return new Dictionary<string, object>
        {
            ["records"] = sorted.Skip((page - 1) * pageSize).Take(pageSize).Select(alert => (object)Record(alert)).ToList(),
            ["totalCount"] = (long)sorted.Count,
            ["page"] = (long)page,
            ["pageSize"] = (long)pageSize,
            ["totalPages"] = (long)Math.Ceiling(sorted.Count / (double)pageSize),
        };
    }

    /// <summary>One alert with its annotations.</summary>
    public static object One(OracleSample alert)
    {
        Dictionary<string, object> record = Record(alert);
        if (alert.Values.ContainsKey("annotations"))
        {
            record["annotations"] = Map(alert, "annotations");
        }

        return record;
    }

    public static object Severities(IEnumerable<OracleSample> alerts, bool includeZero) => _worstFirst
        .Select(severity => (Severity: severity, Count: alerts.LongCount(alert => alert.Text("severity") == severity)))
        .Where(pair => includeZero || pair.Count > 0)
        .Select(pair => (object)new Dictionary<string, object> { ["severity"] = pair.Severity, ["count"] = pair.Count }).ToList();

    public static object Sources(IEnumerable<OracleSample> alerts) => alerts
        .GroupBy(alert => alert.Text("source"), StringComparer.Ordinal)
        .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, Utf8Order.Instance)
        .Select(group => (object)new Dictionary<string, object> { ["source"] = group.Key, ["count"] = group.LongCount() }).ToList();

    public static object Timeline(IEnumerable<OracleSample> alerts, long window) => alerts
        .GroupBy(alert => (Start: alert.Time / window * window, Severity: Array.IndexOf(_worstFirst, alert.Text("severity"))))
        .OrderBy(group => group.Key.Start).ThenBy(group => group.Key.Severity)
        .Select(group => (object)new Dictionary<string, object>
        {
            ["time"] = Moment(group.Key.Start),
            ["severity"] = _worstFirst[group.Key.Severity],
            ["count"] = group.LongCount(),
        }).ToList();

    /// <summary>Whether an alert has a label.</summary>
    public static bool HasLabel(OracleSample alert, string name, string value) =>
        alert.Values.TryGetValue("labels", out object? labels) && ((Dictionary<string, string>)labels).TryGetValue(name, out string? found) && found == value;

    /// <summary>A time in ms as the API reads and writes it.</summary>
    public static string Moment(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time)
        .ToString(time % 1_000 == 0 ? "yyyy-MM-ddTHH:mm:ss'Z'" : "yyyy-MM-ddTHH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    private static Dictionary<string, object> Record(OracleSample alert) => new()
    {
        ["id"] = alert.Text("id") is { Length: > 0 } id ? id : SamplesOracle.MadeId(),
        ["timestamp"] = Moment(alert.Time),
        ["severity"] = alert.Text("severity"),
        ["source"] = alert.Text("source"),
        ["title"] = alert.Text("title"),
        ["description"] = alert.Text("description"),
        ["labels"] = Map(alert, "labels"),
    };

    private static Dictionary<string, object> Map(OracleSample alert, string field) => alert.Values.TryGetValue(field, out object? map)
        ? ((Dictionary<string, string>)map).ToDictionary(entry => entry.Key, entry => (object)entry.Value)
        : [];
}
