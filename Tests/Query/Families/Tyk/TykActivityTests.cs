using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.Tyk;

/// <summary>The numbers, times, days and orders of a caller's activity.</summary>
public sealed class TykActivityTests
{
    // 2020-12-31 00:00 UTC.
    private const long Day = 1_609_372_800_000;
    private const long Hour = 3_600_000;
    private const long DayLength = 24 * Hour;
    private const string LastDay = "/keys/endpoint/k/31/12/2020/31/12/2020";

    private static readonly string[] _fields =
    [
        "id", "hits", "success", "error", "last_hit", "request_time", "latency", "upstream_latency", "max_upstream_latency", "min_upstream_latency",
        "max_latency", "min_latency", "p95_latency",
    ];

    [Test]
    public async Task A_row_has_the_vendors_fields_then_ours()
    {
        JsonElement row = await OnlyRowAsync(Hit(Day, 1_000));
        Assert.That(Names(row), Is.EqualTo(_fields));
        Assert.That(
            Names(row.GetProperty("id")),
            Is.EqualTo(new[] { "day", "month", "year", "hour", "code", "path", "key", "alias", "url", "iso_country", "api_id", "api_name" }));
    }

    [Test]
    public async Task A_redirect_is_neither_success_nor_error()
    {
        int[] statuses = [199, 200, 299, 300, 302, 399, 400, 599];
        JsonElement row = await OnlyRowAsync([.. statuses.Select(status => Hit(Day, 1_000, status)), Hit(Day, 1_000)]);
        Assert.That(Numbers(row, "hits", "success", "error"), Is.EqualTo(new[] { 9.0, 2, 2 }), "one has no status at all");
    }

    [Test]
    public async Task Means_are_exact_and_extremes_are_cut()
    {
        JsonElement row = await OnlyRowAsync(
            Hit(Day, 748_999, 200).With("upstream_latency", 747_000), Hit(Day + 1, 248_002, 200).With("upstream_latency", 248_000));
        Assert.That(Numbers(row, "latency", "request_time", "upstream_latency"), Is.EqualTo(new[] { 498.5005, 498.5005, 497.5 }));
        Assert.That(Numbers(row, "max_latency", "min_latency", "max_upstream_latency", "min_upstream_latency"), Is.EqualTo(new[] { 748.0, 248, 747, 248 }));
        Assert.That(row.GetProperty("p95_latency").GetDouble(), Is.EqualTo(248.002), "rank ⌊0.95·1⌋");
    }

    [Test]
    public async Task The_least_latency_is_of_requests_that_are_no_error()
    {
        JsonElement row = await OnlyRowAsync(
            Hit(Day, 1_000, 500).With("upstream_latency", 1_000), Hit(Day, 9_000, 302).With("upstream_latency", 8_000),
            Hit(Day, 10_000).With("upstream_latency", 9_000));
        Assert.That(Numbers(row, "min_latency", "min_upstream_latency"), Is.EqualTo(new[] { 9.0, 8 }));
    }

    [Test]
    public async Task The_least_latency_is_of_all_where_every_request_is_an_error()
    {
        JsonElement row = await OnlyRowAsync(Hit(Day, 3_000, 500).With("upstream_latency", 2_000), Hit(Day, 9_000, 404).With("upstream_latency", 8_000));
        Assert.That(Numbers(row, "min_latency", "min_upstream_latency"), Is.EqualTo(new[] { 3.0, 2 }));
    }

    [Test]
    public async Task A_missing_upstream_latency_counts_as_0()
    {
        JsonElement row = await OnlyRowAsync(Hit(Day, 3_000), Hit(Day, 1_000));
        Assert.That(Numbers(row, "upstream_latency", "max_upstream_latency", "min_upstream_latency"), Is.EqualTo(new[] { 0.0, 0, 0 }));
        JsonElement mixed = await OnlyRowAsync(Hit(Day, 3_000).With("upstream_latency", 3_000), Hit(Day, 1_000));
        Assert.That(mixed.GetProperty("upstream_latency").GetDouble(), Is.EqualTo(1.5));
    }

