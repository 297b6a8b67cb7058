using System.Globalization;
using System.Numerics;

namespace TimeSeries.Tests.Contract.Oracle.Endpoints;

/// <summary>The responses of <c>/api/activity</c>, computed the slow way. Days are those of UTC.</summary>
internal static class TykOracle
{
    private const int ShownPageSize = 10;

    public static IReadOnlyList<OracleEndpoint> Endpoints { get; } =
    [
        Activity("keys", "key1", "", Rank("hits")),
        Activity("keys", "key2", "?res=hour&p=2", Rank("hits"), Hour, page: 2),
        Activity("keys", "key3", "?res=day&by=Success&sort=-1&page_size=7&p=1", Rank("success", ascending: true), Day, page: 1, pageSize: 7),
        Activity("oauthid", "client0", "?by=Latency", Rank("latency")),
        Activity("oauthid", "client1", "?res=month&by=Error&p=-1", Rank("error"), Month),
    ];

    /// <summary>One caller's activity in the days that a range touches.</summary>
    public static Dictionary<string, object> Response(
        IEnumerable<OracleSample> samples, long pcode, long from, long to, string field, string caller, Order order,
        Func<DateTime, Moment> moment, int page, int pageSize)
    {
        long first = Time(DayOf(from));
        long end = Time(DayOf(to - 1).AddDays(1));
        List<Row> rows = [.. samples.Within(pcode, "transaction", first, end)
            .Where(sample => sample.Text(field) == caller && sample.Text("api_id").Length > 0)
            .GroupBy(sample => (Moment: moment(DateTime.UnixEpoch.AddMilliseconds(sample.Time)), Api: sample.Text("api_id"), Path: sample.Text("service")))
            .Select(group => new Row(group.Key.Moment, group.Key.Api, group.Key.Path, [.. group]))];
        List<Row> sorted = [
            .. order(rows.OrderBy(row => row.Moment.Year).ThenBy(row => row.Moment.Month).ThenBy(row => row.Moment.Day).ThenBy(row => row.Moment.Hour))
            .ThenByDescending(row => row.Hits).ThenByDescending(row => row.LastHit)
            .ThenBy(row => row.Path, Utf8Order.Instance).ThenBy(row => row.Api, Utf8Order.Instance)];
        List<object> shown = [.. (page == 0 ? sorted : sorted.Skip((page - 1) * pageSize).Take(pageSize)).Select(row => row.Shape())];
        long pages = page == 0 ? Math.Min(sorted.Count, 1) : (sorted.Count + pageSize - 1) / pageSize;
        return new() { ["data"] = shown, ["pages"] = pages };
    }

    private static OracleEndpoint Activity(
        string family, string caller, string parameters, Order order, Func<DateTime, Moment>? moment = null, int page = 0, int pageSize = ShownPageSize) => new(
        $"activity of {family} {caller}{parameters}",
        (from, to) => string.Create(CultureInfo.InvariantCulture,
            $"/api/activity/{family}/endpoint/{caller}/{DayOf(from):d/M/yyyy}/{DayOf(to - 1):d/M/yyyy}{parameters}"),
        (samples, pcode, from, to) =>
            Response(samples, pcode, from, to, family == "keys" ? "api_key" : "oauth_id", caller, order, moment ?? (_ => default), page, pageSize));

    private static Moment Hour(DateTime time) => new(time.Year, time.Month, time.Day, time.Hour);

    private static Moment Day(DateTime time) => new(time.Year, time.Month, time.Day, 0);

    private static Moment Month(DateTime time) => new(time.Year, time.Month, 0, 0);

    private static Order Rank(string column, bool ascending = false)
    {
        Comparer<Row> comparer = Comparer<Row>.Create((x, y) => column switch
        {
            "hits" => x.Hits.CompareTo(y.Hits),
            "success" => x.Success.CompareTo(y.Success),
            "error" => x.Error.CompareTo(y.Error),

            // The exact means: a/b against c/d.
            _ => (x.Elapsed * y.Hits).CompareTo(y.Elapsed * x.Hits),
        });
        return rows => ascending ? rows.ThenBy(row => row, comparer) : rows.ThenByDescending(row => row, comparer);
    }

    private static DateTime DayOf(long time) => DateTime.UnixEpoch.AddMilliseconds(time).Date;

    private static long Time(DateTime day) => (long)(day - DateTime.UnixEpoch).TotalMilliseconds;

    /// <summary>Sorts within one time.</summary>
    internal delegate IOrderedEnumerable<Row> Order(IOrderedEnumerable<Row> rows);

    /// <summary>The time parts that rows are told apart by; 0 where they aren't.</summary>
    internal readonly record struct Moment(int Year, int Month, int Day, int Hour);

    /// <summary>The samples of one row.</summary>
    internal sealed record Row(Moment Moment, string Api, string Path, List<OracleSample> Samples)
    {
        public long Hits => Samples.Count;

        public long Success => Samples.Count(sample => sample.Number("status") is >= 200 and < 300);

        public long Error => Samples.Count(sample => sample.Number("status") >= 400);

        public long LastHit => Samples.Max(sample => sample.Time);

        public BigInteger Elapsed => Samples.Sum("elapsed");

        public Dictionary<string, object> Shape()
        {
            List<OracleSample> sound = [.. Samples.Where(sample => sample.Number("status") is null or < 400)];
            if (sound.Count == 0)
            {
                sound = Samples;
            }

            double latency = OracleNumbers.Nearest(Elapsed, 1_000 * Hits);
            return new()
            {
                ["id"] = new Dictionary<string, object>
                {
                    ["day"] = (long)Moment.Day,
                    ["month"] = (long)Moment.Month,
                    ["year"] = (long)Moment.Year,
                    ["hour"] = (long)Moment.Hour,
                    ["code"] = 0L,
                    ["path"] = Path,
                    ["key"] = "",
                    ["alias"] = "",
                    ["url"] = "",
                    ["iso_country"] = "",
                    ["api_id"] = Api,
                    ["api_name"] = Samples.LatestText(sample => sample.Text("api_name")),
                },
                ["hits"] = Hits,
                ["success"] = Success,
                ["error"] = Error,
                ["last_hit"] = DateTime.UnixEpoch.AddMilliseconds(LastHit).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
                ["request_time"] = latency,
                ["latency"] = latency,
                ["upstream_latency"] = OracleNumbers.Nearest(Samples.Sum("upstream_latency"), 1_000 * Hits),
                ["max_upstream_latency"] = Whole(Samples, "upstream_latency", values => values.Max()),
                ["min_upstream_latency"] = Whole(sound, "upstream_latency", values => values.Min()),
                ["max_latency"] = Whole(Samples, "elapsed", values => values.Max()),
                ["min_latency"] = Whole(sound, "elapsed", values => values.Min()),
                ["p95_latency"] = OracleSketch.Quantile(Samples.Select(sample => sample.Term("elapsed")), 950),
            };
        }

        private static long Whole(List<OracleSample> samples, string field, Func<IEnumerable<long>, long> extreme) =>
            OracleRows.Milliseconds(extreme(samples.Select(sample => sample.Number(field)).OfType<long>().DefaultIfEmpty(0)));
    }
}
