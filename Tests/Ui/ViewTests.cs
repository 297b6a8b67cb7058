using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui;

/// <summary>The views in a real browser, over samples that are known.</summary>
public sealed class ViewTests : PageFixture
{
    internal static readonly string[] Views =
    [
        "", "map", "transactions", "sql", "httpc", "exceptions", "remote", "alerts", "agents",
    ];

    protected override async Task PrepareAsync()
    {
        await ShopSamples.PushAsync(Server);
    }

    [TearDown]
    public Task CloseAsync() => Browser.CloseAsync();

    [TestCase(1_440, ColorScheme.Light, ColorScheme.Dark)]
    [TestCase(375, ColorScheme.Dark, ColorScheme.Light)]
    public async Task Every_view_is_whole_fits_asks_no_other_host_and_axe_finds_nothing_serious(int width, ColorScheme colors, ColorScheme others)
    {
        Axe axe = new();
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken, width, colors);
        foreach (string view in (string[])[.. Views, "tx/tx-slow", "transactions?of=/cart", "live", "explore?by=service", "ingest", "rules", "login"])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = colors });
            await OpenAsync(page, view);
            Assert.That(await page.Locator("main .fault:not(:empty)").AllInnerTextsAsync(), Is.Empty.Or.All.EqualTo("stopped"), view);
            bool isScrolled = await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth");
            Assert.That(isScrolled, Is.False, $"{view} is wider than the window");
            Assert.That(await axe.CheckAsync(page), Is.Empty);
            await page.EmulateMediaAsync(new() { ColorScheme = others });
            Assert.That(await axe.CheckAsync(page), Is.Empty);
        }

        Assert.That(Browser.Faults, Is.Empty);
    }

    [Test]
    public async Task Numbers_are_those_of_the_API()
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken);
        await OpenAsync(page, "transactions");
        using HttpClient http = new() { BaseAddress = Server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.ReadOnlyToken);
        using JsonDocument expected = JsonDocument.Parse(await http.GetStringAsync(
            "/api/v1/aggregate?kind=transaction&by=service&measures=count,avg(elapsed),min(elapsed),max(elapsed),sum(elapsed)&order=-count"));
        string[][] rows = [.. (await page.Locator("tbody tr").AllAsync()).Select(row => row.Locator("th, td.number").AllInnerTextsAsync().Result.ToArray())];
        string[][] api =
        [
            .. expected.RootElement.GetProperty("rows").EnumerateArray()
                .Select(row => row.EnumerateArray().Select(cell => cell.ToString()).ToArray()),
        ];
        Assert.That(rows, Has.Length.EqualTo(api.Length).And.Length.EqualTo(3));
        foreach ((string[] shown, string[] given) in rows.Zip(api))
        {
            Assert.That(shown[0], Is.EqualTo(given[0]));
            Assert.That(Number(shown[1]), Is.EqualTo(Number(given[1])));
            Assert.That(Number(shown[3]), Is.EqualTo(Number(given[2])).Within(0.0006m));
            Assert.That(Number(shown[4]), Is.EqualTo(Number(given[3])));
            Assert.That(Number(shown[6]), Is.EqualTo(Number(given[4])));
            Assert.That(Number(shown[7]), Is.EqualTo(Number(given[5])));
        }

        Assert.That(await page.Locator("tfoot td.number").First.InnerTextAsync(), Is.EqualTo("61"));
    }

    [Test]
    public async Task Rows_are_sorted_by_a_column_and_filtered_by_a_part_and_the_address_says_so()
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken);
        await OpenAsync(page, "transactions");
        await page.ClickAsync("thead a:has-text('Greatest')");
        await Assertions.Expect(page.Locator("tbody th").First).ToHaveTextAsync("/slow");
        Assert.That(page.Url, Does.EndWith("sort=-max"));
        await page.FillAsync("#search", "CART");
        await page.PressAsync("#search", "Enter");
        await Assertions.Expect(page.Locator("tbody th")).ToHaveTextAsync(["/cart"]);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("tbody th")).ToHaveTextAsync(["/cart"]);
    }

    [Test]
    public async Task A_region_of_the_hit_map_leads_to_its_transactions_and_one_of_them_to_its_calls()
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken);
        await OpenAsync(page, "map");
        await Assertions.Expect(page.Locator(".state").First).ToBeEmptyAsync();
        LocatorBoundingBoxResult box = (await page.Locator("canvas").First.BoundingBoxAsync())!;

        // All of the chart's inside, so every transaction.
        await page.Mouse.MoveAsync(box.X + 64, box.Y + 36);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2), new() { Steps = 4 });

        // The chart is live: what comes in the middle of a drag does not end it.
        await page.WaitForResponseAsync(response => response.Url.Contains("heatmap", StringComparison.Ordinal));
        await page.WaitForResponseAsync(response => response.Url.Contains("heatmap", StringComparison.Ordinal));
        await page.Mouse.MoveAsync(box.X + box.Width - 20, box.Y + box.Height - 32, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        await page.ClickAsync("td a:has-text('tx-slow')");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Transaction tx-slow");
        await Assertions.Expect(page.Locator("tbody td:nth-child(2)")).ToHaveTextAsync(["sql", "httpc, failed", "exception, failed", "transaction, failed"]);
        Assert.That(await page.Locator("tbody").InnerTextAsync(), Does.Contain("SELECT 1").And.Contain("pay.example").And.Contain("Boom: it broke"));
        Assert.That(Browser.Faults, Is.Empty);
    }

    [Test]
    public async Task A_row_leads_to_its_course_distribution_agents_and_samples()
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken);
        await OpenAsync(page, "transactions");
        await page.ClickAsync("tbody a:has-text('/slow')");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("/slow");
        await Assertions.Expect(page.Locator("figcaption")).ToHaveTextAsync(
            ["Samples a second", "Share of errors", "Latency, ms", "Distribution of elapsed, ms"]);
        await Assertions.Expect(page.Locator("td a:has-text('tx-slow')")).ToHaveCountAsync(1);
        Assert.That(await page.Locator("section:has(h2:text-is('Agents')) tbody").InnerTextAsync(), Does.Match("^shop-1\\s+1\\s+1\\s+4,321\\.125\\s"));
        await Assertions.Expect(page.Locator("canvas")).ToHaveCountAsync(4);
        Assert.That(Browser.Faults, Is.Empty);
    }

    [Test]
    public async Task Text_of_samples_is_never_markup()
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken);
        foreach (string view in (string[])["", "transactions", "map"])
        {
            await OpenAsync(page, view);
            Assert.That(await page.EvaluateAsync<bool>("'hacked' in window"), Is.False, view);
        }

        await OpenAsync(page, "transactions");
        Assert.That(await page.Locator("tbody th").AllInnerTextsAsync(), Has.Some.EqualTo(ShopSamples.Hostile));
        Assert.That(Browser.Faults, Is.Empty);
    }

    [Test]
    public async Task Without_samples_each_panel_says_so()
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.TokenOf(TestProjects.Second));
        foreach (string view in Views)
        {
            await OpenAsync(page, view);
            // What fires now is of no range.
            int panels = await page.Locator(".panel:not(:has(h2:text-is('Firing now')))").CountAsync();
            await Assertions.Expect(page.Locator(".panel .state:has-text('in this range')")).ToHaveCountAsync(panels);
            Assert.That(await page.Locator("table").CountAsync(), Is.Zero, view);
        }

        await OpenAsync(page, "tx/none");
        await Assertions.Expect(page.Locator(".panel .state")).ToHaveTextAsync("No sample has this id.");
    }

    [TestCase("Asia/Seoul", "Asia/Seoul")]
    [TestCase("America/St_Johns", "America/St_Johns")]
    public async Task Times_are_those_of_the_browser_s_zone(string zone, string named)
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken, zone: zone);
        await OpenAsync(page, "agents");
        string expected = TimeZoneInfo.ConvertTime(ShopSamples.Newest, TimeZoneInfo.FindSystemTimeZoneById(zone))
            .ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        Assert.That(await page.Locator("tbody").InnerTextAsync(), Does.Contain(expected));
        Assert.That(await page.Locator("thead").InnerTextAsync(), Does.Contain(named));
    }

    [Test]
    public async Task A_chart_over_a_change_of_clocks_shows_at_each_moment_what_they_show_then()
    {
        // 02:00 became 03:00 in St. John's.
        const long change = 1_772_947_800_000;
        const long hour = 3_600_000;
        await ShopSamples.PushAsync(Server.Address, [new { time = change - hour, service = "/clocks", elapsed = 1 }]);
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken, zone: "America/St_Johns");
        await OpenAsync(page, $"transactions?of=/clocks&from={change - (2 * hour)}&to={change + (2 * hour)}");
        string[] shown = await page.EvaluateAsync<string[]>(
            """
            moments => {
              const axes = [...document.querySelectorAll('.chart')].map(chart => echarts.getInstanceByDom(chart).getOption().xAxis[0]);
              const [line, map] = [axes[0], axes.find(axis => axis.type === 'category')];
              const begin = line.min - moments[0];
              return [...moments.map(moment => line.axisLabel.formatter(moment + begin)), ...moments.map(moment => map.axisLabel.formatter(moment))];
            }
            """,
            new[] { change - (2 * hour), change - (hour / 2), change + (hour / 2) });
        Assert.That(shown, Is.EqualTo((string[])["03-08 00:00", "03-08 01:30", "03-08 03:30", "03-08 00:00", "03-08 01:30", "03-08 03:30"]));
    }

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Number | NumberStyles.AllowExponent, CultureInfo.InvariantCulture);
}
