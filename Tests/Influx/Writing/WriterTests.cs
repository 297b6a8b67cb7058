using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Ingest;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>The writer against a real influxd, and against stand-ins of the products that can't be had.</summary>
internal sealed class WriterTests
{
    private const ulong Node = 42;

    private readonly CoreInstruments _instruments = new();
    private TemporaryFolder _folder = new();

    [SetUp]
    public void Start() => _folder = new TemporaryFolder();

    [TearDown]
    public void Stop() => _folder.Dispose();

    [OneTimeTearDown]
    public void End() => _instruments.Dispose();

    [Test]
    public async Task Every_sample_is_stored_once_though_all_is_written_again()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        for (int run = 0; run < 2; run++)
        {
            using InfluxWriter writer = Open(server.Address, batchLines: 300);
            await RunAsync(writer, async token =>
            {
                for (int batch = 0; batch < 10; batch++)
                {
                    await writer.WriteAsync(WrittenBatch.Many(batch * 500, 500, WrittenBatch.Start + batch * 100), new LogPosition(batch + 1), token);
                }

                await writer.WaitStoredAsync(new LogPosition(10), token);
            });
        }

        Assert.That(await CountAsync(server), Is.EqualTo((5_000, 10 * 500 * 501 / 2)));
    }

    [Test]
    public async Task A_database_that_is_missing_is_made_and_no_write_waits_longer_than_for_that()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        using CollectedLog told = new();
        using InfluxWriter writer = Open(new InfluxOptions { Host = server.Address, BatchLines = 50, FlushAge = TimeSpan.FromMilliseconds(20) }, told);
        await RunAsync(writer, async token =>
        {
            await writer.WriteAsync(WrittenBatch.Many(0, 500), new LogPosition(1), token);
            await writer.WaitStoredAsync(new LogPosition(1), token);
        });
        Assert.That(await CountAsync(server), Is.EqualTo((500, 500 * 501 / 2)));
        Assert.That(told.Text, Does.Contain("was created").And.Not.Contains("Error:"));
    }

    [Test]
    public async Task The_log_is_stored_through_marks_only()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        using InfluxWriter writer = Open(server.Address);
        await RunAsync(writer, async token =>
        {
            await writer.MarkAsync(new LogPosition(10), 0, 0, token);
            await writer.WriteAsync(WrittenBatch.Many(0, 100), new LogPosition(20), token);
            await writer.WaitStoredAsync(new LogPosition(20), token);
            await StoredAsync(writer, 10);
            Assert.That(writer.StoredThrough, Is.EqualTo(new LogPosition(10)), "before the mark");
            await writer.MarkAsync(new LogPosition(30), 1, 100, token);
            await StoredAsync(writer, 30);
        });
        using InfluxWriter next = Open(server.Address);
        Assert.That((next.StoredThrough, next.LastUnit, next.NextNumber), Is.EqualTo((new LogPosition(30), 1L, 100L)));
    }

    [Test]
    public async Task A_unit_has_the_rollup_of_its_samples_in_each_bucket()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        using InfluxWriter writer = Open(server.Address);
        await RunAsync(writer, async token =>
        {
            await writer.MarkAsync(new LogPosition(1), 0, 0, token);
            await writer.WriteAsync(WrittenBatch.Many(0, 400, WrittenBatch.Start - 100), new LogPosition(2), token);
            await writer.MarkAsync(new LogPosition(3), 1, 400, token);
            await StoredAsync(writer, 3);
        });
        List<UnitRollups> units = await UnitsAsync(server);
        Assert.That(units.Select(unit => (unit.SampleCount, unit.FirstTime - WrittenBatch.Start, unit.LastTime - WrittenBatch.Start)),
            Is.EqualTo(new[] { (100L, -100L, -1L), (300L, 0L, 299L) }));
        Assert.That(units.SelectMany(unit => unit.Sections).Select(section => Rollup.TryRead(section.Span)!.Level), Is.All.EqualTo(RollupLevel.FiveMinutes));
        Assert.That(units[1].Sections, Is.Not.Empty);
    }

    [Test]
    public async Task A_unit_without_its_mark_is_declared_and_not_complete()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        using InfluxWriter writer = Open(server.Address);
        await RunAsync(writer, async token =>
        {
            await writer.MarkAsync(new LogPosition(1), 0, 0, token);
            await writer.WriteAsync(WrittenBatch.Many(0, 10), new LogPosition(2), token);
            await writer.WaitStoredAsync(new LogPosition(2), token);
        });
        Assert.That(await server.NumberAsync("SELECT count(unit) FROM rollup_5m WHERE parts = 0", "apm"), Is.EqualTo(1));
    }

    [Test]
    public async Task An_outage_costs_nothing()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        using InfluxWriter writer = Open(server.Address, batchLines: 100);
        await RunAsync(writer, async token =>
        {
            await writer.WriteAsync(WrittenBatch.Many(0, 500), new LogPosition(1), token);
            await writer.WaitStoredAsync(new LogPosition(1), token);
            server.Kill();
            await writer.WriteAsync(WrittenBatch.Many(500, 300, WrittenBatch.Start + 500), new LogPosition(2), token);
            await Eventually.IsTrueAsync(() => writer.Fault is not null);
            await server.RestartAsync();
            await writer.WaitStoredAsync(new LogPosition(2), token);
        });
        Assert.That(await CountAsync(server), Is.EqualTo((800, 500 * 501 / 2 + 300 * 301 / 2)));
    }

    [Test]
    public async Task A_line_refused_for_good_is_kept_with_its_reason_and_costs_no_other()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        await server.QueryAsync("CREATE DATABASE apm WITH DURATION INF SHARD DURATION 1h");

        // In one hour the field is a float, so lines of that hour conflict with it.
        await server.WriteAsync($"transaction elapsed=1.5 {WrittenBatch.Start}000000", "apm");
        using InfluxWriter writer = Open(server.Address);
        await RunAsync(writer, async token =>
        {
            (long, string, long)[] rows = [.. Enumerable.Range(1, 40).Select(i => (WrittenBatch.Start + (i == 17 ? 0 : 3_600_000) + i, "/a", (long)i))];
            await writer.WriteAsync(WrittenBatch.Transactions(0, rows), new LogPosition(1), token);
            await writer.WaitStoredAsync(new LogPosition(1), token);
        });
        string kept = DeadLetters().Single();
        Assert.That(kept, Does.Contain("field type conflict").And.Contain("elapsed=17i"));
        Assert.That(kept.Split('\n').Count(line => line.StartsWith("transaction", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(await server.NumberAsync($"SELECT count(n) FROM transaction WHERE time > {WrittenBatch.Start}000000", "apm"), Is.EqualTo(39));
    }

    [Test]
    public async Task A_record_is_told_how_many_of_its_samples_were_refused_for_good()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        await server.QueryAsync("CREATE DATABASE apm WITH DURATION INF SHARD DURATION 1h");
        await server.WriteAsync($"transaction elapsed=1.5 {WrittenBatch.Start}000000", "apm");
        using (InfluxWriter writer = Open(server.Address, batchLines: 7))
        {
            await RunAsync(writer, async token =>
            {
                int?[] refused = new int?[5];
                for (int record = 1; record < refused.Length; record++)
                {
                    // As many as the number of the record, less one, in the hour in which the field is a float.
                    (long, string, long)[] rows = [.. Enumerable.Range(1, 10).Select(i =>
                        (WrittenBatch.Start + (i < record ? 0 : 3_600_000) + (record * 100) + i, "/a", (long)i))];
                    await writer.WriteAsync(WrittenBatch.Transactions(record * 10, rows), new LogPosition(record), token);
                }

                for (int record = 1; record < refused.Length; record++)
                {
                    refused[record] = await writer.WaitStoredAsync(new LogPosition(record), token);
                }

                Assert.That(refused, Is.EqualTo(new int?[] { null, 0, 1, 2, 3 }));
                await writer.MarkAsync(new LogPosition(9), 1, 100, token);
                await StoredAsync(writer, 9);
            });
        }

        using InfluxWriter next = Open(server.Address);
        Assert.That(await next.WaitStoredAsync(new LogPosition(4), CancellationToken.None), Is.Null, "from before the start");
    }

    [Test]
    public async Task Each_product_gets_all_lines_through_its_own_endpoint([Values] FakeProduct product, [Values] InfluxWriteApi api)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(product);
        server.Refusals.Enqueue(new FakeRefusal(429, "0"));
        server.Refusals.Enqueue(new FakeRefusal(503, "Sun, 01 Mar 2020 12:00:42 GMT"));
        InfluxCredentials credentials = new(FakeInflux.Token);
        using InfluxWriter writer = Open(
            new InfluxOptions
            {
                Host = server.Address,
                Credentials = credentials,
                Org = FakeInflux.Organisation,
                WriteApi = api,
                FlushAge = TimeSpan.FromMilliseconds(20),
            });
        await RunAsync(writer, async token =>
        {
            await writer.WriteAsync(WrittenBatch.Many(0, 1_000), new LogPosition(1), token);
            await writer.WaitStoredAsync(new LogPosition(1), token);
        });
        Assert.That(server.Points().Keys.Count(point => point.Series.StartsWith("transaction", StringComparison.Ordinal)), Is.EqualTo(1_000));
    }

    [Test]
    public async Task A_write_that_is_too_large_is_sent_in_parts()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Cloud);
        server.BodyLimit = 20_000;
        using InfluxWriter writer = Open(
            new InfluxOptions
            {
                Host = server.Address,
                Credentials = new InfluxCredentials(FakeInflux.Token),
                Gzip = false,
                FlushAge = TimeSpan.FromMilliseconds(20),
            });
        await RunAsync(writer, async token =>
        {
            await writer.WriteAsync(WrittenBatch.Many(0, 1_000), new LogPosition(1), token);
            await writer.WaitStoredAsync(new LogPosition(1), token);
        });
        Assert.That((server.Points().Count, DeadLetters().Count), Is.EqualTo((1_001, 0)));
    }

    [Test]
    public async Task Writes_that_wake_a_shard_are_sent_again_and_later_ones_once()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Cloud);
        server.Forgettable = 3;
        using InfluxWriter writer = Open(
            new InfluxOptions
            {
                Host = server.Address,
                Credentials = new InfluxCredentials(FakeInflux.Token),
                BatchLines = 100,
                FlushAge = TimeSpan.FromMilliseconds(20),
            });
        await RunAsync(writer, async token =>
        {
            await writer.WriteAsync(WrittenBatch.Many(0, 250), new LogPosition(1), token);
            await writer.WaitStoredAsync(new LogPosition(1), token);
            Assert.That((server.Points().Count, server.WriteCount), Is.EqualTo((251, 2 * 3)));
            await writer.WriteAsync(WrittenBatch.Many(250, 50, WrittenBatch.Start + 250), new LogPosition(2), token);
            await writer.WaitStoredAsync(new LogPosition(2), token);
        });
        Assert.That((server.Points().Count, server.WriteCount), Is.EqualTo((301, (2 * 3) + 1)));
    }

    private InfluxWriter Open(Uri address, int batchLines = 5_000) =>
        Open(new InfluxOptions { Host = address, BatchLines = batchLines, FlushAge = TimeSpan.FromMilliseconds(20) });

    private InfluxWriter Open(InfluxOptions options, ILogger? logger = null) =>
        InfluxWriter.Open(
            new InfluxNode(new DiskFileSystem(), _folder, Node), options, _ => 1_200_000, null, TimeProvider.System, _instruments,
            logger ?? NullLogger.Instance);

    // Runs the writer while something is written.
    private static async Task RunAsync(InfluxWriter writer, Func<CancellationToken, Task> write)
    {
        using CancellationTokenSource stop = new();
        using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(60));
        Task running = writer.RunAsync(stop.Token);
        await write(timeout.Token);
        await stop.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
    }

    private static Task StoredAsync(InfluxWriter writer, long offset) => Eventually.IsTrueAsync(() => writer.StoredThrough >= new LogPosition(offset));

    private static async Task<(long Count, long Sum)> CountAsync(RealInfluxd server) => (
        await server.NumberAsync("SELECT count(n) FROM transaction", "apm"), await server.NumberAsync("SELECT sum(elapsed) FROM transaction", "apm"));

    private static async Task<List<UnitRollups>> UnitsAsync(RealInfluxd server)
    {
        JsonElement rows = (await server.QueryAsync("SELECT part, parts, data FROM rollup_5m", "apm"))[0].GetProperty("series")[0].GetProperty("values");
        List<UnitRollups> units = [];
        StringBuilder text = new();
        foreach (JsonElement row in rows.EnumerateArray())
        {
            text.Append(row[3].GetString());
            if (row[1].GetInt64() == row[2].GetInt64() - 1)
            {
                Assert.That(UnitRollups.TryRead(Convert.FromBase64String(text.ToString()), out UnitRollups? unit), Is.True);
                units.Add(unit!);
                text.Clear();
            }
        }

        return units;
    }

    private List<string> DeadLetters() =>
        Directory.Exists(_folder["dead-letters"]) ? [.. Directory.GetFiles(_folder["dead-letters"]).Select(File.ReadAllText)] : [];
}
