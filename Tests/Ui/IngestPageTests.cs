using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Ui;

/// <summary>The view of what became of pushes, in a real browser: its numbers are those of <c>/metrics</c>.</summary>
public sealed class IngestPageTests : PageFixture
{
    private const string Hostile = "<script>window.hacked=1</script>";
    private const string OfTheOther = "only-the-second-project-knows";

    protected override async Task PrepareAsync()
    {
        string first = TestProjects.TokenOf(TestProjects.First);
        await PushAsync("/ingest/v1/batch", Batch("1", $"\"{Hostile}\"", "true", "\"x\""), first);
        await PushAsync("/write", $"transaction,oname=a service=\"/x\",elapsed=12.5 {Now()}000000\ntransaction service=\ncpu load=1\n", first);
        string spans = Spans();
        await PushAsync("/v1/traces", spans, first);
        await PushAsync("/v1/traces", spans, first);
        await PushAsync("/ingest/v1/batch", Batch("1", $"\"{OfTheOther}\""), TestProjects.TokenOf(TestProjects.Second));
    }

    [Test]
    public async Task Numbers_are_those_of_the_metrics_and_add_up()
    {
        IPage page = await OpenAsync(TestProjects.ReadOnlyToken);
        string metrics = await Server.Process.Client.GetAsync("/metrics");
        string[][] kinds = await RowsAsync(page, "Samples", "tbody tr");
        Assert.That(kinds.Select(row => row[0]), Is.EqualTo(new[] { "transaction", "sql", "httpc", "exception", "thread", "alert", "event" }));
        foreach (string[] row in kinds)
        {
            Assert.That(row[1..6].Select(Number), Is.EqualTo(Fates(metrics, $"kind=\"{row[0]}\"", $"pcode=\"{TestProjects.First}\"")), row[0]);
        }

        // 4 in JSON, one line, a span twice; three elapsed are no numbers.
        string[] all = (await RowsAsync(page, "Samples", "tfoot tr")).Single();
        Assert.That(all[1..6], Is.EqualTo(new[] { "7", "3", "3", "1", "0" }));
        await Assertions.Expect(Panel(page, "Samples").Locator(".sum"))
            .ToHaveTextAsync("7 received = 3 stored + 3 rejected + 1 duplicate + 0 in flight (samples)");
        Assert.That(await page.Locator(".fault").CountAsync(), Is.Zero);

        foreach (string[] row in await RowsAsync(page, "By protocol", "tbody tr"))
        {
            Assert.That(Number(row[2]), Is.EqualTo(MetricsText.Sum(
                metrics, "timeseries_ingest_protocol_samples_total", $"protocol=\"{row[0]}\"", $"kind=\"{row[1]}\"", $"pcode=\"{TestProjects.First}\"")));
        }

        Assert.That((await RowsAsync(page, "By protocol", "tbody tr")).Select(row => $"{row[0]} {row[2]}"),
            Is.EqualTo(new[] { "lines 1", "native 4", "otlp 2" }));
        string[] spans = (await RowsAsync(page, "OpenTelemetry", "tbody tr"))[0];
        Assert.That(spans[..7], Is.EqualTo(new[] { "traces", "6", "1", "2", "1", "2", "0" }));
        Assert.That(MetricsText.Sum(metrics, "timeseries_otlp_items_total", "signal=\"traces\"", "outcome=\"unmapped\""), Is.EqualTo(2));
        Assert.That((await RowsAsync(page, "OpenTelemetry and lines that are no sample", "tbody tr")).Select(row => string.Join(' ', row[..3])),
            Is.EqualTo(new[] { "traces internal 2", "line measurement 1" }));
        Assert.That(Browser.Faults, Is.Empty);
    }

