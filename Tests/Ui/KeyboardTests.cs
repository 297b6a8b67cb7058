using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui;

/// <summary>People who use no pointer can use the page.</summary>
public sealed class KeyboardTests : PageFixture
{
    protected override async Task PrepareAsync()
    {
        await ShopSamples.PushAsync(Server);
    }

    [TearDown]
    public Task CloseAsync() => Browser.CloseAsync();

    [Test]
    public async Task Keys_alone_lead_from_the_sign_in_to_a_transaction()
    {
        IPage page = await Browser.OpenAsync(Server.Address);
        await page.GotoAsync("/login?returnUrl=%2F%3Frange%3D1d");
        await TabToAsync(page, "#token");
        await page.Keyboard.TypeAsync(TestProjects.ReadOnlyToken);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Overview");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        await TabToAsync(page, "a:has-text('Hit map')");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Hit map");

        await TabToAsync(page, "main input >> nth=0");
        await page.Keyboard.TypeAsync("4000");
        await TabToAsync(page, "button:has-text('List transactions')");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("tbody a")).ToHaveTextAsync(["tx-slow"]);

        await TabToAsync(page, "tbody a");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Transaction tx-slow");
    }

    [Test]
    public async Task A_slash_searches_and_a_mark_shows_the_keys()
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken);
        await page.GotoAsync("/transactions");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("slow?/");
        Assert.That(await page.InputValueAsync("#search"), Is.EqualTo("slow?/"));

        await page.GotoAsync("/map");
        await Assertions.Expect(page.Locator("canvas").First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("/");
        Assert.That(await page.EvaluateAsync<string>("document.activeElement.id"), Is.EqualTo("agent"));
        await page.EvaluateAsync("document.activeElement.blur()");
        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(page.Locator("dialog")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("dialog")).ToBeHiddenAsync();
    }

    // Goes on to the next control until it is this one, which must be seen to have the focus.
    private static async Task TabToAsync(IPage page, string control)
    {
        await page.WaitForSelectorAsync(control);
        for (int i = 0; i < 60; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.Locator(control).First.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                Assert.That(
                    await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"), Is.Not.EqualTo("none"), control);
                return;
            }
        }

        Assert.Fail($"No key leads to {control}.");
    }
}
