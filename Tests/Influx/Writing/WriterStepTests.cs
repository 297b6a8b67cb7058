using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Ingest;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>The steps of the writer's loops, one at a time.</summary>
internal sealed class WriterStepTests
{
    private static readonly LogPosition _end = new(10);

    private readonly CoreInstruments _instruments = new();
    private FaultyFileSystem _files = null!;
    private FakeTimeProvider _clock = null!;
    private CollectedLog _log = null!;

    [SetUp]
    public void Start()
    {
        _files = new FaultyFileSystem();
        _clock = new FakeTimeProvider(TestTime.Start);
        _log = new CollectedLog();
    }

    [TearDown]
    public void Stop() => _log.Dispose();

    [OneTimeTearDown]
    public void End() => _instruments.Dispose();

    [Test]
    public async Task A_closed_unit_is_finished_by_one_step()
    {
        using InfluxWriter writer = Open();
        await writer.MarkAsync(_end, 1, 5, CancellationToken.None);
        Assert.That(writer.StoredThrough, Is.EqualTo(LogPosition.Start));
        Assert.That(await writer.CloseNextAsync(CancellationToken.None), Is.True);
        Assert.That(writer.StoredThrough, Is.EqualTo(_end));
        Assert.That(await writer.CloseNextAsync(CancellationToken.None), Is.False, "none is left");
    }

    [Test]
    public async Task A_checkpoint_that_cannot_be_written_is_tried_again_after_a_second()
    {
        using InfluxWriter writer = Open();
        await writer.MarkAsync(_end, 1, 5, CancellationToken.None);
        _files.Fail(FileOperation.Create);
        Task<bool> step = writer.CloseNextAsync(CancellationToken.None).AsTask();
        Assert.That((step.IsCompleted, writer.StoredThrough), Is.EqualTo((false, LogPosition.Start)));
        Assert.That(_log.Text, Does.Contain("The checkpoint cannot be written"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await step, writer.StoredThrough), Is.EqualTo((true, _end)));
    }

    [Test]
    public async Task A_step_of_the_sender_sends_one_batch_and_twice_what_wakes_a_shard()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Cloud);
        InfluxOptions options = new() { Host = server.Address, Credentials = new InfluxCredentials(FakeInflux.Token), Timeout = TimeSpan.FromDays(1) };
        SendQueue queue = new(1 << 20, LogPosition.Start);
        using InfluxHttp http = new(options, _clock);
        DeadLetters deadLetters = new(new InfluxNode(_files, "node", 1), _clock, LogPosition.Start);
        using LineSender sender = new(
            http, queue, new AdaptiveBatchSize(1 << 20, _clock), deadLetters, new LineAges(_ => null, _clock), _clock, _instruments, NullLogger.Instance);
        await queue.AddAsync(Batch(0, 1), CancellationToken.None);
        await queue.AddAsync(Batch(1, 2), CancellationToken.None);

        Task<bool> first = sender.SendNextAsync(CancellationToken.None).AsTask();
        await Eventually.IsTrueAsync(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            return first.IsCompleted;
        });
        Assert.That((await first, server.WriteCount, queue.ConfirmedThrough), Is.EqualTo((true, 2, new LogPosition(1))));
        Assert.That(await sender.SendNextAsync(CancellationToken.None), Is.True);
        Assert.That((server.WriteCount, queue.ConfirmedThrough), Is.EqualTo((3, new LogPosition(2))));
        Assert.That(await sender.SendNextAsync(CancellationToken.None), Is.False, "none is left");
    }

    // With full jitter some 12 are expected in a minute; without any delay it is one a request of the other client.
    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("Sun, 01 Mar 2020 12:00:42 GMT")]
    public async Task A_server_that_asks_for_no_delay_gets_few_writes(string retryAfter)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Cloud);
        for (int i = 0; i < 10_000; i++)
        {
            server.Refusals.Enqueue(new FakeRefusal(429, retryAfter));
        }

        InfluxOptions options = new() { Host = server.Address, Credentials = new InfluxCredentials(FakeInflux.Token), Timeout = TimeSpan.FromDays(1) };
        SendQueue queue = new(1 << 20, LogPosition.Start);
        using InfluxHttp http = new(options, _clock);
        DeadLetters deadLetters = new(new InfluxNode(_files, "node", 1), _clock, LogPosition.Start);
        using LineSender sender = new(
            http, queue, new AdaptiveBatchSize(1 << 20, _clock), deadLetters, new LineAges(_ => null, _clock), _clock, _instruments, NullLogger.Instance);
        await queue.AddAsync(Batch(0, 1), CancellationToken.None);
        using CancellationTokenSource stop = new();
        Task<bool> step = sender.SendNextAsync(stop.Token).AsTask();
        using HttpClient other = new() { BaseAddress = server.Address };
        for (int second = 0; second < 60; second++)
        {
            // A sender that does not wait for the clock would write meanwhile.
            for (int i = 0; i < 5; i++)
            {
                using HttpResponseMessage response = await other.GetAsync(new Uri("/ping", UriKind.Relative));
            }

            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        // On a busy machine the sender may not have come to its second write yet.
        while (server.WriteCount < 2)
        {
            await Task.Yield();
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.That(server.WriteCount, Is.InRange(2, 40));
        await stop.CancelAsync();
        Assert.That(async () => await step, Throws.InstanceOf<OperationCanceledException>());
    }

    private InfluxWriter Open() =>
        InfluxWriter.Open(new InfluxNode(_files, "node", 1), new InfluxOptions(), _ => 0, null, _clock, _instruments, _log);

    private static LineBatch Batch(long number, long through)
    {
        LineBatch lines = new(1 << 10) { Through = new LogPosition(through) };
        LineEncoder encoder = new(1, maxLines: 10, maxBytes: 1 << 10);
        encoder.Begin(WrittenBatch.Many(number, 1), new OpenUnit(5));
        encoder.Continue(lines);
        return lines;
    }
}
