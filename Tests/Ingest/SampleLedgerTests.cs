using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Contract.Oracle;

namespace TimeSeries.Tests.Ingest;

public sealed partial class SampleLedgerTests
{
    private IngestTestHost _host = null!;

    [SetUp]
    public async Task StartAsync() => _host = await IngestTestHost.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task Every_sample_is_counted_by_what_became_of_it()
    {
        Guid alert = Guid.NewGuid();
        await _host.TakenAsync(_host.Batch("x", "agent", "/a", "/b"));
        await _host.TakenAsync(_host.Batch("x", "agent", "/a", "/b"));
        await _host.TakenAsync(_host.Alerts(alert, alert));
        await _host.TakenAsync(
            $$"""{"agent":{"oname":"a"},"transaction":[{"time":{{_host.Now}},"service":"/c","elapsed":1},{"time":{{_host.Now}},"service":"/d"}]}""");
        _host.Files.Fail(FileOperation.Flush, times: int.MaxValue);
        using HttpResponseMessage refused = await _host.PushAsync(_host.Batch(null, "agent", "/e"));

        Dictionary<string, long> counts = await ScrapeAsync();
        Assert.That(
            (counts["received"], counts["stored"], counts["rejected missing"], counts["rejected unavailable"], counts["duplicate resend"],
                counts["duplicate alert"], counts["in_flight"]),
            Is.EqualTo((9L, 4L, 1L, 1L, 2L, 1L, 0L)));
    }

    [Test]
    public async Task The_counts_add_up_at_any_moment()
    {
        Task pushes = Task.WhenAll(Enumerable.Range(0, 8).Select(async connection =>
        {
            for (int i = 0; i < 30; i++)
            {
                await _host.TakenAsync(_host.Batch($"id-{i % 20}", $"agent-{connection}", "/a", "/b", "/c"));
            }
        }));
        int scrapes = 0;
        while (!pushes.IsCompleted || scrapes < 5)
        {
            Dictionary<string, long> counts = await ScrapeAsync();
            long settled = counts.Where(pair => pair.Key != "received").Sum(pair => pair.Value);
            Assert.That(settled, Is.EqualTo(counts["received"]));
            scrapes++;
        }

        await pushes;
    }

    [Test]
    public async Task Metrics_count_flushes_and_batches_a_flush()
    {
        await _host.TakenAsync(_host.Batch());
        string text = await _host.Client.GetStringAsync("/metrics");

        Assert.That(text, Does.Contain("timeseries_log_flushes_total{} 1\n").And.Contain("timeseries_ingest_group_batches_count{} 1\n"));
        Assert.That(text, Does.Contain("timeseries_ingest_group_batches_bucket{le=\"1\"} 1\n").And.Contain(
            "timeseries_ingest_group_batches_bucket{le=\"1024\"} 1\n"));
        Assert.That(text, Does.Contain("timeseries_ingest_duration_seconds_bucket{le=\"0.0001\"}").And.Contain(
            "timeseries_ingest_duration_seconds_bucket{le=\"30\"} 1\n"));
    }

    [TestCase("admin", HttpStatusCode.OK)]
    [TestCase("read", HttpStatusCode.Forbidden)]
    public async Task Metrics_are_for_tokens_of_scope_admin_from_anywhere(string scope, HttpStatusCode expected)
    {
        await using IngestTestHost host = await IngestTestHost.StartAsync("--Projects:1:Tokens:1:Secret=far", $"--Projects:1:Tokens:1:Scopes={scope}");
        using HttpRequestMessage request = new(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Via", "1.1 proxy");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer far");
        using HttpResponseMessage response = await host.Client.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    // Sums over projects and kinds: "received", "stored", "in_flight", "rejected <reason>", "duplicate <reason>".
    private async Task<Dictionary<string, long>> ScrapeAsync()
    {
        Dictionary<string, long> counts = new() { ["received"] = 0, ["in_flight"] = 0 };
        foreach (Match match in SampleCount().Matches(await _host.Client.GetStringAsync("/metrics")))
        {
            string key = match.Groups["fate"].Value + (match.Groups["reason"].Success ? " " + match.Groups["reason"].Value : "");
            counts[key] = counts.GetValueOrDefault(key) + long.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture);
        }

        return counts;
    }

    [GeneratedRegex("""^timeseries_ingest_samples_(?<fate>received|stored|rejected|duplicate|in_flight)(_total)?"""
        + """\{kind="\w+",pcode="\d+"(,reason="(?<reason>\w+)")?\} (?<count>\d+)$""", RegexOptions.Multiline)]
    private static partial Regex SampleCount();
}
