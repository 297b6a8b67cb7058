using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui;

/// <summary>A sample's text changes nothing on the page but its own cell: markup, right-to-left, 32 kB, and letters of every plane.</summary>
public sealed class HostileTextTests : PageFixture
{
    private const string Plain = "/plain";

    private static readonly string[] _texts =
    [
        "<script>window.hacked=1</script>", "\"><img src=x onerror='window.hacked=1'>", "{{7*7}}", "</td></tr></table>", "javascript:window.hacked=1",
        "\u202E\u05D0\u05D1\u05D2 123 \u0627\u0628\u062A", "\u2066\u2067unclosed isolates", "a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308",
        "line\nbreak\ttab\u0001\u007F", string.Concat(Enumerable.Range(0, 17).Select(plane => char.ConvertFromUtf32((plane << 16) + 0x41B))),
        new('w', 1_000),
    ];

    private IPage _page = null!;

    protected override async Task PrepareAsync()
    {
        long newest = ShopSamples.Newest.ToUnixTimeMilliseconds();
        string body = JsonSerializer.Serialize(new
        {
            agent = new { oname = _texts[5] },
            transaction = _texts.Append(Plain).Select((text, i) => new { time = newest - i, service = text, elapsed = 5, txid = Plain }),
            sql = new[] { new { time = newest, sql = new string('s', 32_000), elapsed = 7, txid = Plain } },
            exception = _texts.Select((text, i) => new Dictionary<string, object> { ["time"] = newest - i, ["class"] = text, ["message"] = text }),
            alert = _texts.Select((text, i) => new { time = newest - i, severity = "Critical", source = text, title = text }),
        });
        using HttpClient http = new() { BaseAddress = Server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(TestProjects.First));
        using StringContent content = new(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage response = await http.PostAsync("/ingest/v1/batch", content);
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("\"rejected\":0"));
        _page = await Browser.SignInAsync(Server.Address, TestProjects.ReadOnlyToken);
    }

    [TestCase("transactions?range=1d")]
    [TestCase("exceptions?range=1d")]
    [TestCase("sql?range=1d")]
    [TestCase("alerts?range=1d")]
    [TestCase("agents?range=1d")]
    [TestCase("?range=1d")]
    public async Task No_text_runs_or_makes_the_page_wider_or_fails(string view)
    {
        Browser.Faults.Clear();
        await _page.GotoAsync("/" + view);
        await Assertions.Expect(_page.Locator("tbody tr").First).ToBeVisibleAsync();
        await Assertions.Expect(_page.Locator(".state:has-text('Loading')")).ToHaveCountAsync(0);
        Assert.That(await _page.EvaluateAsync<bool>("'hacked' in window"), Is.False);
        Assert.That(await _page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), Is.False);
        Assert.That(Browser.Faults, Is.Empty);
    }

    [Test]
    public async Task Each_text_stands_in_its_cell_as_it_is_and_its_row_has_its_numbers()
    {
        await _page.GotoAsync("/transactions?range=1d&sort=%2Bname");
        await Assertions.Expect(_page.Locator("tbody tr")).ToHaveCountAsync(_texts.Length + 1);
        string[] shown = await _page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('tbody th')].map(cell => cell.textContent.trim())");
        Assert.That(shown, Is.EquivalentTo(_texts.Append(Plain).Select(text => text.Trim())));
        string[] counts = await _page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('tbody tr')].map(row => row.querySelector('td.number').textContent)");
        Assert.That(counts, Is.All.EqualTo("1"));

        // All rows are as high as the plain one, but for those whose letters are higher.
        double[] heights = await _page.EvaluateAsync<double[]>(
            "() => [...document.querySelectorAll('tbody tr')].map(row => row.getBoundingClientRect().height)");
        Assert.That(heights.Max(), Is.LessThan(2 * heights.Min()));
    }

    [Test]
    public async Task A_hostile_name_leads_to_its_own_view()
    {
        await _page.GotoAsync("/transactions?range=1d");
        await _page.ClickAsync("tbody a:has-text('<script>')");
        await Assertions.Expect(_page.Locator("h1")).ToHaveTextAsync(_texts[0]);
        await Assertions.Expect(_page.Locator("section:has(h2:text-is('Newest samples')) tbody tr")).ToHaveCountAsync(1);
        await _page.ReloadAsync();
        await Assertions.Expect(_page.Locator("h1")).ToHaveTextAsync(_texts[0]);
        Assert.That(await _page.EvaluateAsync<bool>("'hacked' in window"), Is.False);
    }
}
