using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.AlertHistory;

/// <summary>The statistics of the alert history, and CSV in place of JSON.</summary>
public sealed class AlertHistoryStatisticsTests
{
    private const long Hour = 3_600_000;

    [Test]
    public async Task Severities_come_worst_first_and_only_those_present()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(AlertRow.Of(1), AlertRow.Of(2, severity: "Critical"), AlertRow.Of(3));
        Assert.That((await host.GetAsync("/stats/severity")).GetRawText(), Is.EqualTo("""[{"severity":"Critical","count":1},{"severity":"Info","count":2}]"""));
    }

    [TestCase("?includeZero=true", """[{"severity":"Critical","count":0},{"severity":"Warning","count":1},{"severity":"Info","count":0}]""")]
    [TestCase("?includeZero=TRUE&source=none", """[{"severity":"Critical","count":0},{"severity":"Warning","count":0},{"severity":"Info","count":0}]""")]
    [TestCase("?includeZero=false", """[{"severity":"Warning","count":1}]""")]
    [TestCase("?source=none", "[]")]
    public async Task Severities_without_alerts_are_there_when_they_are_wanted(string query, string expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(AlertRow.Of(1, severity: "Warning"));
        Assert.That((await host.GetAsync("/stats/severity" + query)).GetRawText(), Is.EqualTo(expected));
    }

    [Test]
    public async Task Sources_come_by_count_then_by_their_bytes()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            AlertRow.Of(1, source: "\U0001F98A"), AlertRow.Of(2, source: "\uFF21"), AlertRow.Of(3, source: "b"), AlertRow.Of(4, source: "z"),
            AlertRow.Of(5, source: "z"));
        JsonElement sources = await host.GetAsync("/stats/source");
        Assert.That(
            sources.EnumerateArray().Select(source => (source.GetProperty("source").GetString(), source.GetProperty("count").GetInt32())),
            Is.EqualTo(new[] { ("z", 2), ("b", 1), ("\uFF21", 1), ("\U0001F98A", 1) }));
    }

    [TestCase("/stats/severity", """[{"severity":"Info","count":1}]""")]
    [TestCase("/stats/source", """[{"source":"s","count":1}]""")]
    public async Task Statistics_are_of_the_range_with_both_ends(string path, string expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(AlertRow.Of(1, AlertRow.Time - 1), AlertRow.Of(2), AlertRow.Of(3, AlertRow.Time + 1));
        Assert.That((await host.GetAsync(path + "?startDate=2026-02-09T10:30:00Z&endDate=2026-02-09T10:30:00Z")).GetRawText(), Is.EqualTo(expected));
    }

    [TestCase("", """
        [{"time":"2026-02-09T10:00:00Z","severity":"Warning","count":2},{"time":"2026-02-09T10:00:00Z","severity":"Info","count":1},
        {"time":"2026-02-09T13:00:00Z","severity":"Critical","count":1}]
        """)]
    [TestCase("?window=1d&minSeverity=1", """
        [{"time":"2026-02-09T00:00:00Z","severity":"Critical","count":1},{"time":"2026-02-09T00:00:00Z","severity":"Warning","count":2}]
        """)]
    [TestCase("?window=1s&endDate=2026-02-09T10:30:00.999Z", """
        [{"time":"2026-02-09T10:30:00Z","severity":"Warning","count":1}]
        """)]
    [TestCase("?window=30m&severity=Info", """
        [{"time":"2026-02-09T10:30:00Z","severity":"Info","count":1}]
        """)]
    public async Task A_timeline_counts_by_window_and_severity(string query, string expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            AlertRow.Of(1, severity: "Warning"), AlertRow.Of(2, AlertRow.Time + 60_000), AlertRow.Of(3, AlertRow.Time + 61_000, "Warning"),
            AlertRow.Of(4, AlertRow.Time + (3 * Hour), "Critical"));
        Assert.That((await host.GetAsync("/stats/timeline" + query)).GetRawText(), Is.EqualTo(expected.Trim().ReplaceLineEndings("")));
    }

    [Test]
    public async Task A_page_as_CSV_keeps_values_to_the_letter_and_says_in_headers_how_many_there_are()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            AlertRow.Of(1, source: "=1+1").With("description", "a,\"b\"\r\nc").With("labels", """{"k":"v,w"}""").With("annotations", """{"n":"1"}"""),
            AlertRow.Of(2, AlertRow.Time - 1, "Critical", " x "));
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, AlertRow.Prefix + "?format=csv&pageSize=2");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(string.Join(
            "\r\n",
            "id,timestamp,severity,source,title,description,labels",
            "00000001-0000-0000-0000-000000000000,2026-02-09T10:30:00Z,Info,'=1+1,alert 1,\"a,\"\"b\"\"\r\nc\",\"{\"\"k\"\":\"\"v,w\"\"}\"",
            "00000002-0000-0000-0000-000000000000,2026-02-09T10:29:59.999Z,Critical, x ,alert 2,,{}",
            "")));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/csv"));
        string[] names = ["x-total-count", "x-page", "x-page-size", "x-total-pages"];
        Assert.That(names.Select(name => response.Headers.GetValues(name).Single()), Is.EqualTo(new[] { "2", "1", "2", "1" }));
    }

    [TestCase("/stats/severity?format=csv&includeZero=1", "severity,count|Critical,0|Warning,0|Info,1|")]
    [TestCase("/stats/source?format=CSV", "source,count|\"a,b\",1|")]
    [TestCase("/stats/timeline?format=csv", "time,severity,count|2026-02-09T10:00:00Z,Info,1|")]
    [TestCase("/00000001-0000-0000-0000-000000000000?format=csv",
        "id,timestamp,severity,source,title,description,labels,annotations|"
        + "00000001-0000-0000-0000-000000000000,2026-02-09T10:30:00Z,Info,\"a,b\",alert 1,,{},|")]
    public async Task Every_endpoint_responds_in_CSV(string path, string expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(AlertRow.Of(1, source: "a,b"));
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, AlertRow.Prefix + path);
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(expected.Replace("|", "\r\n", StringComparison.Ordinal)));
    }

    [Test]
    public async Task A_statistic_over_a_limit_is_a_422_as_a_problem()
    {
        RowReader reader = new([]) { Before = (_, _) => throw new QueryLimitException("Query:MaxRows", 5) };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader);
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, AlertRow.Prefix + "/stats/source");
        Assert.That((await QueryTestHost.ReadAsync(response, HttpStatusCode.UnprocessableEntity)).GetProperty("detail").GetString(),
            Does.Contain("Query:MaxRows = 5"));
    }
}
