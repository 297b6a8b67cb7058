using Microsoft.Playwright;
using NUnit.Framework;

namespace TimeSeries.Tests.Ui;

/// <summary>The one Chromium of all tests of the page. Each fixture has contexts of its own in it, which share nothing.</summary>
[SetUpFixture]
public sealed class Chromium
{
    // Of a condition that holds soon: where the machine is busy with other tests this is how long it may take. Nothing waits for it that goes well.
    private const float MostMilliseconds = 30_000;

    private static readonly Lazy<Task<Chromium>> _started = new(StartAsync);

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal static async Task<IBrowser> GetAsync() => (await _started.Value)._browser!;

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_started.IsValueCreated)
        {
            Chromium started = await _started.Value;
            await started._browser!.DisposeAsync();
            started._playwright!.Dispose();
        }
    }

    private static async Task<Chromium> StartAsync()
    {
        string? path = Array.Find(["/usr/bin/chromium", "/usr/bin/chromium-browser"], File.Exists);
        Assert.That(path, Is.Not.Null, "The page is tested in Chromium: apt-get install chromium");
        Assertions.SetDefaultExpectTimeout(MostMilliseconds);
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic"],
        });
        return new Chromium { _playwright = playwright, _browser = browser };
    }
}
