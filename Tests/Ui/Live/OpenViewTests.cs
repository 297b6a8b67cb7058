using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui.Live;

/// <summary>Views that stay open while something changes at the server. Each test has a server of its own.</summary>
public sealed class OpenViewTests
{
    [Test]
    public async Task A_live_table_shows_what_is_pushed_while_it_is_open()
    {
        using PageServer server = await PageServer.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        IPage page = await browser.SignInAsync(server.Address, TestProjects.ReadOnlyToken);
        await PageFixture.OpenAsync(page, "transactions?range=1h");
        Assert.That(await page.Locator("table").CountAsync(), Is.Zero);
        await ShopSamples.PushAsync(server);
        await Assertions.Expect(page.Locator("tfoot td.number").First).ToHaveTextAsync("61", new() { Timeout = 60_000 });
    }

    [Test]
    public async Task A_view_comes_back_by_itself_after_a_restart_of_the_server()
    {
        using PageServer server = await PageServer.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        IPage page = await browser.SignInAsync(server.Address, TestProjects.ReadOnlyToken);
        await page.GotoAsync("/agents?range=7d");
        await Assertions.Expect(page.Locator(".panel .state")).ToHaveTextAsync("No samples in this range.");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        Task<IResponse> loaded = page.WaitForResponseAsync(
            response => response.Url.EndsWith("/agents?range=7d", StringComparison.Ordinal), new() { Timeout = 60_000 });
        await server.RestartAsync(samePort: true);
        await loaded;
        Assert.That(page.Url, Does.EndWith("/agents?range=7d"));
        await Assertions.Expect(page.Locator(".panel .state")).ToHaveTextAsync("No samples in this range.");
        await page.SelectOptionAsync("select >> nth=0", "30d");
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("agents\\?range=30d$"));
    }
}
