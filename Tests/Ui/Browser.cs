using Microsoft.Playwright;
using NUnit.Framework;

namespace TimeSeries.Tests.Ui;

/// <summary>A real browser. It notes what goes wrong in its pages: errors on their consoles, responses that are errors, and requests to other hosts.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>What went wrong, a line each.</summary>
    public List<string> Faults { get; } = [];

    public static async Task<Browser> StartAsync()
    {
        string? path = Array.Find(["/usr/bin/chromium", "/usr/bin/chromium-browser"], File.Exists);
        Assert.That(path, Is.Not.Null, "The page is tested in Chromium: apt-get install chromium");
        IPlaywright playwright = await Playwright.CreateAsync();
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic"],
        }));
    }

    /// <summary>Closes all pages: live ones go on for as long as they are open.</summary>
    public Task CloseAsync() => Task.WhenAll(_browser.Contexts.Select(context => context.CloseAsync()));

    /// <summary>Opens a page that is not signed in.</summary>
    public async Task<IPage> OpenAsync(Uri server, int width = 1_440, ColorScheme colors = ColorScheme.Light, string zone = "Asia/Seoul")
    {
        IBrowserContext context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = colors,
            TimezoneId = zone,
            BaseURL = server.ToString(),
        });
        return await context.NewPageAsync();
    }

    /// <summary>Opens a page that is signed in with a token.</summary>
    public async Task<IPage> SignInAsync(
        Uri server, string token, int width = 1_440, ColorScheme colors = ColorScheme.Light, string zone = "Asia/Seoul")
    {
        IPage page = await OpenAsync(server, width, colors, zone);

        // No live view, which would never be at rest.
        await page.GotoAsync("/login?returnUrl=%2F%3Frange%3D1d");
        await page.FillAsync("#token", token);
        await page.ClickAsync("button[type=submit]");
        await page.WaitForSelectorAsync("h1:has-text('Overview')");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"{page.Url}: {message.Text}");
        page.PageError += (_, error) => Note(true, $"{page.Url}: {error}");
        page.Response += (_, response) => Note(response.Status >= 400, $"{response.Status} {response.Url}");
        page.Request += (_, request) => Note(
            !request.Url.StartsWith(server.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal), request.Url);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private void Note(bool isFault, string text)
    {
        if (isFault)
        {
            lock (Faults)
            {
                Faults.Add(text);
            }
        }
    }
}
