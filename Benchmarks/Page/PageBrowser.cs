using Microsoft.Playwright;

namespace TimeSeries.Benchmarks.Page;

/// <summary>A real browser that is signed in, and measures how long the page takes.</summary>
internal sealed class PageBrowser : IAsyncDisposable
{
    // Everything of the view is there: no part of it loads.
    private const string Filled =
        """
        const filled = () => document.querySelector('main h1') && !document.querySelector('main [aria-busy=true]')
          && ![...document.querySelectorAll('main .state')].some(state => state.textContent.startsWith('Loading'));
        const until = check => new Promise(done => { const look = () => check() ? done() : requestAnimationFrame(look); look(); });
        """;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private PageBrowser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        _playwright = playwright;
        _browser = browser;
        Page = page;
    }

    public IPage Page { get; }

    public static async Task<PageBrowser> StartAsync(string program, Uri server, string token)
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--enable-precise-memory-info", "--js-flags=--expose-gc"],
        });
        IBrowserContext context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1_440, Height = 900 }, BaseURL = server.ToString() });
        IPage page = await context.NewPageAsync();
        await page.GotoAsync("/login");
        await page.FillAsync("#token", token);
        await page.ClickAsync("button[type=submit]");
        await page.WaitForSelectorAsync("h1:has-text('Overview')");
        return new PageBrowser(playwright, browser, page);
    }

    /// <summary>Opens an address; ms until the first paint, and until all of it is there.</summary>
    public async Task<(double FirstPaint, double All)> OpenAsync(string address)
    {
        await Page.GotoAsync(address, new() { WaitUntil = WaitUntilState.Commit });
        double[] times = await Page.EvaluateAsync<double[]>(
            $$"""
            async () => {
              {{Filled}}
              await until(filled);
              const all = performance.now();
              const paint = () => performance.getEntriesByName('first-contentful-paint')[0];
              // The browser tells of a paint some time after it.
              await until(paint);
              return [paint().startTime, all];
            }
            """);
        return (times[0], times[1]);
    }

    /// <summary>Follows a link of the list of views; ms until all of it is there.</summary>
    public Task<double> FollowAsync(string view) => Page.EvaluateAsync<double>(
        $$"""
        async view => {
          {{Filled}}
          const before = document.querySelector('main h1').textContent;
          const link = [...document.querySelectorAll('nav a')].find(a => new URL(a.href).pathname === '/' + view);
          const start = performance.now();
          link.click();
          await until(() => document.querySelector('main h1')?.textContent !== before && filled());
          return performance.now() - start;
        }
        """,
        view);

    /// <summary>Drags over the middle of the hit map, which is open; ms until its transactions are listed.</summary>
    public async Task<double> BrushAsync(int round)
    {
        LocatorBoundingBoxResult box = (await Page.Locator("canvas").First.BoundingBoxAsync())!;
        await Page.Mouse.MoveAsync(box.X + 200 + (round * 20), box.Y + 100);
        await Page.Mouse.DownAsync();
        await Page.Mouse.MoveAsync(box.X + 400 + (round * 20), box.Y + 250, new() { Steps = 3 });
        await Page.EvaluateAsync(
            "() => document.addEventListener('mouseup', () => { window.released = performance.now(); }, { once: true, capture: true })");
        await Page.Mouse.UpAsync();
        const string begin = "rfrom=";
        return await Page.EvaluateAsync<double>(
            $$"""
            async begin => {
              {{Filled}}
              await until(() => location.search.includes(begin) && document.querySelector('main tbody tr') && filled());
              return performance.now() - window.released;
            }
            """,
            begin);
    }

    /// <summary>Bytes that the page's scripts hold after a collection.</summary>
    public Task<double> ScriptBytesAsync() => Page.EvaluateAsync<double>("() => { gc(); return performance.memory.usedJSHeapSize; }");

    /// <summary>One more page of the same browser.</summary>
    public async Task OpenMoreAsync(string address)
    {
        IPage page = await Page.Context.NewPageAsync();
        await page.GotoAsync(address);
        await page.WaitForSelectorAsync("h1");
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
