using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NUnit.Framework;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Tests.Otlp;
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
    public async Task What_came_by_OpenTelemetry_or_as_lines_and_never_became_a_sample_is_told_until_something_does()
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        Span[] inside = [Exports.Span(Exports.InternalKind, 1, parent: 9), Exports.Span(Exports.InternalKind, 2, parent: 9)];
        await PostAsync("/v1/traces", Exports.Traces([.. inside, Exports.Span(Exports.ProducerKind, 3, parent: 9)]).ToByteArray());
        await PostAsync("/v1/metrics", Exports.Metrics(Gauge("memory")).ToByteArray());
        await PostAsync("/v1/logs", Exports.Logs(new LogRecord { TimeUnixNano = Exports.Start }).ToByteArray());
        await PostAsync("/write", "cpu,host=a value=1\ndisk,host=a free=1"u8.ToArray());
        IIngestHealth health = server.Server.Services.GetRequiredService<IIngestHealth>();
        Assert.That(Texts(), Is.EqualTo((string[])
        [
            "OpenTelemetry traces: of 3 that came none is a sample (internal 2, producer 1).",
            "OpenTelemetry metrics: of 1 that came none is a sample (metric_name 1).",
            "Line protocol: of 2 lines that came none is a sample, as their measurements are no kind.",
        ]));

        await PostAsync("/v1/traces", Exports.Traces(Exports.Span(Exports.ServerKind, 4)).ToByteArray());
        await PostAsync("/v1/metrics", Exports.Metrics(Gauge("jvm.thread.count")).ToByteArray());
        await PostAsync("/write", "thread,oname=a count=4i"u8.ToArray());
        Assert.That(Texts(), Is.Empty);

        async Task PostAsync(string path, byte[] body)
        {
            using HttpResponseMessage response = path == "/write"
                ? await server.PostAsync(path, body, "text/plain", address: server.Server.Client.Address) : await server.PostAsync(path, body);
            Assert.That(response.IsSuccessStatusCode, Is.True, path);
        }

        string[] Texts() =>
            [.. IngestFindings.OfProject(health.Count(TestProjects.First), TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())
                .Select(finding => finding.Text)];
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

    private static Metric Gauge(string name) => new()
    {
        Name = ByteString.CopyFromUtf8(name),
        Gauge = new NumberData { DataPoints = { new NumberPoint { TimeUnixNano = Exports.Start, AsInt = 42 } } },
    };

    private static string[] TextsOf(NodeHealth node) => [.. IngestFindings.OfNode(node).Select(finding => finding.Text)];
}
