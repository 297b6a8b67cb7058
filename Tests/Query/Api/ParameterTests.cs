using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Query.Families.AlertHistory;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Api;

/// <summary>Parameters that an endpoint of ours does not have are refused by name, and moments may be told from now. Vendors' families ignore theirs.</summary>
public sealed class ParameterTests
{
    private const long Hour = 3_600_000;

    private QueryTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase("/api/v1/aggregate?kind=sql&groupBy=db", "groupBy", "by")]
    [TestCase("/api/v1/aggregate?kind=sql&measure=count", "measure", "measures")]
    [TestCase("/api/v1/aggregate?Kind=sql&windw=1m", "windw", "window")]
    [TestCase("/api/v1/samples?kind=sql&curser=x", "curser", "cursor")]
    [TestCase("/api/v1/samples?kind=sql&fro", "fro", "from")]
    [TestCase("/api/v1/samples?kind=sql&=x", "", "to")]
    public async Task An_unknown_one_is_refused_with_the_nearest_and_all_that_there_are(string path, string name, string nearest)
    {
        using HttpResponseMessage response = await _host.OwnAsync(path);
        string detail = (await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest)).GetProperty("detail").GetString()!;
        Assert.That(detail, Does.StartWith($"There is no parameter \"{name}\"; the nearest is {nearest}. There are kind, from, to,"));
    }

    [Test]
    public async Task An_unknown_one_of_agents_is_refused()
    {
        using HttpResponseMessage response = await _host.OwnAsync("/api/v1/agents?offset=1");
        string detail = (await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest)).GetProperty("detail").GetString()!;
        Assert.That(detail, Does.StartWith("There is no parameter \"offset\"").And.Contain("limit, cursor"));
    }

    [Test]
    public async Task Where_there_are_none_each_is_refused()
    {
        using HttpResponseMessage response = await _host.OwnAsync("/api/v1/schema?kind=sql");
        string detail = (await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest)).GetProperty("detail").GetString()!;
        Assert.That(detail, Does.StartWith("There is no parameter").And.EndWith("this path has none."));
    }

    [TestCase("?minSeverty=Critical", "minSeverty", "minSeverity")]
    [TestCase("?page_size=5", "page_size", "pageSize")]
    [TestCase("/stats/severity?includeZeros=true", "includeZeros", "includeZero")]
    [TestCase("/stats/source?form=csv", "form", "format")]
    [TestCase("/stats/timeline?windows=1h", "windows", "window")]
    [TestCase("/00000000-0000-0000-0000-000000000001?formt=csv", "formt", "format")]
    public async Task The_alert_history_refuses_them_too(string path, string name, string nearest)
    {
        using HttpResponseMessage response = await _host.OwnAsync(AlertRow.Prefix + path);
        JsonElement problem = await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest);
        string message = problem.GetProperty("errors").GetProperty(name)[0].GetString()!;
        Assert.That(message, Does.StartWith($"There is no parameter \"{name}\"; the nearest is {nearest}."));
    }

    [TestCase("/open/api/json/transaction?stme=1")]
    [TestCase("/api/activity/keys/endpoint/k/1/1/2023/2/1/2023?pge=1")]
    public async Task Families_of_vendors_ignore_theirs(string path)
    {
        using HttpResponseMessage response = await _host.SendAsync(HttpMethod.Get, path,
            ("x-whatap-token", QueryTestHost.Token), ("x-whatap-pcode", $"{Row.Project}"), ("authorization", QueryTestHost.Token));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task The_search_of_NCP_ignores_them_under_our_prefix_too()
    {
        using HttpResponseMessage response = await _host.NcpAsync(
            """{"timeZone":"Z","from":"2023-01-01","to":"2023-01-31"}""", "/api/v1/dashboards/events/search?unheard=1");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("from=-1h", Hour, 0)]
    [TestCase("from=now-1h&to=now", Hour, 0)]
    [TestCase("from=-15m", 15 * 60_000, 0)]
    [TestCase("from=-90s&to=-30s", 90_000, 30_000)]
    [TestCase("from=now-2d&to=now-1d", 48 * Hour, 24 * Hour)]
    [TestCase("to=-1h", 2 * Hour, Hour)]
    [TestCase("from=-999999999d&to=now", QueryTestHost.Now, 0)]
    public async Task A_moment_may_be_told_from_now(string range, long fromBefore, long toBefore)
    {
        foreach (string endpoint in (string[])["aggregate", "samples"])
        {
            using HttpResponseMessage response = await _host.OwnAsync($"/api/v1/{endpoint}?kind=sql&{range}");
            JsonElement body = await QueryTestHost.ReadAsync(response, HttpStatusCode.OK);
            Assert.That((body.GetProperty("from").GetInt64(), body.GetProperty("to").GetInt64()),
                Is.EqualTo((QueryTestHost.Now - fromBefore, QueryTestHost.Now - toBefore)));
        }
    }

    [TestCase("-1")]
    [TestCase("-h")]
    [TestCase("-1H")]
    [TestCase("now-")]
    [TestCase("now-1")]
    [TestCase("Now")]
    [TestCase("now-1h-1h")]
    [TestCase("1h")]
    [TestCase("-1w")]
    [TestCase("-1234567890s")]
    public async Task What_is_no_moment_is_refused(string from)
    {
        using HttpResponseMessage response = await _host.OwnAsync($"/api/v1/aggregate?kind=sql&from={from}");
        string detail = (await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest)).GetProperty("detail").GetString()!;
        Assert.That(detail, Does.Contain("like -15m or now-1h").And.EndWith($"found \"{from}\"."));
    }
}
