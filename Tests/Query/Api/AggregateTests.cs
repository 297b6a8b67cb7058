using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Api;

/// <summary><c>/api/v1/aggregate</c>: measures, groups, windows, filters and orders, over rows whose results are worked out by hand.</summary>
public sealed class AggregateTests
{
    // 2023-01-29 12:00:00 UTC.
    private const long Noon = 1_674_993_600_000;

    private QueryTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync(
        Call(0, "/a", 1_500).With("status", 200).With("sql_count", 4).Of(7, "shop"),
        Call(1_000, "/a", 500).With("status", 500).With("error", 1).Of(7, "shop"),
        Call(59_999, "/a", 1).With("sql_count", 1).Of(-5, "shop"),
        Call(60_000, "/b", 2_000).With("status", 404).With("error_class", "Boom"),
        Call(61_000, "/b", 2_000).With("status", 200).With("error", 0),
        Call(119_999, "/B", 10_000_000),
        Call(-1, "/early", 9),
        Call(120_000, "/late", 9),
        new Row(Kind.Transaction, Noon) { Pcode = QueryTestHost.OtherProject }.With("service", "/other").With("elapsed", 1),
        new Row(Kind.Thread, Noon).With("count", 1_500_000).Of(7, "shop"),
        new Row(Kind.Thread, Noon + 1).With("count", 2).Of(7, "shop"),
        new Row(Kind.Exception, Noon).With("class", "E").With("snap_seq", long.MinValue + 1),
        new Row(Kind.Exception, Noon).With("class", "E").With("snap_seq", long.MaxValue),
        new Row(Kind.Exception, Noon).With("class", "F"));

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task A_response_tells_all_about_itself()
    {
        using HttpResponseMessage response = await _host.OwnAsync(
            "/api/v1/aggregate?kind=transaction&from=2023-01-29T12:00:00Z&to=1674993720000&window=1m&by=service&measures=count,avg(elapsed),rate&limit=1");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(
            """
            {"kind":"transaction","from":1674993600000,"to":1674993720000,"window":"1m","columns":[{"name":"time","unit":"ms"},{"name":"service","unit":""},
            {"name":"count","unit":"1"},{"name":"avg(elapsed)","unit":"ms"},{"name":"rate","unit":"1/s"}],"rows":[[1674993600000,"/a",3,0.667,0.05]],
            "total":3,"source":"raw","watermark":"2023-01-29T12:02:03.456Z"}
            """.ReplaceLineEndings("")));
        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/json; charset=utf-8"));
    }

    // Elapsed of all, in µs: 1, 500, 1500, 2000, 2000, 10000000.
    [TestCase("count", "6")]
    [TestCase("rate", "0.05")]
    [TestCase("error_rate", "0.3333333333333333")]
    [TestCase("min(elapsed)", "0.001")]
    [TestCase("max(elapsed)", "10000")]
    [TestCase("sum(elapsed)", "10006.001")]
    [TestCase("avg(elapsed)", "1667.6668333333334")]
    [TestCase("stddev(elapsed)", "3726.33")]
    [TestCase("p50(elapsed)", "1.5")]
    [TestCase("p90(elapsed)", "2")]
    [TestCase("p999(elapsed)", "2")]
    [TestCase("sum(sql_count)", "5")]
    [TestCase("avg(sql_count)", "2.5")]
    [TestCase("stddev(sql_count)", "1.5")]
    [TestCase("min(sql_count)", "1")]
    [TestCase("avg(error)", "0.5")]
    [TestCase("max(oid)", "7")]
    [TestCase("min(oid)", "-5")]
    [TestCase("avg(oid)", "3")]
    [TestCase("min(time)", "1674993600000")]
    [TestCase("sum(httpc_time)", "0")]
    [TestCase("avg(httpc_time)", "null")]
    [TestCase("min(httpc_time)", "null")]
    [TestCase("stddev(httpc_time)", "null")]
    [TestCase("p99(httpc_time)", "null")]
    public async Task A_measure_leaves_out_what_is_missing_and_turns_units_last(string measure, string expected)
    {
        JsonElement response = await GetAsync($"kind=transaction&measures={measure}");
        Assert.That(response.GetProperty("rows").GetRawText(), Is.EqualTo($"[[{expected}]]"));
    }

    [TestCase("thread", "sum(count),avg(count),max(count),p50(count)", "[[1.500002,0.750001,1.5,0.000002]]")]
    [TestCase("thread", "stddev(count)", "[[0.75]]")]
    [TestCase("exception", "min(snap_seq),max(snap_seq),sum(snap_seq),avg(snap_seq)", "[[-9223372036854775807,9223372036854775807,0,0]]")]
    public async Task Numbers_keep_every_digit(string kind, string measures, string expected)
    {
        JsonElement response = await GetAsync($"kind={kind}&measures={measures}");
        Assert.That(response.GetProperty("rows").GetRawText(), Is.EqualTo(expected));
    }

    [Test]
    public async Task Without_measures_samples_are_counted()
    {
        JsonElement response = await GetAsync("kind=thread&by=oname,oid");
        Assert.That(response.GetProperty("rows").GetRawText(), Is.EqualTo("""[["shop",7,2]]"""));
    }

    [TestCase("by=service", """[["/B",1],["/a",3],["/b",2]]""")]
    [TestCase("by=status", """[[null,2],[200,2],[404,1],[500,1]]""")]
    [TestCase("by=oname,oid", """[[null,null,3],["shop",-5,1],["shop",7,2]]""")]
    [TestCase("by=oid,%20oname", """[[null,null,3],[-5,"shop",1],[7,"shop",2]]""")]
    [TestCase("by=error_class", """[[null,5],["Boom",1]]""")]
    public async Task Groups_are_sorted_by_bytes_and_what_is_missing_comes_first(string parameters, string expected)
    {
        JsonElement response = await GetAsync($"kind=transaction&{parameters}");
        Assert.That(response.GetProperty("rows").GetRawText(), Is.EqualTo(expected));
    }

    [Test]
    public async Task The_first_window_may_begin_before_the_range_and_rates_count_its_seconds_inside_only()
    {
        JsonElement response = await GetAsync($"kind=transaction&window=1m&measures=count,rate&from={Noon + 1_000}&to={Noon + 61_000}");
        // 59 seconds of the first window with 2 samples, one second of the second with 1.
        Assert.That(response.GetProperty("rows").GetRawText(), Is.EqualTo("[[1674993600000,2,0.03389830508474576],[1674993660000,1,1]]"));
    }

    [TestCase("1d", 1_674_950_400_000)]
    [TestCase("24h", 1_674_950_400_000)]
    [TestCase("8h", 1_674_979_200_000)]
    [TestCase("90s", 1_674_993_600_000)]
    [TestCase("86400s", 1_674_950_400_000)]
    public async Task Windows_are_aligned_to_the_epoch(string window, long first)
    {
        JsonElement response = await GetAsync($"kind=transaction&window={window}");
        Assert.That(response.GetProperty("rows")[0][0].GetInt64(), Is.EqualTo(first));
    }

    [Test]
    public async Task A_range_is_half_open()
    {
        JsonElement response = await GetAsync($"kind=transaction&from={Noon + 1_000}&to={Noon + 60_000}");
        Assert.That(response.GetProperty("rows").GetRawText(), Is.EqualTo("[[2]]"));
    }

    [Test]
    public async Task Nothing_in_range_is_no_row()
    {
        JsonElement response = await GetAsync("kind=transaction&from=0&to=1&window=1d&by=service&measures=avg(elapsed)");
        Assert.That((response.GetProperty("rows").GetRawText(), response.GetProperty("total").GetInt64()), Is.EqualTo(("[]", 0L)));
    }

    [TestCase("2023-01-29T12:00:00Z", Noon)]
    [TestCase("2023-01-29t12:00:00z", Noon)]
    [TestCase("2023-01-29T21:00:00%2B09:00", Noon)]
    [TestCase("2023-01-29T21:00:00+09:00", Noon)]
    [TestCase("2023-01-29T07:00:00.5-05:00", Noon + 500)]
    [TestCase("2023-01-29T12:00:00.123000000Z", Noon + 123)]
    [TestCase("2023-01-29T12:00:00.1230000001Z", Noon + 124)]
    [TestCase("0", 0L)]
    public async Task A_moment_is_read_in_either_form(string from, long expected)
    {
        using HttpResponseMessage response = await _host.OwnAsync($"/api/v1/aggregate?kind=thread&from={from}&to=2023-01-30T00:00:00Z");
        Assert.That((await QueryTestHost.ReadAsync(response, HttpStatusCode.OK)).GetProperty("from").GetInt64(), Is.EqualTo(expected));
    }

    [Test]
    public async Task Without_times_the_last_hour_is_meant()
    {
        using HttpResponseMessage response = await _host.OwnAsync("/api/v1/aggregate?kind=transaction");
        JsonElement json = await QueryTestHost.ReadAsync(response, HttpStatusCode.OK);
        Assert.That((json.GetProperty("from").GetInt64(), json.GetProperty("to").GetInt64()),
            Is.EqualTo((QueryTestHost.Now - 3_600_000, QueryTestHost.Now)));
    }

    [Test]
    public async Task Of_a_name_that_stands_twice_the_first_counts()
    {
        JsonElement response = await GetAsync("kind=thread&kind=nonsense&measures=rate&measures=count&by=oid&by=oname");
        Assert.That(response.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("name").GetString()),
            Is.EqualTo(new[] { "oid", "rate" }));
    }

    [TestCase("service:/a", 3)]
    [TestCase("service!:/a", 3)]
    [TestCase("service:/A", 0)]
    [TestCase("service~:B", 3)]
    [TestCase("service~:", 6)]
    [TestCase("oname:", 3)]
    [TestCase("oname!:", 3)]
    [TestCase("status:404", 1)]
    [TestCase("status:404.0", 1)]
    [TestCase("status:404.5", 0)]
    [TestCase("status!:404", 5)]
    [TestCase("status!:404.5", 6)]
    [TestCase("status:", 2)]
    [TestCase("status!:", 4)]
    [TestCase("status>:200", 2)]
    [TestCase("status<:404", 2)]
    [TestCase("elapsed:0.001", 1)]
    [TestCase("elapsed:0.0011", 0)]
    [TestCase("elapsed>:0.0009", 6)]
    [TestCase("elapsed>:0.001", 5)]
    [TestCase("elapsed<:0.0011", 1)]
    [TestCase("elapsed<:0.001", 0)]
    [TestCase("elapsed>:-1", 6)]
    [TestCase("elapsed>=:0.5", 5)]
    [TestCase("elapsed>=:0.5001", 4)]
    [TestCase("elapsed<=:0.5", 2)]
    [TestCase("elapsed<=:0.4999", 1)]
    [TestCase("status>=:404", 2)]
    [TestCase("status<=:200", 2)]
    [TestCase("elapsed>=:99999999999999999999999999999999999999", 0)]
    [TestCase("elapsed<=:99999999999999999999999999999999999999", 6)]
    [TestCase("elapsed>=:-99999999999999999999999999999999999999", 6)]
    [TestCase("elapsed<=:-99999999999999999999999999999999999999", 0)]
    [TestCase("elapsed>:99999999999999999999999999999999999999", 0)]
    [TestCase("elapsed<:99999999999999999999999999999999999999", 6)]
    [TestCase("elapsed:99999999999999999999999999999999999999", 0)]
    [TestCase("elapsed!:99999999999999999999999999999999999999", 6)]
    [TestCase("elapsed>:-99999999999999999999999999999999999999", 6)]
    [TestCase("elapsed<:-99999999999999999999999999999999999999", 0)]
    [TestCase("oid:-5", 1)]
    [TestCase("oid<:-4.5", 1)]
    [TestCase("error:true", 1)]
    [TestCase("error:false", 1)]
    [TestCase("error:0", 1)]
    [TestCase("error:", 4)]
    [TestCase("error!:true", 5)]
    [TestCase("time>:1674993600000", 5)]
    public async Task A_filter_compares_exactly(string where, int expected) => Assert.That(await CountAsync(where), Is.EqualTo(expected));

    [TestCase(5, "service:/a", "service:/b")]
    [TestCase(3, "service:/b", "service~:B")]
    [TestCase(1, "service:/a", "status:500")]
    [TestCase(1, "elapsed>:0.5", "elapsed<:2", "service!:x")]
    [TestCase(4, "elapsed>=:0.5", "elapsed<=:2")]
    [TestCase(1, "elapsed>:0.001", "elapsed>:2", "elapsed<=:10000")]
    [TestCase(0, "elapsed<:0.5", "elapsed>:2")]
    [TestCase(1, "elapsed:2", "elapsed:0.001", "elapsed<:1")]
    [TestCase(0, "status:404", "status>:404")]
    [TestCase(0, "status:", "status>:400")]
    [TestCase(1, "service!:/a", "service!:/b")]
    [TestCase(0, "service:/a", "service!:/a")]
    [TestCase(2, "elapsed<:1", "elapsed>:-99999999999999999999", "elapsed<:99999999999999999999")]
    public async Task Fields_must_all_hold_any_value_or_part_of_a_field_and_every_bound_and_negated_value(int expected, params string[] wheres) =>
        Assert.That(await CountAsync(wheres), Is.EqualTo(expected));

    [TestCase("order=-count", "/a /b /B")]
    [TestCase("order=count", "/B /b /a")]
    [TestCase("order=-service", "/b /a /B")]
    [TestCase("order=avg(elapsed)", "/a /b /B")]
    [TestCase("order=-avg(elapsed)&limit=1", "/B")]
    [TestCase("order=-stddev(elapsed)", "/a /B /b")]
    [TestCase("order=p50(elapsed)", "/a /b /B")]
    [TestCase("order=-error_rate", "/b /a /B")]
    [TestCase("order=avg(sql_count)", "/B /b /a")]
    [TestCase("order=-avg(sql_count)", "/a /B /b")]
    [TestCase("order=-max(status),-service", "/a /b /B")]
    [TestCase("order=rate,-service", "/B /b /a")]
    public async Task Rows_are_sorted_by_any_column_and_cut_then(string parameters, string expected)
    {
        JsonElement response = await GetAsync(
            "kind=transaction&by=service&measures=count,avg(elapsed),stddev(elapsed),p50(elapsed),error_rate,avg(sql_count),max(status),rate&" + parameters);
        Assert.That(string.Join(' ', response.GetProperty("rows").EnumerateArray().Select(row => row[0].GetString())), Is.EqualTo(expected));
        Assert.That(response.GetProperty("total").GetInt64(), Is.EqualTo(3));
    }

    [Test]
    public async Task Rates_of_windows_that_are_cut_are_compared_by_their_seconds()
    {
        JsonElement response = await GetAsync($"kind=transaction&window=1m&measures=rate&order=-rate&from={Noon + 1_000}&to={Noon + 61_000}");
        Assert.That(response.GetProperty("rows").EnumerateArray().Select(row => row[0].GetInt64()), Is.EqualTo(new[] { Noon + 60_000, Noon }));
    }

    [Test]
    public async Task Projects_see_their_own_samples_only()
    {
        using HttpResponseMessage response = await _host.SendAsync(
            HttpMethod.Get, "/api/v1/aggregate?kind=transaction&by=service", ("Authorization", "Bearer " + QueryTestHost.OtherToken));
        Assert.That((await QueryTestHost.ReadAsync(response, HttpStatusCode.OK)).GetProperty("rows").GetRawText(), Is.EqualTo("""[["/other",1]]"""));
    }

    private static Row Call(long after, string service, long elapsed) =>
        new Row(Kind.Transaction, Noon + after).With("service", service).With("elapsed", elapsed);

    private async Task<int> CountAsync(params string[] wheres)
    {
        JsonElement response = await GetAsync("kind=transaction&" + string.Join('&', wheres.Select(where => "where=" + Uri.EscapeDataString(where))));
        JsonElement rows = response.GetProperty("rows");
        return rows.GetArrayLength() == 0 ? 0 : rows[0][0].GetInt32();
    }

    private async Task<JsonElement> GetAsync(string parameters)
    {
        string times = parameters.Contains("from=", StringComparison.Ordinal) ? "" : $"&from={Noon}&to={Noon + 120_000}";
        using HttpResponseMessage response = await _host.OwnAsync($"/api/v1/aggregate?{parameters}{times}");
        return await QueryTestHost.ReadAsync(response, HttpStatusCode.OK);
    }
}
