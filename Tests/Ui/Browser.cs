using System.Collections.Concurrent;
using System.Net;
using Microsoft.Playwright;
using Cookie = Microsoft.Playwright.Cookie;

namespace TimeSeries.Tests.Ui;

/// <summary>
/// Pages of a real browser. It notes what goes wrong in them: errors on their consoles, responses that are errors, and requests to other hosts.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IBrowser _browser;
    private readonly ConcurrentBag<IBrowserContext> _contexts = [];
    private readonly ConcurrentDictionary<(Uri Server, string Token), Cookie[]> _sessions = new();

    private Browser(IBrowser browser) => _browser = browser;

    /// <summary>What went wrong, a line each.</summary>
    public List<string> Faults { get; } = [];

    public static async Task<Browser> StartAsync() => new(await Chromium.GetAsync());

    /// <summary>Closes all pages: live ones go on for as long as they are open.</summary>
    public async Task CloseAsync()
    {
        while (_contexts.TryTake(out IBrowserContext? context))
        {
            await context.CloseAsync();
        }
    }

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
        _contexts.Add(context);
        return await context.NewPageAsync();
    }

    /// <summary>Opens an empty page of a context that is signed in with a token, by the form and once for each token: tests of the sign-in type it.</summary>
    public async Task<IPage> SignInAsync(
        Uri server, string token, int width = 1_440, ColorScheme colors = ColorScheme.Light, string zone = "Asia/Seoul")
    {
        IPage page = await OpenAsync(server, width, colors, zone);
        if (!_sessions.TryGetValue((server, token), out Cookie[]? session))
        {
            session = _sessions[(server, token)] = await SignInAsync(server, token);
        }

        await page.Context.AddCookiesAsync(session);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"{page.Url}: {message.Text}");
        page.PageError += (_, error) => Note(true, $"{page.Url}: {error}");
        page.Response += (_, response) => Note(response.Status >= 400, $"{response.Status} {response.Url}");
        page.Request += (_, request) => Note(
            !request.Url.StartsWith(server.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal), request.Url);
        return page;
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private static async Task<Cookie[]> SignInAsync(Uri server, string token)
    {
        CookieContainer cookies = new();
        using HttpClient form = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = server };
        (await PageServer.SignInAsync(form, token)).Dispose();
        return
        [
            .. cookies.GetCookies(server).Select(
                cookie => new Cookie { Name = cookie.Name, Value = cookie.Value, Url = server.ToString(), HttpOnly = cookie.HttpOnly }),
        ];
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
