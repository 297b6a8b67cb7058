using System.Globalization;
using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Query.Families.AlertHistory;

/// <summary>What each parameter of the alert history means, and what is told of those that can't be read.</summary>
public sealed class AlertHistoryParameterTests
{
    private QueryTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync(
        AlertRow.Of(1, severity: "Info", source: "Equipment-01").With("labels", """{"room":"a","zone":"b"}"""),
        AlertRow.Of(2, AlertRow.Time - 1, "Warning", "equipment-02").With("labels", """{"zone":"b"}"""),
        AlertRow.Of(3, AlertRow.Time - 1_000, "Critical", "ÜBER 100% [a.c]").With("labels", """{"a:b":"c","room":"b","zone":"B"}"""),
        AlertRow.Of(4, AlertRow.Time - 2_000, "Critical", "' OR 1=1 --").With("labels", """{"q\"\\":"\u000a,\"zone\":\"b\"","x,":":","}":"q"}"""));

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase("severity=Critical", "3 4")]
    [TestCase("severity=cRITICAL", "3 4")]
    [TestCase("severity=0", "1")]
    [TestCase("severity=1", "2")]
    [TestCase("severity=2", "3 4")]
    [TestCase("severity=", "1 2 3 4")]
    [TestCase("minSeverity=warning", "2 3 4")]
    [TestCase("minSeverity=0", "1 2 3 4")]
    [TestCase("minSeverity=1&severity=1", "2")]
    [TestCase("minSeverity=2&severity=Info", "")]
    [TestCase("source=EQUIPMENT", "1 2")]
    [TestCase("source=ment-01", "1")]
    [TestCase("source=%C3%BCber", "3")]
    [TestCase("source=", "1 2 3 4")]
    [TestCase("source=%25", "3", Description = "no pattern")]
    [TestCase("source=.", "3")]
    [TestCase("source=%5Ba.c%5D", "3")]
    [TestCase("source=*", "")]
    [TestCase("source=%27+OR+1%3D1+--", "4")]
    [TestCase("source=_", "")]
    [TestCase("source=%00", "")]
    [TestCase("source=%FF", "", Description = "no UTF-8")]
    [TestCase("label=zone:b", "1 2")]
    [TestCase("label=zone:b&label=room:a", "1", Description = "different labels must all be there")]
    [TestCase("label=zone:b&label=zone:B", "1 2 3", Description = "of one label any value will do")]
    [TestCase("label=zone:b&label=zone:B&label=room:b", "3")]
    [TestCase("label=zone:", "")]
    [TestCase("label=", "1 2 3 4")]
    [TestCase("label=a:b:c", "", Description = "the first colon ends the name")]
    [TestCase("label=q%22%5C:%0A,%22zone%22:%22b%22", "4")]
    [TestCase("label=zone:b%22,%22", "")]
    [TestCase("label=::,", "", Description = "from the closing quote of another label")]
    [TestCase("severity=2&source=1&label=zone:B", "3", Description = "all must hold")]
    public async Task A_filter_keeps_what_it_says(string query, string expected) =>
        Assert.That(string.Join(' ', (await _host.TitlesAsync("?" + query)).Select(title => title[6..])), Is.EqualTo(expected));

    [Test]
    public async Task Hostile_texts_are_texts()
    {
        string[] texts = [.. HostileTexts.All.Where(text => !text.Contains(':', StringComparison.Ordinal))];
        await using QueryTestHost host = await QueryTestHost.StartAsync([.. texts.Select((text, i) =>
            AlertRow.Of(i, AlertRow.Time - i, source: text).With("labels", "{" + CanonicalMap.Entry(text, text) + "}"))]);
        for (int i = 0; i < texts.Length; i++)
        {
            string escaped = Uri.EscapeDataString(texts[i]);
            string title = string.Create(CultureInfo.InvariantCulture, $"alert {i}");
            Assert.That(await host.TitlesAsync($"?source={escaped}"), Does.Contain(title));
            Assert.That(await host.TitlesAsync($"?label={escaped}:{escaped}"), Is.EqualTo(new[] { title }));
        }
    }

    [TestCase("startDate=2026-02-09T10:30:00Z", "1")]
    [TestCase("startDate=2026-02-09T10:30:00", "1", Description = "no zone is UTC")]
    [TestCase("startDate=2026-02-09T10:30", "1")]
    [TestCase("startDate=2026-02-09 10:30:00", "1", Description = "a blank for the T")]
    [TestCase("startDate=2026-02-09t10:30:00z", "1")]
    [TestCase("startDate=2026-02-09T10:29:59.999Z", "1 2")]
    [TestCase("startDate=2026-02-09T10:29:59.9990000Z", "1 2")]
    [TestCase("startDate=2026-02-09T10:29:59.9990001Z", "1")]
    [TestCase("startDate=2026-02-09T19:30:00+09:00", "1", Description = "the plus becomes a blank on its way")]
    [TestCase("startDate=2026-02-09T19:30:00%2B09:00", "1")]
    [TestCase("startDate=2026-02-09T19:30:00%2B0900", "1")]
    [TestCase("startDate=2026-02-09T19:30:00%2B09", "1")]
    [TestCase("startDate=2026-02-09T02:30:00-08:00", "1")]
    [TestCase("startDate=2026-02-10", "")]
    [TestCase("startDate=2026-02-09", "1 2 3 4")]
    [TestCase("endDate=2026-02-09", "", Description = "a date is its first moment")]
    [TestCase("endDate=2026-02-10", "1 2 3 4")]
    [TestCase("endDate=2026-02-09T10:29:59.999Z", "2 3 4", Description = "inclusive")]
    [TestCase("endDate=2026-02-09T10:29:59.9989999Z", "3 4")]
    [TestCase("startDate=2026-02-09T10:29:59Z&endDate=2026-02-09T10:29:59Z", "3", Description = "one moment")]
    [TestCase("startDate=2026-02-09T10:29:58.0001Z&endDate=2026-02-09T10:29:58.9999Z", "")]
    [TestCase("startDate=0001-01-01T00:00:00%2B14:00&endDate=9999-12-31T23:59:59.9999999-14:00", "1 2 3 4")]
    [TestCase("startDate=&endDate=", "1 2 3 4")]
    public async Task Dates_are_inclusive_and_ISO_8601(string query, string expected) =>
        Assert.That(string.Join(' ', (await _host.TitlesAsync("?" + query.Replace(" ", "%20", StringComparison.Ordinal))).Select(title => title[6..])),
            Is.EqualTo(expected));

    [TestCase("?page=0", "page")]
    [TestCase("?page=-1", "page")]
    [TestCase("?page=x", "page")]
    [TestCase("?page=1.5", "page")]
    [TestCase("?page=9223372036854775808", "page")]
    [TestCase("?pageSize=0", "pageSize")]
    [TestCase("?pageSize=-5", "pageSize")]
    [TestCase("?severity=Fatal", "severity")]
    [TestCase("?severity=3", "severity")]
    [TestCase("?severity=-1", "severity")]
    [TestCase("?severity=Warning,Critical", "severity")]
    [TestCase("?minSeverity=High", "minSeverity")]
    [TestCase("?startDate=yesterday", "startDate")]
    [TestCase("?startDate=02/08/2026", "startDate")]
    [TestCase("?startDate=2026-02-30", "startDate")]
    [TestCase("?startDate=2026-02-08T24:00:00Z", "startDate")]
    [TestCase("?startDate=1770633000000", "startDate")]
    [TestCase("?endDate=2026-02-08T00:00:00Zulu", "endDate")]
    [TestCase("?startDate=2026-02-09T10:30:00.001Z&endDate=2026-02-09T10:30:00Z", "startDate")]
    [TestCase("?label=zone", "label")]
    [TestCase("?format=xml", "format")]
    [TestCase("?page=0&pageSize=0&severity=x&format=x", "format,page,pageSize,severity", Description = "all at once")]
    [TestCase("/stats/severity?startDate=x", "startDate")]
    [TestCase("/stats/severity?includeZero=maybe", "includeZero")]
    [TestCase("/stats/source?endDate=x", "endDate")]
    [TestCase("/stats/timeline?window=7m", "window")]
    [TestCase("/stats/timeline?window=2d", "window")]
    [TestCase("/stats/timeline?window=0s", "window")]
    [TestCase("/stats/timeline?window=-1h", "window")]
    [TestCase("/stats/timeline?window=h", "window")]
    [TestCase("/stats/timeline?window=99999999999h", "window")]
    public async Task What_can_not_be_read_is_named(string path, string names) =>
        Assert.That((await _host.WrongAsync(path)).Order(StringComparer.Ordinal), Is.EqualTo(names.Split(',')));

    [Test]
    public async Task A_bad_request_is_problem_details_with_what_is_wrong_by_parameter()
    {
        using HttpResponseMessage response = await _host.SendAsync(HttpMethod.Get, AlertRow.Prefix + "?page=0");
        JsonElement problem = await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(
            (problem.GetProperty("type").GetString(), problem.GetProperty("title").GetString(), problem.GetProperty("status").GetInt32()),
            Is.EqualTo(("about:blank", "Bad Request", 400)));
        Assert.That(problem.GetProperty("errors").GetProperty("page")[0].GetString(), Does.Contain("from 1"));
    }
}
