using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>Promises that need the whole system, one server a test.</summary>
internal sealed class WholeSystemTests
{
    private const long Time = BatchGenerator.Start;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task What_was_acked_is_seen_at_once_while_heads_are_sealed_and_blocks_merged()
    {
        await using RunningServer server = await RunningServer.StartAsync(_folder, "--Storage:HeadBytes=1MiB");
        using CancellationTokenSource stop = new();
        Task maintenance = SealAndCompactAsync(server, stop.Token);
        List<string> wrong = [];
        for (int batch = 1; batch <= 120; batch++)
        {
            await server.Client.PushAsync(new PushedBatch(TestProjects.First, new AgentName("agent"), Transactions(500, (batch * 7_919) % 3_600_000)),
                GeneratedSamples.Form(batch));
            long count = await CountAsync(server.Client);
            if (count != batch * 500)
            {
                wrong.Add($"after {batch} batches: {count}");
            }
        }

        await stop.CancelAsync();
        await maintenance;
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public async Task Rollups_are_used_where_they_fit()
    {
        await using RunningServer server = await RunningServer.StartAsync(_folder);
        await server.Client.PushAllAsync(GeneratedSamples.Batches, GeneratedSamples.Form);
        await server.SealAsync();
        QueryResult result = await server.Services.GetRequiredService<ISampleReader>().QueryAsync(
            new SampleQuery
            {
                Pcode = TestProjects.First,
                Kind = Kind.Transaction,
                Range = new TimeRange(BatchGenerator.Start, BatchGenerator.End),
                GroupBy = [new GroupField(SampleSchema.Of(Kind.Transaction).Ordinal("service"))],
                Measures = [new Measure(MeasureKind.Count)],
            },
            CancellationToken.None);
        Assert.That(result.Source, Is.Not.EqualTo(ResultSource.Raw));
    }

    [Test]
    public async Task Samples_decades_apart_lie_in_one_block()
    {
        PushedBatch batch = new(TestProjects.First, new AgentName("agent"),
        [
            .. Transactions(600, 0),
            .. Enumerable.Range(0, 600).Select(
                i => new SampleRow("transaction") { ["time"] = 1_000_000_000_000 + (i * 3_600_000L), ["service"] = "/old", ["elapsed"] = (long)i }),
        ]);
        ExpectedResponses expected = new(OracleIngest.Take([batch]));
        await using RunningServer server = await RunningServer.StartAsync(_folder);
        await server.Client.PushAsync(batch, BodyForm.MessagePackColumns);
        await server.SealAsync();
        await server.CompactAsync();
        OracleEndpoint endpoint = OracleEndpoint.All[0];
        await Assert.MultipleAsync(async () =>
        {
            foreach (
                (long from, long to) in new[] { (1_000_000_000_000, 1_000_086_400_000), (1_000_001_800_000, 1_000_086_400_000), (Time, Time
                + BatchGenerator.Hour), (Time - 1, Time + 1_001) })
            {
                string response = await server.Client.GetAsync(endpoint.Path(from, to));
                Assert.That(ResponseComparer.Differences(response, expected.Of(endpoint, TestProjects.First, from, to)), Is.Empty, $"{from}");
            }
        });
    }

    [Test]
    public async Task A_list_ends_at_ten_thousand_records_and_its_total_does_not()
    {
        PushedBatch batch = new(TestProjects.First, new AgentName("agent"),
            [.. Enumerable.Range(0, 10_001).Select(
                i => new SampleRow("transaction") { ["time"] = Time, ["service"] = $"/s/{i}", ["elapsed"] = (long)(i % 97), ["remote_ip"] = $"a{i}" })]);
        ExpectedResponses expected = new(OracleIngest.Take([batch]));
        await using RunningServer server = await RunningServer.StartAsync(_folder);
        await server.Client.PushAsync(batch, BodyForm.MessagePackPackedColumns);
        await server.SealAsync();
        foreach (OracleEndpoint endpoint in OracleEndpoint.All.Where(endpoint => endpoint.Name is "transaction" or "remote"))
        {
            string response = await server.Client.GetAsync(endpoint.Path(Time, Time + 1));
            Assert.That(ResponseComparer.Differences(response, expected.Of(endpoint, TestProjects.First, Time, Time + 1)), Is.Empty, endpoint.Name);
        }
    }

    [Test]
    public async Task An_alert_is_known_again_after_sealing_merging_and_a_restart()
    {
        PushedBatch batch = new(TestProjects.First, null,
        [
            .. Enumerable.Range(1, 300).Select(i => new SampleRow("alert")
            {
                ["time"] = Time + i, ["severity"] = "Info", ["source"] = "s", ["title"] = "t",
                ["id"] = new Guid(i, 0, 0, new byte[8]).ToString(i % 2 == 0 ? "D" : "N"),
            }),
        ]);
        await using (RunningServer server = await RunningServer.StartAsync(_folder))
        {
            await server.Client.PushAsync(batch with { Rows = [.. batch.Rows.Take(100)] }, BodyForm.JsonRows);
            await server.SealAsync();
            await server.Client.PushAsync(batch with { Rows = [.. batch.Rows.Take(200)] }, BodyForm.JsonTable);
            await server.SealAsync();
            await server.CompactAsync();
        }

        await using RunningServer restarted = await RunningServer.StartAsync(_folder);
        JsonElement again = await restarted.Client.PushAsync(batch, BodyForm.MessagePackRows);
        Assert.That((again.GetProperty("accepted").GetInt32(), again.GetProperty("duplicates").GetInt32()), Is.EqualTo((100, 200)));
    }

    [Test]
    public async Task Responses_never_show_a_sample_past_its_retention()
    {
        FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds(Time + (58 * BatchGenerator.Minute)));
        await using RunningServer server = await RunningServer.StartAsync(
            _folder, services => services.AddSingleton<TimeProvider>(clock), "--Storage:Retention=2d", "--Storage:Retentions:exception=1h");
        PushedBatch batch = new(TestProjects.First, new AgentName("agent"), [.. Transactions(1_000, 0), .. Exceptions(100)]);
        ExpectedResponses expected = new(OracleIngest.Take([batch]));
        await server.Client.PushAsync(batch, BodyForm.MessagePackTable);
        await server.SealAsync();
        await Assert.MultipleAsync(async () =>
        {
            foreach (TimeSpan age in new[] { TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61), TimeSpan.FromHours(48)
                + TimeSpan.FromSeconds(500), TimeSpan.FromHours(49) })
            {
                clock.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(Time) + age);
                long now = Time + (long)age.TotalMilliseconds;
                foreach ((OracleEndpoint endpoint,
                    long kept) in new[] { (OracleEndpoint.All[0], 48 * BatchGenerator.Hour), (OracleEndpoint.All[3], BatchGenerator.Hour) })
                {
                    string response = await server.Client.GetAsync(endpoint.Path(Time, Time + BatchGenerator.Hour));
                    object wanted = endpoint.Response([.. expected.Samples.Where(sample => sample.Time >= now - kept)], TestProjects.First, Time,
                        Time + BatchGenerator.Hour);
                    Assert.That(ResponseComparer.Differences(response, wanted), Is.Empty, $"{endpoint} after {age}");
                }
            }
        });
    }

    [Test]
    public async Task A_log_cut_at_any_byte_gives_whole_batches_only()
    {
        const int batches = 12;
        List<string> wrong = [];
        using ServerProcess process = await ServerProcess.StartAsync(_folder);
        for (int i = 0; i < batches; i++)
        {
            await process.Client.PushAsync(new PushedBatch(TestProjects.First, new AgentName("agent"), Transactions(10, i * 1_000)), GeneratedSamples.Form(i));
        }

        process.Kill();
        long end = await EndOfLogAsync(_folder);
        for (int cut = 1; cut < 40; cut++)
        {
            using TemporaryFolder copy = new();
            Copy(_folder, copy);
            Truncate(copy, end - (cut * cut));
            await using RunningServer server = await RunningServer.StartAsync(copy);
            long count = await CountAsync(server.Client);
            if (count % 10 != 0 || count > 10 * (batches - 1))
            {
                wrong.Add($"{cut * cut} bytes less: {count} samples");
            }
        }

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public async Task Every_sample_is_accounted_for()
    {
        await using RunningServer server = await RunningServer.StartAsync(_folder);
        long received = 0;
        foreach ((PushedBatch batch, int index) in GeneratedSamples.Batches.Take(12).Select((batch, index) => (batch, index)))
        {
            SampleRow bad = new("thread") { ["time"] = 5L, ["count"] = 1L };
            await server.Client.PushAsync(batch with { Rows = [.. batch.Rows, bad], Id = $"id {index}", Agent = new AgentName("agent") },
                GeneratedSamples.Form(index));
            await server.Client.PushAsync(batch with { Rows = [.. batch.Rows, bad], Id = $"id {index}", Agent = new AgentName("agent") },
                GeneratedSamples.Form(index));
            received += 2 * (batch.Rows.Count + 1);
        }

        string metrics = await server.Client.GetAsync("/metrics");
        long Total(string name) => metrics.Split('\n')
            .Where(line => line.StartsWith($"timeseries_ingest_samples_{name}", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
        Assert.Multiple(() =>
        {
            Assert.That(Total("received_total"), Is.EqualTo(received));
            Assert.That(Total("stored_total") + Total("rejected_total") + Total("duplicate_total") + Total("in_flight"), Is.EqualTo(received));
            Assert.That(Total("in_flight"), Is.Zero);
            Assert.That(Total("stored_total"), Is.EqualTo(OracleIngest.Take(GeneratedSamples.Batches.Take(12)).Count));
        });
    }

    private static List<SampleRow> Transactions(int count, long offset) =>
        [.. Enumerable.Range(0, count)
            .Select(i => new SampleRow("transaction") { ["time"] = Time + offset + (i % 1_000 * 1_000L), ["service"] = $"/s/{i % 5}", ["elapsed"] = (long)i })];

    private static List<SampleRow> Exceptions(int count) =>
        [.. Enumerable.Range(0, count)
            .Select(i => new SampleRow("exception") { ["time"] = Time + (i * 2_000L), ["class"] = $"C{i % 3}", ["message"] = $"m{i}" })];

    private static async Task SealAndCompactAsync(RunningServer server, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await server.SealAsync();
            await server.CompactAsync();
            await Task.Yield();
        }
    }

    private static async Task<long> CountAsync(ServerClient client)
    {
        using JsonDocument response = JsonDocument.Parse(await client.GetAsync($"/open/api/json/transaction/{Time}/{Time + (24 * BatchGenerator.Hour)}"));
        return response.RootElement.GetProperty("records").EnumerateArray().Sum(record => record.GetProperty("count").GetInt64());
    }

    // What follows the last record in a segment is room that was reserved: zeros.
    private static async Task<long> EndOfLogAsync(string folder)
    {
        byte[] bytes = await File.ReadAllBytesAsync(Segment(folder));
        return Array.FindLastIndex(bytes, value => value != 0) + 1;
    }

    private static string Segment(string folder) => Directory.GetFiles(Path.Combine(folder, "log")).Order(StringComparer.Ordinal).Last();

    private static void Truncate(string folder, long length)
    {
        using FileStream stream = new(Segment(folder), FileMode.Open);
        stream.SetLength(length);
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
