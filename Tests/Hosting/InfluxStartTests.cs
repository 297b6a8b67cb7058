using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Storage;
using TimeSeries.Ingest;
using TimeSeries.Query;
using TimeSeries.Server;
using TimeSeries.Tests.Golden;
using TimeSeries.Tests.Ingest;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Hosting;

/// <summary>What hosts say at their start with <c>Storage:Kind=influx</c>: everything that is wrong, at once, and no secret.</summary>
internal sealed class InfluxStartTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Ingest_and_Query_alone_need_a_store_that_can_be_shared()
    {
        IReadOnlyList<string> ofIngest = await ErrorsAsync(IngestHost.Build([$"--Storage:Directory={_folder.FullName}", "--Projects:0:Pcode=1"]));
        IReadOnlyList<string> ofQuery = await ErrorsAsync(QueryHost.Build([]));
        Assert.Multiple(() =>
        {
            Assert.That(ofIngest.Single(),
                Does.StartWith("Storage:Kind: Ingest does not run on its own on the embedded store").And.Contain("start Server instead"));
            Assert.That(ofQuery, Has.Count.EqualTo(2));
            Assert.That(ofQuery, Has.One.StartsWith("Storage:Kind: Query does not run on its own").And.One.StartsWith("Projects: none is configured"));
        });
    }

    [Test]
    public async Task Settings_that_are_wrong_are_told_with_the_options_and_no_secret_is()
    {
        string path = await SettingsAsync("INFLUX_HOST=not an address", "INFLUX_BATCH_LINES=0", "INFLUX_TOKEN=hush\u00E9", "INFLUX_GZIP=perhaps");
        IReadOnlyList<string> errors = await ErrorsAsync(QueryHost.Build(["--Storage:Kind=influx", $"--influx-env={path}", "--Projects:0:Pcode=0"]));
        Assert.Multiple(() =>
        {
            Assert.That(errors, Has.Count.EqualTo(5), string.Join('\n', errors));
            Assert.That(errors, Has.One.StartsWith("INFLUX_HOST").And.One.StartsWith("INFLUX_BATCH_LINES").And.One.StartsWith(
                "INFLUX_TOKEN").And.One.StartsWith("INFLUX_GZIP"));
            Assert.That(errors, Has.One.StartsWith("Projects:0:Pcode"));
            Assert.That(errors, Has.None.Contains("hush"));
        });
    }

    [Test]
    public async Task A_bound_in_bytes_is_for_the_embedded_store_only() => Assert.That(
        await ErrorsAsync(QueryHost.Build(
            ["--Storage:Kind=influx", $"--influx-env={await SettingsAsync()}", "--Projects:0:Pcode=1", "--Storage:MaxBytes=1GiB"])),
        Has.One.StartsWith("Storage:MaxBytes: '1GiB': bounds the embedded store only"));

    [Test]
    public async Task A_Query_without_its_database_does_not_start_and_says_why()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        string path = await SettingsAsync($"INFLUX_HOST={server.Address}");
        await using WebApplication query = QueryHost.Build(
            ["--urls=http://127.0.0.1:0", "--Storage:Kind=influx", $"--influx-env={path}", "--Projects:0:Pcode=1"]);
        Assert.That((await Assert.ThrowsAsync<StartRefusedException>(() => query.StartAsync()))!.Message, Does.StartWith("INFLUX_DATABASE: there is no 'apm'"));
    }

    [Test]
    public async Task An_account_that_is_refused_stops_the_start()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync(new InfluxdSettings { Auth = true });
        string path = await SettingsAsync($"INFLUX_HOST={server.Address}", "INFLUX_USERNAME=nobody", "INFLUX_PASSWORD=hush");
        await using WebApplication app = ServerHost.Build(
            ["--urls=http://127.0.0.1:0", "--Storage:Kind=influx", $"--influx-env={path}", $"--Storage:Directory={_folder["store"]}"]);
        string message = (await Assert.ThrowsAsync<StartRefusedException>(() => app.StartAsync()))!.Message;
        Assert.That(message, Does.Contain("does not let this account write").And.Contain("does not let this account read").And.Not.Contain("hush"));
    }

    [Test]
    public async Task A_Query_before_its_InfluxDB_is_not_ready_until_that_responds()
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        string path = await SettingsAsync($"INFLUX_HOST={server.Address}");
        await server.StopAsync();
        using ServerProcess query = await ServerProcess.StartHostAsync("Query", _folder["none"], "--Storage:Kind=influx", $"--influx-env={path}");
        Assert.That(await ReadyAsync(query), Is.EqualTo("503 the store has not been reached yet"));
        await server.RestartAsync();
        await ReadyAsync(query, "200 ok");
    }

    [Test]
    public async Task A_reason_that_differs_each_time_is_a_line_a_minute_in_the_log()
    {
        await using RecordingProxy proxy = await RecordingProxy.StartAsync(new Uri("http://127.0.0.1:1"));
        (proxy.InPlacePath, proxy.InPlace) = ("/ping", (502, "request 0"));
        using CollectedLog log = new();
        using LoggerFactory factory = new([log]);
        FakeTimeProvider clock = new(TestTime.Start);
        InfluxOptions options = new() { Host = proxy.Address, Timeout = TimeSpan.FromDays(1) };
        using InfluxStart start = new(
            InfluxRoles.Writer, new StorageOptions { Kind = StorageKind.Influx }, new Lazy<InfluxOptions>(options), clock, factory.CreateLogger<InfluxStart>());
        await start.StartAsync(CancellationToken.None);
        for (int second = 1; second <= 90; second++)
        {
            proxy.InPlace = (502, $"request {second}");
            int before = proxy.RequestCount;
            await Eventually.IsTrueAsync(() =>
            {
                clock.Advance(proxy.RequestCount > before ? TimeSpan.Zero : TimeSpan.FromMilliseconds(100));
                return proxy.RequestCount > before;
            });
        }

        await start.StopAsync(CancellationToken.None);
        Assert.That(log.Text.Split("does not respond to /ping now").Length - 1, Is.InRange(2, 4));
    }

    [Test]
    public async Task A_Query_is_not_ready_while_its_InfluxDB_is_away_and_says_so()
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        using ServerProcess query = await ServerProcess.StartHostAsync(
            "Query", _folder["none"], "--Storage:Kind=influx", $"--influx-env={await SettingsAsync($"INFLUX_HOST={server.Address}")}");
        await ReadyAsync(query, "200 ok");
        server.Kill();
        await ReadyAsync(query, "503 the store can't be reached");
        await server.RestartAsync();
        await ReadyAsync(query, "200 ok");
    }

    [Test]
    public async Task An_Ingest_is_ready_while_its_InfluxDB_is_away_and_says_at_metrics_what_waits()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        using ServerProcess ingest = await ServerProcess.StartHostAsync(
            "Ingest", _folder["node"], "--Storage:Kind=influx", $"--influx-env={await SettingsAsync($"INFLUX_HOST={server.Address}", "INFLUX_FLUSH_MS=20")}");
        server.Kill();
        await ingest.Client.PushAllAsync(
            [new PushedBatch(TestProjects.First, new AgentName("agent"),
                [new SampleRow("transaction") { ["time"] = BatchGenerator.Start, ["service"] = "/a", ["elapsed"] = 1L }])],
            _ => BodyForm.JsonRows);
        await MetricAsync(ingest, "timeseries_store_takes_samples{} 0\n");
        string away = await MetricAsync(ingest, "timeseries_store_waiting_seconds{} 0.");
        string ready = await ReadyAsync(ingest);
        await server.RestartAsync();
        await MetricAsync(ingest, "timeseries_store_takes_samples{} 1\n");
        await MetricAsync(ingest, "timeseries_store_waiting_bytes{} 0\n");
        Assert.That((ready, away.Contains("timeseries_store_waiting_bytes{} 0\n", StringComparison.Ordinal)), Is.EqualTo(
            ("200 ok\nInfluxDB takes no samples now. They wait in the WAL.", false)));
    }

    [Test]
    public async Task A_Query_whose_InfluxDB_goes_away_responds_503()
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        string path = await SettingsAsync($"INFLUX_HOST={server.Address}");
        using ServerProcess query = await ServerProcess.StartHostAsync("Query", _folder["none"], "--Storage:Kind=influx", $"--influx-env={path}");
        using HttpResponseMessage whole = await query.Client.GetResponseAsync("/open/api/json/transaction");
        server.Kill();
        using HttpResponseMessage none = await query.Client.GetResponseAsync("/open/api/json/transaction");
        Assert.That((whole.StatusCode, none.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable)));
    }

    private static async Task<string> ReadyAsync(ServerProcess host)
    {
        using HttpResponseMessage response = await host.Client.GetResponseAsync("/readyz");
        return $"{(int)response.StatusCode} {(await response.Content.ReadAsStringAsync()).Trim()}";
    }

    // Returns once the host says so.
    private static async Task ReadyAsync(ServerProcess host, string expected)
    {
        string found = "";
        await Eventually.IsTrueAsync(async () => (found = await ReadyAsync(host)) == expected, () => $"{found}\n{host.Output}");
    }

    // Returns the metrics once they hold a text.
    private static async Task<string> MetricAsync(ServerProcess host, string expected)
    {
        string found = "";
        await Eventually.IsTrueAsync(
            async () => (found = await host.Client.GetAsync("/metrics")).Contains(expected, StringComparison.Ordinal), () => $"{found}\n{host.Output}");
        return found;
    }

    private async Task<string> SettingsAsync(params string[] lines)
    {
        await File.WriteAllBytesAsync(_folder["influx.env"], Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return _folder["influx.env"];
    }

    private static async Task<IReadOnlyList<string>> ErrorsAsync(WebApplication app)
    {
        await using (app)
        {
            return ConfigurationErrors.Of(await Assert.CatchAsync(() => app.StartAsync()));
        }
    }
}
