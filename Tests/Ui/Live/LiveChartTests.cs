using System.Net.Http.Headers;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui.Live;

/// <summary>Charts of pages that look at the same thing share one query a second. Nobody sees another project's.</summary>
public sealed class LiveChartTests
{
    private const string Live = "/api/v1/aggregate?kind=transaction&measures=count&from=-1h&to=now";

    private PageServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await PageServer.StartAsync();
        await ShopSamples.PushAsync(_server);
    }

    [OneTimeTearDown]
    public void Stop() => _server.Dispose();

    [Test]
    public async Task Many_charts_of_a_project_share_a_query_and_later_ones_are_of_later()
    {
        using HttpClient first = await SignInAsync(TestProjects.ReadOnlyToken);
        using HttpClient second = await SignInAsync(TestProjects.TokenOf(TestProjects.First));
        (string Count, bool IsShared)[] charts = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => GetAsync(i % 2 == 0 ? first : second)));
        Assert.That(charts.Select(chart => chart.Count), Is.All.EqualTo("61"));
        Assert.That(charts.Count(chart => !chart.IsShared), Is.LessThan(20), "One a second, and the forty may lie in some.");

        await ShopSamples.PushAsync(_server);
        await Eventually.IsTrueAsync(async () => (await GetAsync(first)).Count == "122");
    }

    [Test]
    public async Task Another_project_and_a_token_get_their_own()
    {
        using HttpClient first = await SignInAsync(TestProjects.ReadOnlyToken);
        using HttpClient second = await SignInAsync(TestProjects.TokenOf(TestProjects.Second));
        Assert.That((await GetAsync(first)).Count, Is.Not.EqualTo("0"));
        Assert.That((await GetAsync(second)).Count, Is.EqualTo("0"));
        Assert.That((await GetAsync(first)).Count, Is.Not.EqualTo("0"));

        using HttpClient agent = new() { BaseAddress = _server.Address };
        agent.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(TestProjects.First));
        for (int i = 0; i < 3; i++)
        {
            Assert.That((await GetAsync(agent)).IsShared, Is.False);
        }
    }

    private static async Task<(string Count, bool IsShared)> GetAsync(HttpClient http)
    {
        using HttpResponseMessage response = await http.GetAsync(Live);
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        JsonElement rows = body.RootElement.GetProperty("rows");
        return (rows.GetArrayLength() == 0 ? "0" : rows[0][0].ToString(), response.Headers.Age is not null);
    }

    private async Task<HttpClient> SignInAsync(string token)
    {
        HttpClient browser = _server.Browser();
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        using HttpResponseMessage response = await PageServer.SignInAsync(browser, token);
        Assert.That((int)response.StatusCode, Is.EqualTo(302));
        return browser;
    }
}