    [Test]
    public async Task A_reason_has_an_example_that_is_text_and_of_no_other_project()
    {
        IPage page = await OpenAsync(TestProjects.ReadOnlyToken);
        string[][] rows = await RowsAsync(page, "Rejected", "tbody tr");
        Assert.That(rows[0][..3], Is.EqualTo(new[] { "transaction", "wrong_type", "3" }));
        Assert.That(rows[1][0], Does.StartWith("transaction[1].elapsed must be ").And.Contain($"; found \"{Hostile}\" "));
        Assert.That(rows[2][..3], Is.EqualTo(new[] { "traces", "trace_id", "2" }));
        Assert.That(rows[3][0], Does.StartWith("1 span rejected: 1 × invalid trace id; first: resourceSpans[0].scopeSpans[0].spans[2]"));
        Assert.That(rows[4][..3], Is.EqualTo(new[] { "line", "malformed", "1" }));
        Assert.That(rows[5][0], Does.StartWith("unable to parse 'transaction service=': missing field value"));
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Not.Contain(OfTheOther));
        Assert.That(await page.EvaluateAsync<bool>("'hacked' in window"), Is.False);

        IPage other = await OpenAsync(TestProjects.TokenOf(TestProjects.Second));
        Assert.That(await Panel(other, "Rejected").InnerTextAsync(), Does.Contain(OfTheOther));
    }

    [Test]
    public async Task A_token_that_may_only_read_sees_nothing_of_the_node()
    {
        IPage page = await OpenAsync(TestProjects.ReadOnlyToken, "?of=node");
        Assert.That((await RowsAsync(page, "Samples", "tfoot tr")).Single()[1], Is.EqualTo("7"));
        await Assertions.Expect(Panel(page, "Node").Locator(".state")).ToHaveTextAsync("Queue, WAL, store and disk are shown to tokens of scope admin.");
        Assert.That(await page.Locator("main a:has-text('All projects')").CountAsync(), Is.Zero);
    }

    [Test]
    public async Task An_admin_sees_the_node_and_all_projects_but_no_example_of_theirs()
    {
        IPage page = await OpenAsync(TestProjects.TokenOf(TestProjects.First));
        string node = await Panel(page, "Node").InnerTextAsync();
        string metrics = await Server.Process.Client.GetAsync("/metrics");
        Assert.That(node, Does.Contain("0 B of 208 MiB, 0 batches under way").And.Contain("can be written")
            .And.Contain("embedded").And.Contain("takes samples"));
        Assert.That(node, Does.Match(@"[\d.]+ (MiB|GiB|TiB) left"));
        double wal = MetricsText.Sum(metrics, "timeseries_log_bytes");
        Assert.That(node, Does.Contain(string.Create(
            CultureInfo.InvariantCulture, $"{(wal < 1_024 ? $"{wal} B" : $"{wal / 1_024:0.#} KiB")} of 8 GiB, oldest record ")));

        await page.ClickAsync("main a:has-text('All projects')");
        await Assertions.Expect(Panel(page, "Samples").Locator("tfoot td").First).ToHaveTextAsync("9");
        Assert.That(Fates(metrics, "kind=")[0], Is.EqualTo(9));
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Not.Contain(OfTheOther));
    }

    [Test]
    public async Task The_view_follows_by_itself()
    {
        using PageServer server = await PageServer.StartAsync();
        IPage page = await OpenAsync(TestProjects.ReadOnlyToken, server: server);
        await Assertions.Expect(Panel(page, "Samples").Locator("tfoot td").First).ToHaveTextAsync("0");
        await PushAsync("/ingest/v1/batch", Batch("1", "2"), TestProjects.TokenOf(TestProjects.First), server);
        await Assertions.Expect(Panel(page, "Samples").Locator("tfoot td").First).ToHaveTextAsync("2");
        await Assertions.Expect(Panel(page, "Samples").Locator("tfoot td").Last).ToHaveTextAsync(new Regex(@"^\d+\.\d$"));
        await page.Context.CloseAsync();
    }

    [Test]
    public async Task Rollups_are_listed_by_how_many_groups_they_make()
    {
        IPage page = await OpenAsync(TestProjects.ReadOnlyToken);
        string[][] rows = await RowsAsync(page, "Largest rollups of this project in this range", "tbody tr");

        // /ok, /x and job.
        Assert.That(rows[0], Is.EqualTo(new[] { "transaction", "service", "3" }));
    }

    [TestCase(1_440, ColorScheme.Light)]
    [TestCase(375, ColorScheme.Dark)]
    public async Task The_view_fits_its_window_without_an_error(int width, ColorScheme colors)
    {
        IPage page = await OpenAsync(TestProjects.TokenOf(TestProjects.First), width: width, colors: colors);
        await Assertions.Expect(page.Locator("nav [aria-current]")).ToHaveTextAsync(["Ingest"]);
        Assert.That(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), Is.False);
        Assert.That(Browser.Faults, Is.Empty);
    }

    [Test]
    public async Task A_Query_alone_says_where_to_look()
    {
        using TemporaryFolder folder = new();
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            new RowReader([]), TimeProvider.System, "--Ui:Enabled=true", $"--Ui:Directory={folder["ui"]}");
        IPage page = await Browser.SignInAsync(host.Address, QueryTestHost.Token);
        await page.GotoAsync("/ingest");
        await Assertions.Expect(Panel(page, "Samples").Locator(".state")).ToContainTextAsync("/metrics");
        await page.Context.CloseAsync();
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    // A transaction with each elapsed.
    private static string Batch(params string[] elapsed) =>
        $"{{\"agent\":{{\"oid\":1,\"oname\":\"a\"}},\"transaction\":[{string.Join(',', elapsed.Select(
            value => $"{{\"time\":{Now()},\"service\":\"/ok\",\"elapsed\":{value}}}"))}]}}";

    // One that becomes a transaction, one that becomes nothing, and one that is wrong.
    private static string Spans()
    {
        string times = string.Create(CultureInfo.InvariantCulture, $"\"startTimeUnixNano\":\"{Now() - 5}000000\",\"endTimeUnixNano\":\"{Now()}000000\"");
        return $$$"""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[
            {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"a1a2a3a4a5a6a7a8","name":"job","kind":2,{{{times}}}},
            {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"a1a2a3a4a5a6a7a9","parentSpanId":"a1a2a3a4a5a6a7a8","name":"inner","kind":1,{{{times}}}},
            {"traceId":"00000000000000000000000000000000","spanId":"a1a2a3a4a5a6a7aa","name":"wrong","kind":2,{{{times}}}}]}]}]}
            """;
    }

    private static double[] Fates(string metrics, params string[] labels) =>
    [
        .. new[] { "received_total", "stored_total", "rejected_total", "duplicate_total", "in_flight" }
            .Select(fate => MetricsText.Sum(metrics, $"timeseries_ingest_samples_{fate}", labels)),
    ];

    private static double Number(string text) => double.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);

    private static ILocator Panel(IPage page, string title) =>
        page.Locator(".panel").Filter(new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = title, Exact = true }) });

    private static async Task<string[][]> RowsAsync(IPage page, string title, string rows) =>
    [
        .. await Task.WhenAll((await Panel(page, title).Locator(rows).AllAsync())
            .Select(async row => (await row.Locator("th, td").AllInnerTextsAsync()).ToArray())),
    ];

    private async Task<IPage> OpenAsync(
        string token, string query = "", int width = 1_440, ColorScheme colors = ColorScheme.Light, PageServer? server = null)
    {
        IPage page = await Browser.SignInAsync((server ?? Server).Address, token, width, colors);
        await page.GotoAsync("/ingest" + query);
        await Assertions.Expect(Panel(page, "Samples")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".state:has-text('Loading')")).ToHaveCountAsync(0);
        return page;
    }

    private async Task PushAsync(string path, string body, string token, PageServer? server = null)
    {
        using HttpClient http = new() { BaseAddress = (server ?? Server).Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(path == "/write" ? "Token" : "Bearer", token);
        using HttpResponseMessage response = await http.PostAsync(
            path, new StringContent(body, new MediaTypeHeaderValue(path == "/write" ? "text/plain" : "application/json")));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Not.Contain("No sample of the batch"));
    }
}
