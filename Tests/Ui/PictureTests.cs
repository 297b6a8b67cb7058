using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui;

/// <summary>
/// The pictures of docs/page.md. With PICTURES=1 in the environment they are made again, over the recorded telemetry; without, they must be there and small.
/// </summary>
public sealed class PictureTests
{
    private const string Range = "from=1674981600000&to=1674988200000&zone=UTC";
    private const string Transaction = "tx/bcd4064c451dd13a";
    private const int LiveRows = 40;
    private const long MostBytes = 150_000;
    private const long MostBytesOfAll = 2_000_000;

    private static readonly string _folder = RepositoryFolder.Combine("docs", "images");

    private static readonly (string View, string Name)[] _views =
    [
        ("", "overview"), ("map", "map"), (Transaction, "transaction"), ("transactions", "transactions"), ("sql", "sql"), ("httpc", "httpc"),
        ("exceptions", "exceptions"), ("remote", "remote"), ("alerts", "alerts"), ("agents", "agents"),
        ("explore?by=service&measures=count,p95(elapsed)&where=service~:/api/v1/t", "explore"),
        ("rules?rule=slow-travel", "rules"), ("live", "live"), ("ingest", "ingest"),
    ];

    private static readonly (int Width, int Height, ColorScheme Colors)[] _forms = [(1_440, 560, ColorScheme.Light), (375, 800, ColorScheme.Dark)];

    [Test]
    public async Task Every_view_has_pictures_wide_and_narrow_light_and_dark()
    {
        if (Environment.GetEnvironmentVariable("PICTURES") == "1")
        {
            await MakeAsync();
        }

        FileInfo[] files = [.. from view in _views from form in _forms select new FileInfo(FileOf(view.Name, form.Width, form.Colors))];
        string document = await File.ReadAllTextAsync(RepositoryFolder.Combine("docs", "page.md"));
        Assert.Multiple(() =>
        {
            Assert.That(files.Where(file => !file.Exists), Is.Empty);
            Assert.That(files.Where(file => file.Exists && file.Length > MostBytes), Is.Empty);
            Assert.That(files.Where(file => file.Exists).Sum(file => file.Length), Is.LessThanOrEqualTo(MostBytesOfAll));
            Assert.That(files.Where(file => !document.Contains($"images/{file.Name}", StringComparison.Ordinal)), Is.Empty);
        });
    }

    private static async Task MakeAsync()
    {
        using PageServer server = await PageServer.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        await TicketShop.PushAsync(server);
        await server.Process.Client.SendJsonAsync(HttpMethod.Put, "/api/v1/rules/builtin/error-rate", null);
        await server.Process.Client.SendJsonAsync(HttpMethod.Put, "/api/v1/rules/slow-travel", """
            {"query":{"kind":"transaction","measure":"p95(elapsed)","by":["service"],"where":["service~:/travel"],"window":"10m","minCount":20},
            "condition":{"operator":">","threshold":750,"resolveThreshold":650},"for":"1m","severity":"Critical","title":"{service} is slow"}
            """);
        Directory.CreateDirectory(_folder);
        foreach ((int width, int height, ColorScheme colors) in _forms)
        {
            IPage page = await browser.SignInAsync(server.Address, TestProjects.ReadOnlyToken, width, colors);
            await page.SetViewportSizeAsync(width, height);
            foreach ((string view, string name) in _views)
            {
                await page.GotoAsync($"/{view}{(view.Contains('?') ? '&' : '?')}{(name == "live" ? "zone=UTC" : Range)}");
                await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
                await Assertions.Expect(page.Locator(".state:has-text('Loading')")).ToHaveCountAsync(0);
                if (name == "live")
                {
                    await TicketShop.PushNowAsync(server, LiveRows);
                    await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(LiveRows);
                }
                else
                {
                    await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
                }

                await page.ScreenshotAsync(new() { Path = FileOf(name, width, colors) });
            }
        }
    }

    private static string FileOf(string name, int width, ColorScheme colors) =>
        Path.Combine(_folder, $"{name}-{width}-{(colors == ColorScheme.Dark ? "dark" : "light")}.png");
}
