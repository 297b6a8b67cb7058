using System.Globalization;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Dataset;

namespace TimeSeries.Benchmarks.Compare.Requests;

/// <summary>The aggregates that systems are compared by: mean, least, greatest and number of elapsed, over the whole day.</summary>
internal static class ComparedQueries
{
    private const string Measures = "avg(elapsed),min(elapsed),max(elapsed),count";
    private const string Aggregates = "avg(elapsed)/1000, min(elapsed)/1000, max(elapsed)/1000, count() AS n";
    private const string InfluxAggregates = "mean(\"elapsed\"), min(\"elapsed\"), max(\"elapsed\"), count(\"elapsed\")";

    // One of many: it has some forty of two million transactions.
    private const int User = 4_242;

    private static readonly long _from = MeasuredDay.Start;
    private static readonly long _to = MeasuredDay.End;

    /// <summary>All queries.</summary>
    public static IReadOnlyList<ComparedQuery> All { get; } = Make();

    /// <summary>Path and query of our aggregate over the whole day.</summary>
    /// <param name="more">Window, fields, order and limit, each behind an ampersand.</param>
    public static string Ours(string more) =>
        string.Create(CultureInfo.InvariantCulture, $"/api/v1/aggregate?kind=transaction&from={_from}&to={_to}&measures={Measures}{more}");

    private static ComparedQuery[] Make()
    {
        string user = System.Text.Encoding.UTF8.GetString(new Population().Users[User]);
        return
        [
            new(ReportNames.ByMinute, Ours("&window=1m&limit=2000"),
                ByTime("toUInt64(toUInt32(toStartOfMinute(time))) * 1000", "GROUP BY w ORDER BY w LIMIT 2000"), ByInflux("GROUP BY time(1m)")),
            new(ReportNames.ByService, Ours("&by=service&order=-count&limit=1000"),
                Sql("service, ", "", "GROUP BY service ORDER BY n DESC, service LIMIT 1000"), ByInflux("GROUP BY \"service\"")),
            new(ReportNames.ByMinuteAndService, Ours("&window=1m&by=service&order=-count&limit=1000"),
                ByTime("toUInt64(toUInt32(toStartOfMinute(time))) * 1000", "GROUP BY w, service ORDER BY n DESC, w, service LIMIT 1000", "service, "),
                ByInflux("GROUP BY time(1m), \"service\" fill(none)")),
            new(ReportNames.OfUser, Ours($"&by=service&where=user_id:{user}&order=-count&limit=1000"),
                Sql("service, ", $" AND user_id = '{user}'", "GROUP BY service ORDER BY n DESC, service LIMIT 1000"), null),
            new(ReportNames.TenSeconds, Ours("&window=10s&order=-count&limit=1000"),
                ByTime("toUInt64(intDiv(toUInt32(time), 10)) * 10000", "GROUP BY w ORDER BY n DESC, w LIMIT 1000"), null),
            new(ReportNames.ByHourAndService, Ours("&window=1h&by=service&order=-count&limit=1000"),
                ByTime("toUInt64(toUInt32(toStartOfHour(time))) * 1000", "GROUP BY w, service ORDER BY n DESC, w, service LIMIT 1000", "service, "), null),
        ];
    }

    private static string ByTime(string window, string end, string by = "") => Sql($"{window} AS w, {by}", "", end);

    private static string Sql(string keys, string where, string end) => string.Create(
        CultureInfo.InvariantCulture,
        $"SELECT {keys}{Aggregates} FROM transaction WHERE time >= toDateTime({_from / 1_000}) AND time < toDateTime({_to / 1_000}){where} "
            + $"{end} FORMAT JSONCompact");

    private static string ByInflux(string end) => string.Create(
        CultureInfo.InvariantCulture, $"SELECT {InfluxAggregates} FROM \"transaction\" WHERE time >= {_from}ms AND time < {_to}ms {end}");
}

/// <summary>One aggregate in the words of each system.</summary>
/// <param name="Name">What is asked, for people.</param>
/// <param name="Ours">Path and query of <c>/api/v1/aggregate</c>.</param>
/// <param name="ClickHouse">SQL; its rows have our columns.</param>
/// <param name="Influx">InfluxQL; null where it is not asked, since it would take minutes.</param>
internal sealed record ComparedQuery(string Name, string Ours, string ClickHouse, string? Influx);
