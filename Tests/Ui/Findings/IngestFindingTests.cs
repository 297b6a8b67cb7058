using System.Net.Http.Headers;
using System.Text;
using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Ui.Findings;

namespace TimeSeries.Tests.Ui.Findings;

/// <summary>What Ingest tells that is wrong leads the overview.</summary>
public sealed class IngestFindingTests
{
    private static readonly NodeHealth _well = new()
    {
        QueueBytes = 0,
        MaxQueueBytes = 100,
        BatchesUnderWay = 0,
        LogBytes = 79,
        MaxLogBytes = 100,
        OldestRecord = null,
        LogFault = null,
        IsLogFed = true,
        StoreFault = null,
        StoreNotice = null,
        WaitingBytes = 0,
        WaitingAge = TimeSpan.FromSeconds(59),
        FreeDiskBytes = 3 << 20,
        LowDiskBytes = 3 << 20,
    };

    [Test]
    public async Task A_sample_that_was_rejected_is_told_to_its_project_alone()
    {
        using PageServer server = await PageServer.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        using HttpClient http = new() { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(TestProjects.First));
        using StringContent batch = new(
            """{"agent":{"oname":"a"},"transaction":[{"service":"/a","elapsed":-5}]}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage response = await http.PostAsync("/ingest/v1/batch", batch);
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("\"rejected\":1"));

        IPage page = await browser.SignInAsync(server.Address, TestProjects.ReadOnlyToken);
        await page.GotoAsync("/?range=1h");
        await Assertions.Expect(page.Locator(".findings a")).ToHaveCountAsync(1);
        Assert.That(await page.Locator(".findings a").InnerTextAsync(), Does.StartWith("Rejected, transaction: ").And.Contain("time is required"));
        await page.ClickAsync(".findings a");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Ingest");

        IPage other = await browser.SignInAsync(server.Address, TestProjects.TokenOf(TestProjects.Second));
        await other.GotoAsync("/?range=1h");
        await Assertions.Expect(other.Locator(".panel .state").First).ToHaveTextAsync("No samples in this range.");
    }

    [Test]
    public void A_node_that_is_well_has_no_sentence_and_each_trouble_has_one()
    {
        Assert.That(TextsOf(_well), Is.Empty);
        Assert.That(TextsOf(_well with { LogFault = "no room" }), Is.EqualTo((string[])["The WAL can't be written: no room"]));
        Assert.That(TextsOf(_well with { LogBytes = 80 }), Has.Length.EqualTo(1).And.Some.StartsWith("The WAL is 80").And.Some.EndsWith("pushes are refused."));
        Assert.That(TextsOf(_well with { StoreFault = "away" }), Is.EqualTo((string[])["The store takes no samples: away"]));
        Assert.That(TextsOf(_well with { WaitingAge = TimeSpan.FromMinutes(5) }), Is.EqualTo((string[])["The store is 5 minutes behind what was pushed."]));
        Assert.That(TextsOf(_well with { FreeDiskBytes = 2 << 20 }), Is.EqualTo((string[])["The disk has 2 MiB left."]));
        Assert.That(TextsOf(_well with { FreeDiskBytes = null }), Is.Empty);
    }

    private static string[] TextsOf(NodeHealth node) => [.. IngestFindings.OfNode(node).Select(finding => finding.Text)];
}
