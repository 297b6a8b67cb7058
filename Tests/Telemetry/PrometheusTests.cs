using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Telemetry;

/// <summary>What <c>/metrics</c> serves is as Prometheus wants it.</summary>
internal sealed class PrometheusTests
{
    [Test]
    public async Task Promtool_finds_no_fault_in_the_metrics_of_a_Server()
    {
        using TemporaryFolder folder = new();
        await using RunningServer server = await RunningServer.StartAsync(folder);
        await CheckAsync(await server.Client.GetAsync("/metrics"));
    }

    [Test]
    public async Task Promtool_finds_no_fault_in_the_metrics_of_hosts_over_InfluxDB()
    {
        await using SharedStore store = await SharedStore.StartAsync();
        foreach (string host in new[] { "Ingest", "Query" })
        {
            ServerProcess process = await store.StartHostAsync(host, host);
            await CheckAsync(await process.Client.GetAsync("/metrics"));
        }
    }

    [Test]
    public async Task The_process_is_described_as_everywhere()
    {
        using TemporaryFolder folder = new();
        double before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1_000.0;
        await using RunningServer server = await RunningServer.StartAsync(folder);
        string metrics = await server.Client.GetAsync("/metrics");
        Assert.Multiple(() =>
        {
            Assert.That(Value(metrics, "process_cpu_seconds_total"), Is.InRange(0.01, Environment.CpuUsage.TotalTime.TotalSeconds));
            Assert.That(Value(metrics, "process_start_time_seconds"), Is.InRange(before - 7_200, before));
            Assert.That(Value(metrics, "process_open_fds"), Is.InRange(10, Value(metrics, "process_max_fds")));
            Assert.That(metrics, Does.Match("(?m)^timeseries_build_info\\{version=\"[0-9.]+[^\"]*\"\\} 1$").And.Not.Contain("influx"));
            Assert.That(Value(metrics, "timeseries_ingest_requests_total{status=\"503\"}"), Is.Zero);
            Assert.That(Value(metrics, "timeseries_query_requests_total{family=\"ncp\",status=\"503\"}"), Is.Zero);
        });
    }

    private static double Value(string metrics, string series)
    {
        string name = series.Contains('{', StringComparison.Ordinal) ? series : series + "{}";
        string line = metrics.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    // Promtool is in Debian's package prometheus. The variable PROMTOOL may name it.
    private static async Task CheckAsync(string metrics)
    {
        string? promtool = Environment.GetEnvironmentVariable("PROMTOOL") is { Length: > 0 } named ? named
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "promtool"))
                .FirstOrDefault(File.Exists);
        if (promtool is null)
        {
            Assert.Ignore("There is no promtool: set PROMTOOL to one, or install the package prometheus.");
        }

        ProcessStartInfo start = new(promtool!, ["check", "metrics"]) { RedirectStandardInput = true };
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(metrics);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.That((process.ExitCode, await output + await errors), Is.EqualTo((0, "")), metrics);
    }
}
