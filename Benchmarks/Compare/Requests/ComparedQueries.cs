using System.Globalization;
using System.Text;
using TimeSeries.Benchmarks.Compare.Reports;
using TimeSeries.Benchmarks.Dataset;

namespace TimeSeries.Benchmarks.Compare.Requests;

/// <summary>The aggregates that systems are compared by, each over the whole day.</summary>
internal static class ComparedQueries
{
    private const string Measures = "avg(elapsed),min(elapsed),max(elapsed),count";
    private const string Aggregates = "avg(elapsed)/1000, min(elapsed)/1000, max(elapsed)/1000, count() AS n";
    private const string InfluxAggregates = "mean(\"elapsed\"), min(\"elapsed\"), max(\"elapsed\"), count(\"elapsed\")";

    // One of many: it has some forty of two million transactions.
    private const int User = 4_242;

    // Of a tenth of the addresses.
    private const string AddressPart = ".17.";

    private const int Minute = 60;
    private const int Hour = 3_600;

    private static readonly long _from = MeasuredDay.Start;
    private static readonly long _to = MeasuredDay.End;

    /// <summary>All queries.</summary>
    public static IReadOnlyList<ComparedQuery> All { get; } = Make();

    /// <summary>Path and query of our aggregate over the whole day.</summary>
    /// <param name="more">Window, fields, order and limit, each behind an ampersand.</param>
    /// <param name="measures">What it computes.</param>
    public static string Ours(string more, string measures = Measures) =>
        string.Create(CultureInfo.InvariantCulture, $"/api/v1/aggregate?kind=transaction&from={_from}&to={_to}&measures={measures}{more}");

    private static ComparedQuery[] Make()
    {
        string user = Encoding.UTF8.GetString(new Population().Users[User]);
        return
        [
            InTimeOrder(ReportNames.ByMinute, Minute) with { Influx = ByInflux("GROUP BY time(1m)") },
            ByCount(ReportNames.ByService, "service") with { Influx = ByInflux("GROUP BY \"service\"") },
            ByCount(ReportNames.ByMinuteAndService, "service", Minute) with { Influx = ByInflux("GROUP BY time(1m), \"service\" fill(none)") },
            ByCount(ReportNames.OfUser, "service", condition: ("user_id:" + user, $"user_id = '{user}'")),
            ByCount(ReportNames.TenSeconds, "", window: 10),
            ByCount(ReportNames.ByHourAndService, "service", Hour),
            InTimeOrder(ReportNames.OfAddressPart, Minute, ("remote_ip~:" + AddressPart, $"remote_ip LIKE '%{AddressPart}%'")),
            Percentile(),
            DistinctAddresses(),
        ];
    }

    private static ComparedQuery InTimeOrder(string name, int window, (string Ours, string Sql)? condition = null)
    {
        (string clickHouse, string duckDb) = Both(window, "", Aggregates, condition?.Sql, "GROUP BY w ORDER BY w LIMIT 2000");
        return new ComparedQuery
        {
            Name = name,
            Ours = Ours(Window(window) + Where(condition?.Ours) + "&limit=2000"),
            ClickHouse = new(clickHouse, clickHouse),
            DuckDb = new(duckDb, duckDb),
        };
    }

    private static ComparedQuery ByCount(string name, string field, int window = 0, (string Ours, string Sql)? condition = null)
    {
        string keys = string.Join(", ", new[] { window > 0 ? "w" : "", field }.Where(key => key.Length > 0));
        (string clickHouse, string duckDb) = Both(window, field, Aggregates, condition?.Sql, $"GROUP BY {keys} ORDER BY n DESC, {keys} LIMIT 1000");
        return new ComparedQuery
        {
            Name = name,
            Ours = Ours(Window(window) + (field.Length > 0 ? "&by=" + field : "") + Where(condition?.Ours) + "&order=-count&limit=1000"),
            ClickHouse = new(clickHouse, clickHouse),
            DuckDb = new(duckDb, duckDb),
        };
    }

    // Each system's own percentile is measured. Ours is checked against the value of its documented rank, ⌊0.95 · (n − 1)⌋, which neither system's own takes.
    private static ComparedQuery Percentile()
    {
        const string end = "GROUP BY service ORDER BY n DESC, service LIMIT 1000";
        return new ComparedQuery
        {
            Name = ReportNames.PercentileByService,
            Ours = Ours("&by=service&order=-count&limit=1000", "p95(elapsed),count"),
            ClickHouse = new(
                Both(0, "service", "quantileExact(0.95)(elapsed)/1000, count() AS n", null, end).ClickHouse,
                Both(0, "service", "arraySort(groupArray(elapsed))[intDiv(95 * (count() - 1), 100) + 1]/1000, count() AS n", null, end).ClickHouse),
            DuckDb = new(
                Both(0, "service", "quantile_disc(elapsed, 0.95)/1000, count() AS n", null, end).DuckDb,
                Both(0, "service", "list_sort(list(elapsed))[95 * (count() - 1) // 100 + 1]/1000, count() AS n", null, end).DuckDb),
            PercentileColumn = 1,
        };
    }

    // Ours says it as the number of groups: the total of an aggregate by address, whose rows need not be sent.
    private static ComparedQuery DistinctAddresses()
    {
        string clickHouse = Both(0, "", "uniqExact(remote_ip)", null, "").ClickHouse;
        string duckDb = Both(0, "", "count(DISTINCT remote_ip)", null, "").DuckDb;
        return new ComparedQuery
        {
            Name = ReportNames.DistinctAddresses,
            Ours = Ours("&by=remote_ip&limit=1", "count"),
            ClickHouse = new(clickHouse, clickHouse),
            DuckDb = new(duckDb, duckDb),
            IsTotal = true,
        };
    }

    private static string Window(int seconds) => seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"&window={seconds}s") : "";

    private static string Where(string? condition) => condition is null ? "" : "&where=" + Uri.EscapeDataString(condition);

    // One statement in two dialects: their tables differ in how they hold the time.
    private static (string ClickHouse, string DuckDb) Both(int window, string field, string aggregates, string? condition, string end)
    {
        string key = field.Length > 0 ? field + ", " : "";
        string and = condition is null ? "" : " AND " + condition;
        string clickHouseWindow = window > 0 ? $"toUInt64(intDiv(toUInt32(time), {window})) * {window * 1_000L} AS w, " : "";
        string duckDbWindow = window > 0 ? $"time // {window * 1_000L} * {window * 1_000L} AS w, " : "";
        return (
            string.Create(CultureInfo.InvariantCulture, $"SELECT {clickHouseWindow}{key}{aggregates} FROM transaction "
                + $"WHERE time >= toDateTime({_from / 1_000}) AND time < toDateTime({_to / 1_000}){and} {end} FORMAT JSONCompact"),
            string.Create(CultureInfo.InvariantCulture,
                $"SELECT {duckDbWindow}{key}{aggregates} FROM transaction WHERE time >= {_from} AND time < {_to}{and} {end}"));
    }

    private static string ByInflux(string end) => string.Create(
        CultureInfo.InvariantCulture, $"SELECT {InfluxAggregates} FROM \"transaction\" WHERE time >= {_from}ms AND time < {_to}ms {end}");
}
