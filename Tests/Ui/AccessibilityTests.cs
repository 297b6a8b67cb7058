using System.Text.Json;
using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui;

/// <summary>People who see little or use no pointer can use the page. axe-core checks names, roles, order and contrast.</summary>
public sealed class AccessibilityTests
{
    private PageServer _server = null!;
    private Browser _browser = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await PageServer.StartAsync();
        _browser = await Browser.StartAsync();
        await ShopSamples.PushAsync(_server);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _browser.DisposeAsync();
        _server.Dispose();
    }

    [TearDown]
    public Task CloseAsync() => _browser.CloseAsync();

    [TestCase(1_440, ColorScheme.Light)]
    [TestCase(1_440, ColorScheme.Dark)]
    [TestCase(375, ColorScheme.Light)]
    [TestCase(375, ColorScheme.Dark)]
    public async Task No_view_has_a_serious_finding_of_axe(int width, ColorScheme colors)
    {
        IPage page = await _browser.SignInAsync(_server.Address, TestProjects.ReadOnlyToken, width, colors);
        string axe = await File.ReadAllTextAsync(AxeFile());
        foreach (string view in (string[])[.. ViewTests.Views, "tx/tx-slow", "transactions?of=/cart", "live", "explore?by=service", "ingest", "login"])
        {
            await page.GotoAsync("/" + view);
            await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync(new() { Timeout = 15_000 });
            await Assertions.Expect(page.Locator(".state:has-text('Loading')")).ToHaveCountAsync(0, new() { Timeout = 15_000 });
            await page.EvaluateAsync(axe);
            using JsonDocument found = JsonDocument.Parse(await page.EvaluateAsync<string>(
                "async () => { const found = await axe.run(); return JSON.stringify({ passes: found.passes.length, violations: found.violations }); }"));
            Assert.That(found.RootElement.GetProperty("passes").GetInt32(), Is.GreaterThan(10));
            string[] serious =
            [
                .. from violation in found.RootElement.GetProperty("violations").EnumerateArray()
                   where violation.GetProperty("impact").GetString() is "serious" or "critical"
                   from node in violation.GetProperty("nodes").EnumerateArray()
                   select $"{view}: {violation.GetProperty("id")} {node.GetProperty("html")} {node.GetProperty("failureSummary")}",
            ];
            Assert.That(serious, Is.Empty);
        }
    }

    [Test]
    public async Task Keys_alone_lead_from_the_sign_in_to_a_transaction()
    {
        IPage page = await _browser.OpenAsync(_server.Address);
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
        IPage page = await _browser.SignInAsync(_server.Address, TestProjects.ReadOnlyToken);
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

    private static string AxeFile()
    {
        string[] folders = (Environment.GetEnvironmentVariable("NODE_PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string? file = folders.Select(folder => Path.Combine(folder, "axe-core", "axe.min.js")).FirstOrDefault(File.Exists);
        Assert.That(file, Is.Not.Null, "NODE_PATH has no axe-core; npm ci in Tests/Apps/node, and NODE_PATH names its node_modules.");
        return file!;
    }
}
