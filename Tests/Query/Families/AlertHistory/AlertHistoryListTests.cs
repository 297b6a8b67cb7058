using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.AlertHistory;

/// <summary>Pages of the alert history and one alert of it: shape, order, paging.</summary>
public sealed class AlertHistoryListTests
{
    [Test]
    public async Task A_page_has_the_documented_shape()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            AlertRow.Of(1, severity: "Warning").With("description", "d \"1\"").With("labels", """{"a":"ü\"","b":""}""").With("annotations", """{"n":"1"}"""));
        Assert.That((await host.GetAsync("")).GetRawText(), Is.EqualTo(
            """
            {"records":[{"id":"00000001-0000-0000-0000-000000000000","timestamp":"2026-02-09T10:30:00Z","severity":"Warning","source":"s","title":"alert 1",
            "description":"d \"1\"","labels":{"a":"ü\"","b":""}}],"totalCount":1,"page":1,"pageSize":50,"totalPages":1}
            """.ReplaceLineEndings("")));
    }

    [Test]
    public async Task Absent_labels_are_an_empty_object_and_an_absent_description_is_an_empty_text()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(AlertRow.Of(1));
        JsonElement record = (await host.GetAsync("")).GetProperty("records")[0];
        Assert.That((record.GetProperty("labels").GetRawText(), record.GetProperty("description").GetString()), Is.EqualTo(("{}", "")));
    }

    [Test]
    public async Task Annotations_stand_in_the_detail_and_nowhere_else()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(AlertRow.Of(1).With("annotations", """{"runbook":"r"}"""), AlertRow.Of(2));
        JsonElement records = (await host.GetAsync("")).GetProperty("records");
        Assert.That(records.EnumerateArray().Any(record => record.TryGetProperty("annotations", out _)), Is.False);
        Assert.That((await host.GetAsync("/" + AlertRow.Id(1))).GetProperty("annotations").GetRawText(), Is.EqualTo("""{"runbook":"r"}"""));
        Assert.That((await host.GetAsync("/" + AlertRow.Id(2))).TryGetProperty("annotations", out _), Is.False);
    }

    [Test]
    public async Task The_newest_is_first_and_of_one_time_the_least_id()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            AlertRow.Of(3), AlertRow.Of(1), AlertRow.Of(4, AlertRow.Time + 1), AlertRow.Of(2), AlertRow.Of(0, AlertRow.Time - 1));
        Assert.That(await host.TitlesAsync(""), Is.EqualTo(new[] { "alert 4", "alert 1", "alert 2", "alert 3", "alert 0" }));
    }

    [TestCase("?page=1&pageSize=2", "4 3", 2, 3)]
    [TestCase("?page=2&pageSize=2", "2 1", 2, 3)]
    [TestCase("?page=3&pageSize=2", "0", 2, 3)]
    [TestCase("?page=4&pageSize=2", "", 2, 3, Description = "past the end")]
    [TestCase("?page=2147483647&pageSize=100", "", 100, 1)]
    [TestCase("?page=2147483648", "", 50, 1)]
    [TestCase("?page=9223372036854775807&pageSize=100", "", 100, 1)]
    [TestCase("?PAGE=2&PageSize=3", "1 0", 3, 2, Description = "names in any case")]
    [TestCase("?page=2&page=1&pageSize=3", "1 0", 3, 2, Description = "the first of two counts")]
    [TestCase("?page=&pageSize=", "4 3 2 1 0", 50, 1, Description = "an empty value is none")]
    [TestCase("?pageSize=100", "4 3 2 1 0", 100, 1)]
    [TestCase("?pageSize=101", "4 3 2 1 0", 100, 1, Description = "clamped")]
    [TestCase("?pageSize=9223372036854775807", "4 3 2 1 0", 100, 1)]
    public async Task Pages_are_cut_and_counted(string query, string expected, int pageSize, int totalPages)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. Enumerable.Range(0, 5).Select(i => AlertRow.Of(i, AlertRow.Time + i))]);
        JsonElement page = await host.GetAsync(query);
        Assert.That(string.Join(' ', page.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("title").GetString()![6..])),
            Is.EqualTo(expected));
        Assert.That(
            (page.GetProperty("totalCount").GetInt32(), page.GetProperty("pageSize").GetInt32(), page.GetProperty("totalPages").GetInt32()),
            Is.EqualTo((5, pageSize, totalPages)));
    }

    [Test]
    public async Task A_hundred_and_one_alerts_are_two_pages_of_at_most_a_hundred()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. Enumerable.Range(0, 101).Select(i => AlertRow.Of(i))]);
        Assert.That((await host.GetAsync("?pageSize=1000")).GetProperty("totalPages").GetInt32(), Is.EqualTo(2));
        Assert.That(await host.TitlesAsync("?pageSize=1000"), Has.Length.EqualTo(100));
        Assert.That(await host.TitlesAsync("?pageSize=1000&page=2"), Is.EqualTo(new[] { "alert 100" }));
    }

    [Test]
    public async Task Nothing_is_no_page_at_all()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        Assert.That((await host.GetAsync("")).GetRawText(), Is.EqualTo("""{"records":[],"totalCount":0,"page":1,"pageSize":50,"totalPages":0}"""));
    }

    [TestCase(0, "2026-02-09T10:30:00Z")]
    [TestCase(1, "2026-02-09T10:30:00.001Z")]
    [TestCase(500, "2026-02-09T10:30:00.5Z")]
    [TestCase(120, "2026-02-09T10:30:00.12Z")]
    public async Task A_timestamp_has_a_fraction_only_when_it_is_not_0(int milliseconds, string expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(AlertRow.Of(1, AlertRow.Time + milliseconds));
        JsonElement record = (await host.GetAsync("")).GetProperty("records")[0];
        Assert.That(record.GetProperty("timestamp").GetString(), Is.EqualTo(expected));
    }

    [TestCase("/00000001-0000-0000-0000-000000000000", 200)]
    [TestCase("/00000001-0000-0000-0000-000000000000/", 200)]
    [TestCase("/AAAAAAAA-0000-0000-0000-000000000000", 200, Description = "in any case")]
    [TestCase("/00000002-0000-0000-0000-000000000000", 404, Description = "unknown")]
    [TestCase("/bbbbbbbb-0000-0000-0000-000000000000", 404, Description = "another project's")]
    [TestCase("/1", 404)]
    [TestCase("/00000001-0000-0000-0000-00000000000", 404)]
    [TestCase("/'%20or%20'1'='1", 404)]
    [TestCase("/%00", 400, Description = "no server takes it")]
    [TestCase("/stats", 404)]
    [TestCase("/stats/", 404)]
    [TestCase("/stats/titles", 404)]
    [TestCase("/00000001-0000-0000-0000-000000000000/x", 404)]
    public async Task An_alert_is_found_by_its_id(string path, int expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            AlertRow.Of(1), AlertRow.Of(unchecked((int)0xAAAAAAAA)),
            new Row(Core.Schema.Kind.Alert, AlertRow.Time) { Pcode = QueryTestHost.OtherProject }.With("id", "bbbbbbbb-0000-0000-0000-000000000000"));
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, AlertRow.Prefix + path);
        Assert.That((int)response.StatusCode, Is.EqualTo(expected));
        if (expected == 404)
        {
            JsonElement problem = await QueryTestHost.ReadAsync(response, HttpStatusCode.NotFound);
            Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
            Assert.That(problem.GetProperty("status").GetInt32(), Is.EqualTo(404));
        }
    }

    [TestCase("POST")]
    [TestCase("DELETE")]
    public async Task Other_methods_are_refused_as_a_problem(string method)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        using HttpResponseMessage response = await host.SendAsync(new HttpMethod(method), AlertRow.Prefix);
        JsonElement problem = await QueryTestHost.ReadAsync(response, HttpStatusCode.MethodNotAllowed);
        Assert.That(problem.GetProperty("title").GetString(), Is.EqualTo("Method Not Allowed"));
        Assert.That(response.Content.Headers.Allow, Is.EqualTo(new[] { "GET", "HEAD" }));
    }
}
