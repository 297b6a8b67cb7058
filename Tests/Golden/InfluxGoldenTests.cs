using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Files;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Contract.Oracle.Endpoints;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Golden;

/// <summary>What is written to InfluxDB, and a directory of an Ingest that InfluxDB left alone.</summary>
internal sealed class InfluxGoldenTests
{
    private const string Archive = "influx-directory.zip";

    [Test]
    public async Task Lines_of_samples_and_rollups_are_as_they_were()
    {
        await using RealInfluxd influxd = await RealInfluxd.StartAsync();
        await using RecordingProxy proxy = await RecordingProxy.StartAsync(influxd.Address);
        using TemporaryFolder folder = new();
        FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds(GoldenSamples.Start).AddMinutes(1));
        await using (WebApplication ingest = await StartIngestAsync(folder, proxy.Address, clock))
        {
            using ServerClient client = Client(ingest);
            await client.PushAsync(GoldenSamples.Batch(), BodyForm.JsonRows);

            // A part of a rollup for each kind: the unit ends after five minutes.
            await UntilAsync(clock, () => proxy.Lines.Count(line => line.Contains(",part=0i,parts=1i,", StringComparison.Ordinal)) >= 7);
            await ingest.StopAsync();
        }

        string[] lines = [.. proxy.Lines.Where(line => !line.StartsWith("node,", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
        string text = string.Join('\n', lines) + "\n";
        GoldenFile.Compare("influx/lines-3.txt", text);
        Assert.That(SampleLines(text), Is.EqualTo(SampleLines(Encoding.UTF8.GetString(GoldenFile.Bytes("influx/lines.txt")))));
        Assert.That(proxy.Lines, Has.Some.Match(
            "^node,node=0123456789abcdef at=1710064860000i,instance=\"[0-9a-f]{16}\",next=0i,open=1i,through=1710064859999i 1710064800000000000$"));
    }

    [TestCase("influx/lines.txt", false)]
    [TestCase("influx/lines-2.txt", true)]
    [TestCase("influx/lines-3.txt", true)]
    public void Rollups_of_the_first_version_are_left_out_and_later_ones_read(string file, bool areRead)
    {
        string[] data = [.. File.ReadLines(GoldenFile.PathOf(file)).Where(line => line.Contains(",data=", StringComparison.Ordinal))];
        Assert.That(data, Has.Length.EqualTo(SampleSchema.All.Length));
        foreach (string line in data)
        {
            Assert.That(UnitRollups.TryRead(Convert.FromBase64String(line.Split('"')[1]), out UnitRollups? unit), Is.True);
            Assert.That(unit!.Sections, Is.Not.Empty);
            Assert.That(unit.Sections.Select(section => Rollup.TryRead(section.Span) is not null), Is.All.EqualTo(areRead));
        }
    }

    [Test]
    public async Task What_waited_in_a_log_for_InfluxDB_is_shipped_whole()
    {
        await using SharedStore store = await SharedStore.StartAsync();
        using TemporaryFolder folder = new();
        string directory = GoldenDirectory.Unpack(folder, Archive);
        string[] letters = Directory.GetFiles(Path.Combine(directory, "dead-letters"));
        Assert.That(letters, Has.Length.EqualTo(1));
        Assert.That(File.Exists(Path.Combine(directory, "influx")), Is.True);

        // The first batch is before the checkpoint: another InfluxDB had it.
        IReadOnlyList<PushedBatch> unsent = [.. GoldenDirectory.ReadBatches(Archive).Skip(1)];
        List<OracleSample> expected = OracleIngest.Take(unsent);
        using ServerProcess server = await ServerProcess.StartHostAsync("Server", directory, store.Arguments);
        await store.WaitForAsync(expected.Count);
        foreach ((string kind, long pcode) in expected.Select(sample => (sample.Kind, sample.Pcode)).Distinct())
        {
            (long from, long to) = (BatchGenerator.Day - (10 * 24 * BatchGenerator.Hour), BatchGenerator.Day + (24 * BatchGenerator.Hour));
            string listed = await server.Client.GetAsync($"/api/v1/samples?kind={kind}&limit=10000&from={from}&to={to}", pcode);
            string samples = JsonElement.Parse(listed).GetProperty("samples").GetRawText();
            Assert.That(ResponseComparer.Differences(samples, SamplesOracle.Listed(kind, expected, pcode, from, to)), Is.Empty, kind);
        }

        Assert.That(await store.CountAsync(), Is.EqualTo(expected.Count));
        Assert.That(Directory.GetFiles(Path.Combine(directory, "dead-letters")), Is.EqualTo(letters));
    }

    private static IEnumerable<string> SampleLines(string text) => text.Split('\n').Where(line => !line.StartsWith("rollup_5m,", StringComparison.Ordinal));

    /// <summary>An Ingest with a node id and a clock of the test's own.</summary>
    private static async Task<WebApplication> StartIngestAsync(string directory, Uri influx, TimeProvider clock)
    {
        string settings = Path.Combine(directory, "influx.env");
        await File.WriteAllTextAsync(settings, $"INFLUX_HOST={influx}\nINFLUX_DATABASE={SharedStore.Database}\nINFLUX_FLUSH_MS=20\n");
        string data = Path.Combine(directory, "data");
        Directory.CreateDirectory(data);
        new NodeFile(0x0123_4567_89AB_CDEF, "golden", []).Write(new DiskFileSystem(), data);
        WebApplication ingest = TimeSeries.Ingest.IngestHost.Build(
            TestProjects.Arguments(data, "--Storage:Kind=influx", $"--influx-env={settings}", "--Logging:LogLevel:Default=None"),
            services => services.AddSingleton(clock).AddSingleton(new Machine("golden")));
        await ingest.StartAsync();
        return ingest;
    }

    private static ServerClient Client(WebApplication app) =>
        new(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()));

    /// <summary>Moves the clock on until something has happened.</summary>
    private static Task UntilAsync(FakeTimeProvider clock, Func<bool> happened) => Eventually.IsTrueAsync(() =>
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        return happened();
    });
}
