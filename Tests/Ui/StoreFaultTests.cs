using System.Text.RegularExpressions;
using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Ui;

/// <summary>A store that can't be read, or is away, is told in each panel. None shows an empty table in place of an error.</summary>
public sealed partial class StoreFaultTests
{
    private Browser _browser = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _browser = await Browser.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _browser.DisposeAsync();

    [TearDown]
    public Task CloseAsync() => _browser.CloseAsync();

    [Test]
    public async Task A_damaged_file_is_told_in_every_panel_that_would_show_its_samples()
    {
        using TemporaryFolder folder = new();
        await using (RunningServer server = await RunningServer.StartAsync(folder))
        {
            await ShopSamples.PushAsync(server.Client.Address);
            await server.SealAsync();
        }

        foreach (string block in Directory.GetFiles(folder.FullName, "*.block", SearchOption.AllDirectories))
        {
            byte[] bytes = await File.ReadAllBytesAsync(block);
            bytes.AsSpan(64, bytes.Length - 128).Reverse();
            await File.WriteAllBytesAsync(block, bytes);
        }

        using ServerProcess damaged = await ServerProcess.StartHostAsync("Server", folder.FullName, [("Ui__Enabled", "true")]);
        IPage page = await _browser.SignInAsync(damaged.Client.Address, TestProjects.ReadOnlyToken);
        foreach (string view in (string[])["transactions", "sql", "httpc", "map", "agents"])
        {
            await OpenAsync(page, view);
            int told = await page.Locator(".panel .fault").Filter(new() { HasTextRegex = Told() }).CountAsync();
            Assert.That(told, Is.EqualTo(await page.Locator(".panel").CountAsync()), $"{view}: {await page.InnerTextAsync("main")}");
        }
    }

    [Test]
    public async Task Over_InfluxDB_every_view_shows_the_samples_and_says_so_while_it_is_away()
    {
        await using SharedStore store = await SharedStore.StartAsync();
        ServerProcess ingest = await store.StartHostAsync("Ingest", "ingest");
        await ShopSamples.PushAsync(ingest.Client.Address);
        ServerProcess query = await store.StartHostAsync("Query", "query", "--Ui:Enabled=true", "--Query:Timeout=2s");
        await store.WaitForAsync(ShopSamples.Count);
        IPage page = await _browser.SignInAsync(query.Client.Address, TestProjects.ReadOnlyToken);
        _browser.Faults.Clear();
        foreach (string view in ViewTests.Views)
        {
            await OpenAsync(page, view);
            Assert.That(await page.Locator("main .fault:not(:empty)").AllInnerTextsAsync(), Is.Empty.Or.All.EqualTo("stopped"), view);
        }

        await OpenAsync(page, "transactions");
        Assert.That(await page.Locator("tfoot td.number").First.InnerTextAsync(), Is.EqualTo("61"));
        await OpenAsync(page, "tx/tx-slow");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(4);
        Assert.That(_browser.Faults, Is.Empty);

        await store.Influxd.StopAsync();
        foreach (string view in ViewTests.Views.Append("tx/tx-slow"))
        {
            // What is live may still be shown for as long as it stands.
            await OpenAsync(page, $"{view}?range=1d");
            Assert.That(await page.Locator("table").CountAsync(), Is.Zero, view);
            await Assertions.Expect(page.Locator("main .state.fault")).Not.ToHaveCountAsync(0);
            Assert.That(await page.Locator(".panel .state:has-text('No samples')").CountAsync(), Is.Zero, view);
        }

        await store.Influxd.RestartAsync();
        await OpenAsync(page, "transactions");
        await Assertions.Expect(page.Locator("tfoot td.number").First).ToHaveTextAsync("61");
    }

    [GeneratedRegex("damaged|the log of the server says")]
    private static partial Regex Told();

    private static async Task OpenAsync(IPage page, string view)
    {
        await page.GotoAsync("/" + view);
        await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".state:has-text('Loading')")).ToHaveCountAsync(0);
    }
}