    [Test]
    public async Task The_name_of_an_api_is_the_latest_that_is_known()
    {
        JsonElement row = await OnlyRowAsync(Hit(Day, 1).With("api_name", "Old"), Hit(Day + 1, 1).With("api_name", "New"), Hit(Day + 2, 1));
        Assert.That(row.GetProperty("id").GetProperty("api_name").GetString(), Is.EqualTo("New"));
    }

    [Test]
    public async Task Requests_without_an_api_or_of_another_caller_do_not_count()
    {
        JsonElement row = await OnlyRowAsync(
            Hit(Day, 1), new Row(Kind.Transaction, Day).With("service", "/a").With("elapsed", 1).With("api_key", "k"), Hit(Day, 1, caller: "other"),
            new Row(Kind.Transaction, Day) { Pcode = QueryTestHost.OtherProject }.With("service", "/a").With("elapsed", 1)
                .With("api_key", "k").With("api_id", "api"));
        Assert.That(row.GetProperty("hits").GetInt64(), Is.EqualTo(1));
    }

    [Test]
    public async Task December_is_the_twelfth_month_and_both_days_count_whole()
    {
        JsonElement row = await OnlyRowAsync(Hit(Day - 1, 1), Hit(Day, 1), Hit(Day + DayLength - 1, 1), Hit(Day + DayLength, 1));
        Assert.That(row.GetProperty("hits").GetInt64(), Is.EqualTo(2));
        Assert.That(row.GetProperty("last_hit").GetString(), Is.EqualTo("2020-12-31T23:59:59.999Z"));
    }

