using Microsoft.Playwright;
using NUnit.Framework;

namespace TimeSeries.Tests.Ui;

/// <summary>Tests that share a server and pages of a browser.</summary>
public abstract class PageFixture
{
    private protected PageServer Server { get; private set; } = null!;

    private protected Browser Browser { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Server = await PageServer.StartAsync();
        Browser = await Browser.StartAsync();
        await PrepareAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await (Browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        Server?.Dispose();
    }

    [SetUp]
    public void Forget() => Browser.Faults.Clear();

    /// <summary>Pushes what the tests look at.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Opens a view and waits until no part of it loads.</summary>
    internal static async Task OpenAsync(IPage page, string view)
    {
        await page.GotoAsync("/" + view);
        await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".state:has-text('Loading')")).ToHaveCountAsync(0);
    }
}
