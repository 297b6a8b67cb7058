using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Text.Json;
using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui.Live;

/// <summary>The view of samples as they come, in a real browser.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LiveViewTests : PageFixture
{
    private const string Hostile = "<img src=x onerror=\"window.hacked=1\">";
    private const string Following = "Samples appear here as they are stored.";

    [TestCase(1_440)]
    [TestCase(375)]
    public async Task Samples_appear_as_they_are_stored_and_say_what_the_API_says(int width)
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken, width, zone: "America/St_Johns");
        await OpenLiveAsync(page, "live");
        string id = $"new-{width}";
        await PushAsync(Server, TestProjects.First, new { service = "/first", elapsed = 1_234.5, txid = $"{id}/1?", status = 200 });
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await PushAsync(Server, TestProjects.First, new { service = Hostile, elapsed = 2, error = true });
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        using HttpClient http = new() { BaseAddress = Server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.ReadOnlyToken);
        using JsonDocument found = JsonDocument.Parse(await http.GetStringAsync("/api/v1/samples?kind=transaction&limit=2"));
        string[][] expected = [.. found.RootElement.GetProperty("samples").EnumerateArray().Select(sample => (string[])
        [
            Time(sample), Text(sample, "service"), sample.GetProperty("elapsed").GetDouble().ToString("#,##0.###", CultureInfo.InvariantCulture),
            Text(sample, "status"), sample.TryGetProperty("error", out _) ? "yes" : "", Text(sample, "error_class"), Text(sample, "oname"),
            Text(sample, "txid"),
        ])];
        string[][] shown = [.. (await page.Locator("tbody tr").AllAsync()).Select(row => row.Locator("th, td").AllInnerTextsAsync().Result.ToArray())];
        Assert.That(shown, Is.EqualTo(expected));
        Assert.That(shown[0][1], Is.EqualTo(Hostile));
        Assert.That(await page.EvaluateAsync<bool>("'hacked' in window"), Is.False);
        Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"), Is.LessThanOrEqualTo(0));
        await page.ClickAsync($"tbody a:has-text('{id}')");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync($"Transaction {id}/1?");
        await Assertions.Expect(page.Locator("tbody td:nth-child(2)")).ToHaveTextAsync(["transaction"]);
        Assert.That(Browser.Faults, Is.Empty);
    }

    [Test]
    public async Task Kind_filter_and_condition_stand_in_the_address_and_choose_what_appears()
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken);
        await OpenLiveAsync(page, "live");
        foreach ((string field, string comparison, string value) in new[] { ("service", "~:", "CART"), ("elapsed", ">:", "10") })
        {
            await page.SelectOptionAsync("[aria-label=Field]", field);
            await page.SelectOptionAsync("[aria-label=Comparison]", comparison);
            await page.FillAsync("[aria-label=Value]", value);
            await page.ClickAsync("[aria-label='Add condition']");
            await Assertions.Expect(page.Locator($".chosen:has-text('{field}{comparison}{value}')")).ToBeVisibleAsync();
        }

        Assert.That(new Uri(page.Url).Query, Does.Contain("where=service~").And.Contain("where=elapsed"));
        await Assertions.Expect(page.Locator("[role=status]")).ToHaveTextAsync(Following);
        foreach ((string service, int elapsed) in new[] { ("/cart", 9), ("/cart/1", 11), ("/other", 12), ("/my-cart", 13) })
        {
            await PushAsync(Server, TestProjects.First, new { service, elapsed });
        }

        await Assertions.Expect(page.Locator("tbody td:nth-child(2)")).ToHaveTextAsync(["/my-cart", "/cart/1"]);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".chosen")).ToHaveCountAsync(2);
        await page.ClickAsync("a:text-is('event')");
        await Assertions.Expect(page.Locator(".live h2")).ToHaveTextAsync("Newest samples of kind event");
        await Assertions.Expect(page.Locator(".chosen")).ToHaveCountAsync(0);
        await page.GotoAsync("/live?kind=event&where=nothing:1");
        await Assertions.Expect(page.Locator(".live [role=alert]")).ToContainTextAsync("There is no field \"nothing\" of event");
        lock (Browser.Faults)
        {
            Browser.Faults.RemoveAll(fault => fault.Contains("nothing%3A1", StringComparison.Ordinal) || fault.Contains("400", StringComparison.Ordinal));
            Assert.That(Browser.Faults, Is.Empty);
        }
    }

    [Test]
    public async Task Paused_it_holds_still_and_goes_on_with_what_came_meanwhile_of_which_two_hundred_are_kept()
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.TokenOf(TestProjects.Second));
        await OpenLiveAsync(page, "live");
        await page.ClickAsync("button:has-text('Pause')");
        await PushAsync(Server, TestProjects.Second, [.. Enumerable.Range(0, 250).Select(i => new { service = $"/{i}", elapsed = i })]);
        await Assertions.Expect(page.Locator("[role=status]")).ToHaveTextAsync("Paused. 250 newer samples.");
        Assert.That(await page.Locator("tbody tr").CountAsync(), Is.Zero);
        await page.ClickAsync("button:has-text('Go on')");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(200);
        await Assertions.Expect(page.Locator("tbody td:nth-child(2)").First).ToHaveTextAsync("/249");
        await Assertions.Expect(page.Locator("[role=status]")).ToHaveTextAsync("The newest on top; 200 are kept.");
    }

    [Test]
    public async Task A_hidden_tab_asks_for_nothing_and_one_that_is_seen_again_says_what_it_missed()
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken);

        // Pages of other tests look at the kind alone; this one has a stream of its own.
        await OpenLiveAsync(page, "live?where=service~:/hidden");
        await PushAsync(Server, TestProjects.First, new { service = "/hidden/a", elapsed = 1 });
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        double open = await OpenStreamsAsync();
        await HideAsync(page, true);
        await Eventually.IsTrueAsync(async () => await OpenStreamsAsync() == open - 1);
        await PushAsync(Server, TestProjects.First, new { service = "/hidden/b", elapsed = 1 });
        await HideAsync(page, false);
        await Assertions.Expect(page.Locator("[role=status]")).ToHaveTextAsync("The newest on top; 200 are kept.");
        await Assertions.Expect(page.Locator(".live > .state").Nth(1)).ToHaveTextAsync("Some samples were missed while the stream was not open.");
        await PushAsync(Server, TestProjects.First, new { service = "/hidden/c", elapsed = 1 });
        await Assertions.Expect(page.Locator("tbody td:nth-child(2)")).ToHaveTextAsync(["/hidden/c", "/hidden/a"]);
        Assert.That(await OpenStreamsAsync(), Is.EqualTo(open));
        await page.ClickAsync("nav a:has-text('Agents')");
        await Eventually.IsTrueAsync(async () => await OpenStreamsAsync() == open - 1);
    }

    [Test]
    public async Task A_lost_connection_is_told_and_comes_back_by_itself()
    {
        using PageServer server = await PageServer.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        IPage page = await browser.SignInAsync(server.Address, TestProjects.ReadOnlyToken);
        await OpenLiveAsync(page, "live");
        server.Process.Kill();
        await Assertions.Expect(page.Locator(".live [role=alert]")).ToHaveTextAsync("The connection was lost; it is tried again.");
        await server.RestartAsync(samePort: true);
        await Assertions.Expect(page.Locator("[role=status]")).ToHaveTextAsync(Following, new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator(".live [role=alert]")).ToBeEmptyAsync();

        // The page itself is loaded once more when it can, and then follows what comes from there on.
        await Eventually.IsTrueAsync(async () =>
        {
            await PushAsync(server, TestProjects.First, new { service = "/again", elapsed = 1 });
            return await page.Locator("tbody td:text-is('/again')").CountAsync() > 0;
        });
    }

    private static string Time(JsonElement sample) => TimeZoneInfo.ConvertTime(
        DateTimeOffset.FromUnixTimeMilliseconds(sample.GetProperty("time").GetInt64()), TimeZoneInfo.FindSystemTimeZoneById("America/St_Johns"))
        .ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static string Text(JsonElement sample, string field) => sample.TryGetProperty(field, out JsonElement value) ? value.ToString() : "";

    private static async Task OpenLiveAsync(IPage page, string view)
    {
        await page.GotoAsync("/" + view);
        await Assertions.Expect(page.Locator("[role=status]")).ToHaveTextAsync(Following);
    }

    private static Task HideAsync(IPage page, bool isHidden) => page.EvaluateAsync(
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
            + "document.dispatchEvent(new Event('visibilitychange')); }",
        isHidden);

    private async Task<double> OpenStreamsAsync() =>
        MetricsText.Sum(await Server.Process.Client.GetAsync("/metrics"), "timeseries_query_streams_open");

    private static async Task PushAsync(PageServer server, long pcode, params object[] transactions)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        string body = JsonSerializer.Serialize(new
        {
            agent = new { oname = "shop-1" },
            transaction = transactions.Select((transaction, i) =>
                JsonSerializer.SerializeToNode(transaction)!.AsObject().Append(new("time", now - transactions.Length + i)).ToDictionary()),
        });
        using HttpClient http = new() { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(pcode));
        using HttpResponseMessage response = await http.PostAsync(
            "/ingest/v1/batch", new StringContent(body, new MediaTypeHeaderValue("application/json")));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("\"rejected\":0"));
    }
}