    [TestCase("/keys/endpoint/k/31/12/2020/1/1/2021", 3)]
    [TestCase("/keys/endpoint/k/1/1/2021/01/01/2021", 1)]
    [TestCase("/keys/endpoint/k/1/1/1/31/12/9999", 4)]
    [TestCase("/keys/endpoint/k/29/2/2020/30/12/2020", 1)]
    public async Task Days_are_inclusive_at_both_ends(string path, int hits)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(Hit(Day - 1, 1), Hit(Day, 1), Hit(Day + DayLength - 1, 1), Hit(Day + DayLength, 1));
        JsonElement response = await RowsAsync(host, path);
        Assert.That(response[0].GetProperty("hits").GetInt32(), Is.EqualTo(hits));
    }

    [TestCase("+09:00", 9 * Hour, "2020-12-31T00:00:00.000+09:00", "2020-12-31T23:59:59.999+09:00")]
    [TestCase("+05:30", (5 * Hour) + (Hour / 2), "2020-12-31T00:00:00.000+05:30", "2020-12-31T23:59:59.999+05:30")]
    [TestCase("-03:30", (-3 * Hour) - (Hour / 2), "2020-12-31T00:00:00.000-03:30", "2020-12-31T23:59:59.999-03:30")]
    [TestCase("+00:00", 0, "2020-12-31T00:00:00.000Z", "2020-12-31T23:59:59.999Z")]
    public async Task Days_and_times_are_those_of_the_zone(string zone, long ahead, string first, string last)
    {
        Row[] rows = [Hit(Day - ahead - 1, 1), Hit(Day - ahead, 1, path: "/first"), Hit(Day - ahead + DayLength - 1, 1, path: "/last"),
            Hit(Day - ahead + DayLength, 1)];
        await using QueryTestHost host = await QueryTestHost.StartAsync(new RowReader(rows), "--Query:TimeZone=" + zone);
        JsonElement response = await RowsAsync(host, LastDay);
        Assert.That(
            response.EnumerateArray().Select(row => (row.GetProperty("id").GetProperty("path").GetString(), row.GetProperty("last_hit").GetString())),
            Is.EqualTo(new[] { ("/last", last), ("/first", first) }));
    }

    // 2024-03-29 23:00 UTC to 2024-04-01 23:00 UTC: an offset has no summer time, though Berlin's began on the 31st.
    [Test]
    public async Task Days_have_24_hours_where_clocks_change_too()
    {
        Row[] rows =
        [
            Hit(1_711_753_199_999, 1, path: "/before"), Hit(1_711_753_200_000, 1, path: "/first"), Hit(1_712_012_399_999, 1, path: "/last"),
            Hit(1_712_012_400_000, 1, path: "/after"),
        ];
        await using QueryTestHost host = await QueryTestHost.StartAsync(new RowReader(rows), "--Query:TimeZone=+01:00");
        JsonElement response = await RowsAsync(host, "/keys/endpoint/k/30/3/2024/1/4/2024");
        Assert.That(response.EnumerateArray().Select(row => row.GetProperty("id").GetProperty("path").GetString()), Is.EqualTo(new[] { "/last", "/first" }));
    }

    [TestCase("hour", "1/1/2021 0:2 31/12/2020 4:1 31/12/2020 9:1 31/12/2020 23:1")]
    [TestCase("day", "1/1/2021 0:2 31/12/2020 0:3")]
    [TestCase("month", "0/1/2021 0:2 0/12/2020 0:3")]
    public async Task Rows_are_split_by_the_resolution(string resolution, string expected)
    {
        Row[] rows = [Hit(Day + (4 * Hour), 1), Hit(Day + (10 * Hour) - 1, 1), Hit(Day + DayLength - 1, 1), Hit(Day + DayLength, 1),
            Hit(Day + DayLength + 5, 1)];
        await using QueryTestHost host = await QueryTestHost.StartAsync(rows);
        JsonElement response = await RowsAsync(host, "/keys/endpoint/k/1/1/2020/31/12/2021?res=" + resolution);
        Assert.That(response.EnumerateArray().Select(Time), Is.EquivalentTo(expected.Split(' ').Chunk(2).Select(pair => $"{pair[0]} {pair[1]}")));
    }

    [TestCase("hour", "31/12/2020 23:1 1/1/2021 0:2")]
    [TestCase("day", "31/12/2020 0:1 1/1/2021 0:2")]
    [TestCase("month", "0/12/2020 0:1 0/1/2021 0:2")]
    public async Task Hours_days_and_months_are_those_of_the_zone(string resolution, string expected)
    {
        const long Midnight = Day + DayLength - (5 * Hour) - (Hour / 2);
        Row[] rows = [Hit(Midnight - 1, 1), Hit(Midnight, 1), Hit(Midnight + Hour - 1, 1)];
        await using QueryTestHost host = await QueryTestHost.StartAsync(new RowReader(rows), "--Query:TimeZone=+05:30");
        JsonElement response = await RowsAsync(host, "/keys/endpoint/k/1/12/2020/31/1/2021?res=" + resolution);
        Assert.That(response.EnumerateArray().Select(Time), Is.EqualTo(expected.Split(' ').Chunk(2).Select(pair => $"{pair[0]} {pair[1]}")), "time ascending");
    }

    [Test]
    public async Task Rows_stand_by_hits_then_the_last_one_then_path_then_api()
    {
        await AssertOrderAsync("",
            [Hit(Day, 1, path: "/c"), Hit(Day, 1, path: "/c"), Hit(Day + 9, 1, path: "/z"), Hit(Day, 1, path: "/b"), Hit(Day, 1, path: "/b", api: "2"),
                Hit(Day, 1, path: "/Z")],
            ["/c", "/z", "/Z", "/b", "/b2"]);
    }

    [TestCase("?by=Hits", "/a /b /c /d")]
    [TestCase("?by=hits&sort=-1", "/d /c /b /a")]
    [TestCase("?sort=-1", "/d /c /b /a")]
    [TestCase("?by=Success", "/b /c /a /d")]
    [TestCase("?by=Success&sort=-1", "/a /d /c /b")]
    [TestCase("?by=Error&sort=1", "/d /a /b /c")]
    [TestCase("?by=Latency", "/d /c /b /a")]
    [TestCase("?by=Latency&sort=-1", "/a /b /c /d")]
    public async Task Rows_may_stand_by_another_column(string parameters, string expected)
    {
        Row[] rows =
        [
            Hit(Day, 10, 302, "/a"), Hit(Day, 10, 302, "/a"), Hit(Day, 10, 302, "/a"), Hit(Day, 11, 302, "/a"),
            Hit(Day, 10, 200, "/b"), Hit(Day, 10, 200, "/b"), Hit(Day, 11, 200, "/b"),
            Hit(Day, 10, 200, "/c"), Hit(Day, 11, 302, "/c"),
            Hit(Day, 999, 500, "/d"),
        ];
        // Whole microseconds would leave the means of /a, /b and /c equal: 10.25, 10.33, 10.5.
        await AssertOrderAsync(parameters, rows, expected.Split(' '));
    }

    [Test]
    public async Task Time_comes_before_any_column()
    {
        await AssertOrderAsync("?res=hour&by=Latency",
            [Hit(Day + Hour, 1, path: "/late"), Hit(Day + Hour, 9, path: "/late-slow"), Hit(Day, 2, path: "/early"), Hit(Day, 5, path: "/early-slow")],
            ["/early-slow", "/early", "/late-slow", "/late"]);
    }

    [TestCase("it's \"quoted\" \\ and, comma")]
    [TestCase("a/b/../c?d#e&f=g%2F%25")]
    [TestCase("한국어 \U0001F98A é")]
    [TestCase("'; DROP TABLE transaction; --")]
    [TestCase("{\"$gt\":\"\"}")]
    [TestCase(" ")]
    [TestCase("+")]
    public async Task A_hostile_caller_finds_itself_and_nobody_else(string caller)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(Hit(Day, 1, caller: caller), Hit(Day, 1, caller: "k"),
            Hit(Day, 1, caller: caller + caller));
        JsonElement response = await RowsAsync(host, $"/keys/endpoint/{Uri.EscapeDataString(caller)}/31/12/2020/31/12/2020");
        Assert.That(response.EnumerateArray().Select(row => row.GetProperty("hits").GetInt32()), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public async Task An_oauth_client_is_looked_for_in_its_own_field()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(Hit(Day, 1), Hit(Day, 1, path: "/of-client", caller: "x").With("oauth_id", "k"));
        JsonElement response = await RowsAsync(host, "/oauthid/endpoint/k/31/12/2020/31/12/2020");
        Assert.That(response.EnumerateArray().Select(PathOf), Is.EqualTo(new[] { "/of-client" }));
    }

    private static Row Hit(long time, long elapsed, int? status = null, string path = "/a", string caller = "k", string api = "") =>
        (status is { } code ? new Row(Kind.Transaction, time).With("status", code) : new Row(Kind.Transaction, time))
            .With("service", path).With("elapsed", elapsed).With("api_key", caller).With("api_id", "api" + api);

    private static async Task AssertOrderAsync(string parameters, Row[] rows, string[] expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(rows);
        JsonElement response = await RowsAsync(host, LastDay + parameters);
        Assert.That(response.EnumerateArray().Select(row => PathOf(row) + row.GetProperty("id").GetProperty("api_id").GetString()![3..]), Is.EqualTo(expected));
    }

    private static string PathOf(JsonElement row) => row.GetProperty("id").GetProperty("path").GetString()!;

    private static string Time(JsonElement row)
    {
        JsonElement id = row.GetProperty("id");
        return $"{id.GetProperty("day")}/{id.GetProperty("month")}/{id.GetProperty("year")} {id.GetProperty("hour")}:{row.GetProperty("hits")}";
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];

    private static double[] Numbers(JsonElement row, params string[] names) => [.. names.Select(name => row.GetProperty(name).GetDouble())];

    private static async Task<JsonElement> OnlyRowAsync(params Row[] rows)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(rows);
        JsonElement response = await RowsAsync(host, LastDay);
        Assert.That(response.GetArrayLength(), Is.EqualTo(1));
        return response[0];
    }

    private static async Task<JsonElement> RowsAsync(QueryTestHost host, string path)
    {
        using HttpResponseMessage response = await host.TykAsync(path);
        return (await QueryTestHost.ReadAsync(response, System.Net.HttpStatusCode.OK)).GetProperty("data");
    }
}
