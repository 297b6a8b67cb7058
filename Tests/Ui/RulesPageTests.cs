using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui;

/// <summary>Rules on the page, in a real browser: written, tried, saved, and what they raise.</summary>
public sealed class RulesPageTests : PageFixture
{
    private const string Rule = """
        {"query":{"kind":"transaction","measure":"max(elapsed)","by":["service"],"window":"1m"},"condition":{"operator":">","threshold":100},
        "every":"5s","severity":"Critical","title":"{service} is slow"}
        """;

    [Test]
    public async Task A_rule_is_tried_saved_and_what_it_raises_leads_the_overview()
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.TokenOf(TestProjects.First));
        await page.GotoAsync("/rules?range=1d");
        await page.FillAsync("#rule-name", "slow");

        // A slip is told by the field's name.
        await page.FillAsync("#rule-text", Rule.Replace("every", "evry", StringComparison.Ordinal));
        await page.ClickAsync("#rule-save");
        await Assertions.Expect(page.Locator("p.fault[role=status]")).ToContainTextAsync("There is no field \"evry\"");

        await PushSlowAsync();
        await page.FillAsync("#rule-text", Rule);
        await page.ClickAsync("#rule-test");
        await Assertions.Expect(page.Locator("section:has(h2:text('It would have raised')) tbody tr, section:has(h2:text('It would have raised')) .state"))
            .ToHaveCountAsync(1);
        await page.ClickAsync("#rule-save");
        await Assertions.Expect(page.Locator("h2:text('Rule slow')")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("tbody th a:text-is('slow')")).ToBeVisibleAsync();

        await Eventually.IsTrueAsync(async () =>
        {
            await PushSlowAsync();
            return (await Server.Process.Client.GetAsync("/api/v1/alerts")).Contains("firing", StringComparison.Ordinal);
        });
        await page.GotoAsync("/");
        await Assertions.Expect(page.Locator(".findings a").First).ToHaveTextAsync(
            new System.Text.RegularExpressions.Regex("^Critical: /pay is slow \\(500\\) since 20"), new() { Timeout = 30_000 });
        await page.ClickAsync(".findings a >> nth=0");
        await Assertions.Expect(page.Locator("section:has(h2:text('Firing now')) tbody th")).ToHaveTextAsync("/pay is slow");
        await page.ClickAsync("button:text-is('Silence 1 h')");
        await Assertions.Expect(page.Locator("section:has(h2:text('Firing now')) td:has-text('silenced until')")).ToBeVisibleAsync();
        await page.GotoAsync("/rules?range=1d&rule=slow");
        await page.ClickAsync("button:text-is('Remove')");
        await Assertions.Expect(page.Locator("p.state:has-text('There are no rules yet')")).ToBeVisibleAsync();
        Assert.That(Browser.Faults, Is.Empty);
    }

    [Test]
    public async Task Who_may_only_read_changes_nothing()
    {
        IPage page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken);
        await page.GotoAsync("/rules?range=1d");
        await Assertions.Expect(page.Locator("p.state:has-text('a token of scope admin')")).ToBeVisibleAsync();
        Assert.That(await page.Locator("#rule-save").CountAsync(), Is.Zero);
        Assert.That(await page.Locator("#rule-text").IsEditableAsync(), Is.False);
    }

    private async Task PushSlowAsync()
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        string batch = $$"""{"agent":{"oname":"shop"},"transaction":[{"time":{{now}},"service":"/pay","elapsed":500}]}""";
        using HttpResponseMessage response = await Server.Process.Client.SendAsync(System.Text.Encoding.UTF8.GetBytes(batch), "application/json");
        response.EnsureSuccessStatusCode();
    }
}
