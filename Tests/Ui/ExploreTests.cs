using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui;

/// <summary>The view that builds queries, in a real browser, over samples that are known.</summary>
public sealed class ExploreTests : PageFixture
{
    private const int Services = 12;
    private const string Hostile = "it's \"$(id)\" & 100% [a] {b} <script>window.hacked=1</script> 한글";

    // Signing in takes longer than looking.
    private IPage _page = null!;

    protected override async Task PrepareAsync()
    {
        await PushAsync();
        _page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken);
    }

    [Test]
    public async Task A_query_is_built_by_clicking_and_the_address_leads_back_to_it()
    {
        IPage page = await OpenAsync("");
        await page.SelectOptionAsync("label:has-text('Kind') select", "sql");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("kind=sql$"));
        await AddAsync(page, "Measures", "avg(elapsed)", "measures=count,avg\\(elapsed\\)");
        await AddAsync(page, "By", "db", "by=db");
        await page.SelectOptionAsync("[aria-label=Field]", "elapsed");
        await page.SelectOptionAsync("[aria-label=Comparison]", ">:");
        await page.FillAsync("[aria-label=Value]", "20");
        await page.PressAsync("[aria-label=Value]", "Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("where=elapsed%3E(:|%3A)20"));
        await page.SelectOptionAsync("label:has-text('Windows') select", "none");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("window=none"));
        await AddAsync(page, "Order", "-avg(elapsed)", "order=-avg\\(elapsed\\)");
        await page.FillAsync("input[type=number]", "2");
        await page.PressAsync("input[type=number]", "Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("limit=2"));

        // Of the statements that take 10, 20, ... 60 ms, those of more than 20, by three databases in turn: 30 and 60, 40, 50.
        string[][] expected = [["db2", "1", "50"], ["db0", "2", "45"]];
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        Assert.That(await RowsAsync(page), Is.EqualTo(expected));
        Assert.That(await ApiRowsAsync("kind=sql&measures=count,avg(elapsed)&by=db&where=elapsed%3E:20&order=-avg(elapsed)&limit=2"), Is.EqualTo(expected));
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Contain("the limit cut 1 more"));
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        Assert.That(await RowsAsync(page), Is.EqualTo(expected));

        await page.ClickAsync("[aria-label='Remove where elapsed>:20']");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("^((?!where).)*$"));
        await Assertions.Expect(page.Locator("tbody tr").First).ToContainTextAsync("45");
        Assert.That(Browser.Faults, Is.Empty);
    }

    [Test]
    public async Task The_command_gives_the_rows_of_the_view_in_a_shell()
    {
        IPage page = await OpenAsync($"?by=service&measures=count&window=none&where={Uri.EscapeDataString($"service:{Hostile}")}");
        string[][] expected = [[Hostile, "3"]];
        Assert.That(await RowsAsync(page), Is.EqualTo(expected));
        string command = await page.GetByLabel("Command", new() { Exact = true }).InputValueAsync();
        Assert.That(command, Does.Contain("$TOKEN").And.Not.Contain(TestProjects.ReadOnlyToken));
        using JsonDocument response = JsonDocument.Parse(await RunAsync(command));
        Assert.That(Rows(response), Is.EqualTo(expected));

        string path = await page.GetByLabel("Path", new() { Exact = true }).InputValueAsync();
        string url = await page.GetByLabel("URL", new() { Exact = true }).InputValueAsync();
        Assert.That(path, Does.StartWith("/api/v1/aggregate?kind=transaction&from=-1h&to=now&"));
        Assert.That(url, Is.EqualTo(Server.Address.GetLeftPart(UriPartial.Authority) + path));
        Assert.That(await page.EvaluateAsync<bool>("'hacked' in window"), Is.False);

        await page.ClickAsync("text=Fixed times");
        await Assertions.Expect(page.GetByLabel("Path", new() { Exact = true })).ToHaveValueAsync(new Regex(@"&from=\d{13}&to=\d{13}&"));
        using JsonDocument fixedResponse = JsonDocument.Parse(await RunAsync(await page.GetByLabel("Command", new() { Exact = true }).InputValueAsync()));
        Assert.That(Rows(fixedResponse), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_text_is_copied_by_the_keyboard()
    {
        IPage page = await OpenAsync("?kind=thread");
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.FocusAsync("[aria-label='Copy Path']");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".copy [role=status]").First).ToHaveTextAsync("copied");
        Assert.That(
            await page.EvaluateAsync<string>("navigator.clipboard.readText()"),
            Is.EqualTo("/api/v1/aggregate?kind=thread&from=-1h&to=now&window=15s&measures=count"));
    }

    [TestCase("kind=sql&where=elapsed%3E:abc", "where needs a number for \"elapsed\", found \"abc\".")]
    [TestCase("kind=sql&where=nothing:1", "There is no field \"nothing\" of sql;")]
    [TestCase("kind=nothing", "There is no kind \"nothing\";")]
    [TestCase("window=7s", "window must be whole seconds that divide a day")]
    [TestCase("limit=-1", "limit must be a whole number")]
    [TestCase("order=nothing", "There is no column \"nothing\" to order by;")]
    public async Task What_is_wrong_is_said_by_the_API_s_own_sentence(string query, string sentence)
    {
        IPage page = await OpenAsync("?" + query);
        string shown = await page.Locator(".panel .fault:not(.lost)").InnerTextAsync();
        Assert.That(shown, Does.StartWith(sentence));
        using HttpClient http = Http();
        string path = await page.GetByLabel("Path", new() { Exact = true }).InputValueAsync();
        using HttpResponseMessage response = await http.GetAsync(path);
        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.That(shown, Is.EqualTo(problem.RootElement.GetProperty("detail").GetString()));
        Assert.That(await page.Locator("table").CountAsync(), Is.Zero);
    }

    [Test]
    public async Task Charts_that_go_before_they_are_drawn_break_nothing()
    {
        IPage page = await OpenAsync("");
        await page.EvaluateAsync(
            """
            async () => {
              for (let i = 0; i < 40; i++) {
                Blazor.navigateTo(i % 2 ? 'explore?measures=count,rate,nothing' : 'explore?measures=count,rate,error_rate');
                await new Promise(done => setTimeout(done, 5 * (i % 8)));
              }
            }
            """);
        await Assertions.Expect(page.Locator(".panel .fault:not(.lost)")).ToContainTextAsync("There is no measure \"nothing\"");
        await page.EvaluateAsync("Blazor.navigateTo('explore?measures=count')");
        await Assertions.Expect(page.Locator("canvas")).ToHaveCountAsync(1);
        Assert.That(Browser.Faults.Where(
            fault => !fault.StartsWith("400 ", StringComparison.Ordinal) && !fault.Contains("status of 400", StringComparison.Ordinal)), Is.Empty);
    }

    [TestCase("")]
    [TestCase("&window=none")]
    public async Task Of_many_groups_the_greatest_are_drawn_and_it_says_so(string window)
    {
        IPage page = await OpenAsync($"?by=service{window}&where=service~:/s0&where=service~:/s1");
        await Assertions.Expect(page.Locator("figure .note")).ToHaveTextAsync($"The 10 of {Services} groups with the greatest values.");
        Assert.That(await page.Locator("canvas").CountAsync(), Is.EqualTo(1));
        Assert.That(Browser.Faults, Is.Empty);
    }

    [Test]
    public async Task Rows_come_in_pages()
    {
        IPage page = await OpenAsync("?kind=thread&by=oname&window=1s");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(100);
        await page.ClickAsync("main a:has-text('Next')");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(20);
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Contain("Rows 101–120 of 120"));
    }

    [Test]
    public async Task A_live_range_shows_new_samples_by_itself()
    {
        IPage page = await OpenAsync("?kind=alert&range=5m&window=none");
        await Assertions.Expect(page.Locator(".panel .state:has-text('No samples in this range')")).ToHaveCountAsync(1);
        await PushAsync(new { alert = new[] { new { time = Now(), severity = "Info", source = "s", title = "t" } } });
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
    }

    [TestCase(1_440, ColorScheme.Light)]
    [TestCase(375, ColorScheme.Dark)]
    public async Task The_view_fits_its_window_without_an_error(int width, ColorScheme colors)
    {
        foreach (string token in (string[])[TestProjects.ReadOnlyToken, TestProjects.TokenOf(TestProjects.Second)])
        {
            IPage page = await OpenAsync("?by=service,oname,status&measures=count,rate,p95(elapsed)&order=-count&where=oname!:none", token, width, colors);
            Assert.That(await page.Locator(".fault:not(:empty)").AllInnerTextsAsync(), Is.Empty);
            Assert.That(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), Is.False);
            Assert.That(await page.Locator("tbody tr").CountAsync(), token == TestProjects.ReadOnlyToken ? Is.Positive : Is.Zero);
            await Assertions.Expect(page.Locator(".panel .state:has-text('No samples in this range')"))
                .ToHaveCountAsync(token == TestProjects.ReadOnlyToken ? 0 : 4);
        }

        Assert.That(Browser.Faults, Is.Empty);
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    // Chooses and adds in one go, as a hand that is faster than the server's next rendering does.
    private static async Task AddAsync(IPage page, string what, string name, string address)
    {
        await Assertions.Expect(page.Locator($"[aria-label='{what} to add'] option[value='{name}']")).ToHaveCountAsync(1);
        await page.EvaluateAsync(
            """
            ([what, name]) => {
                const list = document.querySelector(`[aria-label='${what} to add']`);
                list.value = name;
                list.dispatchEvent(new Event("change", { bubbles: true }));
                document.querySelector(`[aria-label='Add to ${what}']`).click();
            }
            """,
            new[] { what, name });
        await Assertions.Expect(page).ToHaveURLAsync(new Regex(address));
    }

    private static async Task<string[][]> RowsAsync(IPage page) =>
        [.. await Task.WhenAll((await page.Locator("tbody tr").AllAsync()).Select(async row => (await row.Locator("td").AllInnerTextsAsync()).ToArray()))];

    private static string[][] Rows(JsonDocument response) =>
        [.. response.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray().Select(cell => cell.ToString()).ToArray())];

    private static async Task<string> RunAsync(string command)
    {
        ProcessStartInfo start = new("bash", ["-c", command]) { RedirectStandardOutput = true };
        start.Environment["TOKEN"] = TestProjects.ReadOnlyToken;
        using var process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero);
        return output;
    }

    private async Task<IPage> OpenAsync(
        string query, string? token = null, int width = 1_440, ColorScheme colors = ColorScheme.Light)
    {
        IPage page = token is null ? _page : await Browser.SignInAsync(Server.Address, token, width, colors);
        await page.GotoAsync("/explore" + query);
        await Assertions.Expect(page.Locator("h1:has-text('Explore')")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".state:has-text('Loading')")).ToHaveCountAsync(0);
        return page;
    }

    private HttpClient Http(string token = TestProjects.ReadOnlyToken)
    {
        HttpClient http = new() { BaseAddress = Server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private async Task<string[][]> ApiRowsAsync(string query)
    {
        using HttpClient http = Http();
        using JsonDocument response = JsonDocument.Parse(await http.GetStringAsync("/api/v1/aggregate?" + query));
        return Rows(response);
    }

    private async Task PushAsync()
    {
        long newest = Now() - 60_000;
        await PushAsync(new
        {
            agent = new { oid = 7, oname = "shop-1" },
            transaction = (object[])
            [
                .. Enumerable.Range(0, Services).Select(i => new { time = newest - (i * 5_000), service = $"/s{i:00}", elapsed = 10 * (i + 1), status = 200 }),
                .. Enumerable.Range(0, 3).Select(i => new { time = newest - i, service = Hostile, elapsed = 5 }),
            ],
            sql = Enumerable.Range(0, 6).Select(i => new { time = newest - i, sql = "SELECT 1", db = $"db{(i + 1) % 3}", elapsed = 10 * (i + 1) }),
            thread = Enumerable.Range(0, 120).Select(i => new { time = newest - (i * 1_000), count = i }),
        });
    }

    private async Task PushAsync(object batch)
    {
        using HttpClient http = Http(TestProjects.TokenOf(TestProjects.First));
        using HttpResponseMessage response = await http.PostAsync(
            "/ingest/v1/batch", new StringContent(JsonSerializer.Serialize(batch), new MediaTypeHeaderValue("application/json")));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("\"rejected\":0"));
    }
}
