using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Ingest;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>Samples that a limit of InfluxDB refuses wait until an operator lifts it, and that is said. None of them is a dead letter.</summary>
internal sealed class HeldLimitTests
{
    private readonly CoreInstruments _instruments = new();
    private TemporaryFolder _folder = new();
    private CollectedLog _log = new();
    private FakeTimeProvider _clock = null!;

    [SetUp]
    public void Start()
    {
        (_folder, _log) = (new TemporaryFolder(), new CollectedLog());
        _clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
    }

    [TearDown]
    public void Stop()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    [OneTimeTearDown]
    public void End() => _instruments.Dispose();

    [Test]
    public async Task Samples_over_a_limit_of_values_are_stored_once_it_is_raised()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync(new InfluxdSettings { MaxValuesPerTag = 3 });
        await server.QueryAsync("CREATE DATABASE apm");

        // Checked against what was there before a write.
        foreach (int oid in new[] { 1, 2, 3 })
        {
            await server.WriteAsync($"transaction,e=0,node=1,oid={oid},pcode=1 n=1i {WrittenBatch.Start}000000", "apm");
        }

        await CheckAsync(server, Row.BatchOf([.. Enumerable.Range(0, 9).Select(i => Transaction(WrittenBatch.Start + i, oid: 1 + (i * 3)))], 100), async () =>
        {
            await server.StopAsync();
            server.Settings = server.Settings with { MaxValuesPerTag = 100 };
            await server.RestartAsync();
        });
        Assert.That(await server.NumberAsync("SELECT count(n) FROM transaction WHERE n >= 100", "apm"), Is.EqualTo(9));
    }

    [Test]
    public async Task Samples_older_than_the_retention_of_the_database_are_stored_once_it_is_raised()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        await server.QueryAsync("CREATE DATABASE apm WITH DURATION 1h");
        long now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        ValidBatch batch = WrittenBatch.Transactions(0, [.. Enumerable.Range(0, 20).Select(i => (now - (i * 600_000L), "/a", i + 1L))]);
        await CheckAsync(server, batch, () => server.QueryAsync("ALTER RETENTION POLICY autogen ON apm DURATION INF"));
        Assert.That(await server.NumberAsync("SELECT count(n) FROM transaction", "apm"), Is.EqualTo(20));
    }

    [Test]
    public async Task What_this_node_need_not_keep_either_holds_nothing_up()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        await server.QueryAsync("CREATE DATABASE apm WITH DURATION 1h");
        long now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        using InfluxWriter writer = Open(server, TimeSpan.FromHours(1));
        using CancellationTokenSource stop = new();
        Task running = writer.RunAsync(stop.Token);
        (long, string, long)[] rows = [.. Enumerable.Range(0, 20).Select(i => (i < 15 ? now - i : now - 7_200_000 - i, "/a", i + 1L))];
        await writer.WriteAsync(WrittenBatch.Transactions(0, rows), new LogPosition(1), CancellationToken.None);
        Task stored = writer.WaitStoredAsync(new LogPosition(1), CancellationToken.None);
        await AdvanceUntilAsync(() => stored.IsCompleted);
        Assert.That(await server.NumberAsync("SELECT count(n) FROM transaction", "apm"), Is.EqualTo(15));
        string kept = string.Concat(Directory.GetFiles(_folder["dead-letters"]).Select(File.ReadAllText));
        Assert.That(kept.Split('\n').Count(line => line.StartsWith("transaction", StringComparison.Ordinal)), Is.EqualTo(5));
        await stop.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_database_that_was_dropped_is_waited_for_each_time()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        for (int run = 0; run < 2; run++)
        {
            using InfluxWriter writer = Open(server, null);
            using CancellationTokenSource stop = new();
            Task running = writer.RunAsync(stop.Token);
            for (int drop = 0; drop < 2; drop++)
            {
                int first = (run * 1_000) + (drop * 100);
                await writer.WriteAsync(WrittenBatch.Many(first, 10, WrittenBatch.Start + first), new LogPosition(first + 1), CancellationToken.None);
                await AdvanceUntilAsync(() => writer.ConfirmedThrough == new LogPosition(first + 1));
                await writer.MarkAsync(new LogPosition(first + 2), drop, first + 10, CancellationToken.None);
                await AdvanceUntilAsync(() => writer.StoredThrough == new LogPosition(first + 2));
                await server.QueryAsync("DROP DATABASE apm");
                await writer.WriteAsync(
                    WrittenBatch.Many(first + 10, 10, WrittenBatch.Start + first + 10), new LogPosition(first + 20), CancellationToken.None);
                await AdvanceUntilAsync(() => writer.Fault is not null);
                Assert.That(writer.Notice, Does.StartWith("InfluxDB lacks the database"));
                Assert.That((await server.QueryAsync("SHOW DATABASES"))[0].ToString(), Does.Not.Contain("apm"));
                await server.QueryAsync("CREATE DATABASE apm");
                await AdvanceUntilAsync(() => writer.ConfirmedThrough == new LogPosition(first + 20) && writer.Fault is null);
            }

            await stop.CancelAsync();
            Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
        }
    }

    private async Task CheckAsync(RealInfluxd server, ValidBatch batch, Func<Task> lift)
    {
        using InfluxWriter writer = Open(server, null);
        using CancellationTokenSource stop = new();
        Task running = writer.RunAsync(stop.Token);
        await writer.WriteAsync(batch, new LogPosition(1), CancellationToken.None);
        Task stored = writer.WaitStoredAsync(new LogPosition(1), CancellationToken.None);

        // The fault is seen a moment before it is logged.
        await AdvanceUntilAsync(() => (writer.Fault is not null && _log.Text.Length > 0) || stored.IsCompleted);
        Assert.That(stored.IsCompleted, Is.False);
        Assert.That(writer.Notice, Does.StartWith("InfluxDB refuses samples for a limit"));
        Assert.That(_log.Text, Does.Contain("Error: InfluxDB refuses samples for a limit: 400 partial write: "));

        // Held for two minutes more, which are three lines of the log at most.
        for (int i = 0; i < 120; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await server.QueryAsync("SHOW DATABASES");
        }

        Assert.That(_log.Text.Split("for a limit").Length - 1, Is.InRange(1, 3));
        await lift();
        await AdvanceUntilAsync(() => stored.IsCompleted && writer.Fault is null);
        Assert.That((writer.Notice, Directory.Exists(_folder["dead-letters"])), Is.EqualTo(((string?)null, false)));
        await stop.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
    }

    private InfluxWriter Open(RealInfluxd server, TimeSpan? retention) => InfluxWriter.Open(
        new InfluxNode(new DiskFileSystem(), _folder, 42) { RetentionOf = _ => retention },
        new InfluxOptions { Host = server.Address, Timeout = TimeSpan.FromDays(1) }, _ => 1_200_000, null, _clock, _instruments, _log);

    private static Row Transaction(long time, int oid) => Row.Transaction(1, time, "/a", 1).With("oid", oid);

    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.IsTrueAsync(() =>
    {
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        return condition();
    });
}
