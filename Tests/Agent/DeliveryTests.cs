using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Agent.Delivery;
using TimeSeries.Agent.Samples;
using TimeSeries.Tests.Support;

namespace TimeSeries.Tests.Agent;

/// <summary>What becomes of batches, whatever the server says, by a clock that stands still.</summary>
public sealed class DeliveryTests
{
    private static readonly TimeSpan _flush = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(0.4);

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));

    [Test]
    public async Task Samples_go_in_one_batch_as_columns_with_agent_and_id()
    {
        ScriptedSender sender = new();
        await using AgentHost host = await StartAsync(sender);
        host.Agent.Push(new TransactionSample { Service = "/a", Elapsed = TimeSpan.FromMilliseconds(1.5), Status = 200 });
        host.Agent.Push(new TransactionSample { Service = "/a", Elapsed = TimeSpan.FromMilliseconds(2), ErrorClass = "E" });
        host.Agent.Push(new EventSample { Level = "EVENT", Type = "ES010", Message = "m" });

        await AdvanceAsync(() => sender.Bodies.Count == 1);

        JsonElement batch = ScriptedSender.ReadBatch(sender.Bodies[0]);
        Dictionary<string, JsonElement>[] transactions = [.. ScriptedSender.SamplesOf(sender.Bodies[0], "transaction")];
        Assert.Multiple(() =>
        {
            Assert.That(batch.GetProperty("agent").GetProperty("oname").GetString(), Is.EqualTo("agent-under-test"));
            Assert.That(Guid.Parse(batch.GetProperty("id").GetString()!).Version, Is.EqualTo(7));
            Assert.That(transactions.Select(sample => sample["service"].GetString()), Is.EqualTo(["/a", "/a"]));
            Assert.That(transactions.Select(sample => sample["elapsed"].GetDouble()), Is.EqualTo([1.5, 2.0]));
            Assert.That(transactions[0]["status"].GetInt32(), Is.EqualTo(200));
            Assert.That(transactions[1].ContainsKey("status"), Is.False);
            Assert.That(transactions[1]["error_class"].GetString(), Is.EqualTo("E"));
            Assert.That(sender.SamplesOf("event").Single()["type"].GetString(), Is.EqualTo("ES010"));
        });
    }

    [TestCase(408)]
    [TestCase(429)]
    [TestCase(500)]
    [TestCase(503)]
    public async Task A_batch_that_the_server_can_not_take_now_is_sent_again_byte_by_byte(int status)
    {
        ScriptedSender sender = new ScriptedSender().Then(new SendResult(status)).Then(new SendResult(status));
        await using AgentHost host = await StartAsync(sender);
        Push(host, 1);

        await AdvanceAsync(() => sender.Bodies.Count == 3, () => $"{sender.Bodies.Count} {host.Agent.Statistics}");

        Assert.That(sender.Bodies[1], Is.EqualTo(sender.Bodies[0]));
        Assert.That(sender.Bodies[2], Is.EqualTo(sender.Bodies[0]));
        await Eventually.IsTrueAsync(() => host.Agent.Statistics is { Sent: 1, Retries: 2, Dropped: 0, Rejected: 0 });
    }

    [Test]
    public async Task A_server_that_is_away_gets_the_same_batch_when_it_is_back()
    {
        ScriptedSender sender = new ScriptedSender().Then(() => throw new HttpRequestException("refused"))
            .Then(async () =>
            {
                await Task.Yield();
                throw new IOException("reset");
            });
        await using AgentHost host = await StartAsync(sender);
        Push(host, 1);

        await AdvanceAsync(() => host.Agent.Statistics.Sent == 1);

        Assert.That(sender.Bodies, Has.Count.EqualTo(3));
        Assert.That(sender.Bodies[2], Is.EqualTo(sender.Bodies[0]));
    }

    [Test]
    public async Task Retry_After_is_waited_for_and_no_less()
    {
        ScriptedSender sender = new ScriptedSender().Then(new SendResult(429, RetryAfter: TimeSpan.FromSeconds(40)));
        await using AgentHost host = await StartAsync(sender);
        Push(host, 1);
        await AdvanceAsync(() => sender.Bodies.Count == 1);
        DateTimeOffset refused = _clock.GetUtcNow();

        await AdvanceAsync(() => sender.Bodies.Count == 2);

        Assert.That(_clock.GetUtcNow() - refused, Is.EqualTo(TimeSpan.FromSeconds(40)).Within(_flush));
    }

    [Test]
    public void Waits_grow_and_are_spread_by_chance()
    {
        Backoff backoff = new();
        TimeSpan limit = TimeSpan.FromSeconds(0.25);
        for (int i = 0; i < 20; i++)
        {
            Assert.That(backoff.Next(), Is.LessThanOrEqualTo(limit));
            limit = TimeSpan.FromSeconds(Math.Min(30, limit.TotalSeconds * 2));
        }

        Assert.That(Enumerable.Range(0, 100).Max(_ => backoff.Next()), Is.GreaterThan(TimeSpan.FromSeconds(10)));
    }

    [TestCase(401)]
    [TestCase(403)]
    [TestCase(404)]
    public async Task What_people_must_put_right_is_tried_once_a_minute(int status)
    {
        ScriptedSender sender = new ScriptedSender().Then(new SendResult(status));
        await using AgentHost host = await StartAsync(sender);
        Push(host, 1);
        await AdvanceAsync(() => sender.Bodies.Count == 1);
        DateTimeOffset refused = _clock.GetUtcNow();

        await AdvanceAsync(() => host.Agent.Statistics.Sent == 1);

        Assert.That(_clock.GetUtcNow() - refused, Is.EqualTo(TimeSpan.FromMinutes(1)).Within(_flush));
    }

    [Test]
    public async Task A_batch_that_is_too_large_is_split_until_it_fits()
    {
        ScriptedSender sender = new();
        sender.Otherwise = _ => Task.FromResult(new SendResult(ScriptedSender.SamplesOf(sender.Bodies[^1], "thread").Count() > 2 ? 413 : 200));
        await using AgentHost host = await StartAsync(sender);
        Push(host, 7);

        await AdvanceAsync(() => host.Agent.Statistics.Sent == 7);

        byte[][] taken = [.. sender.Bodies.Where(body => ScriptedSender.SamplesOf(body, "thread").Count() <= 2)];
        Assert.That(taken.SelectMany(body => ScriptedSender.SamplesOf(body, "thread")).Select(sample => sample["count"].GetDouble()),
            Is.EquivalentTo(Enumerable.Range(0, 7)));
        Assert.That(taken.Select(body => ScriptedSender.ReadBatch(body).GetProperty("id").GetString()), Is.Unique);
    }

    [TestCase(400)]
    [TestCase(413)]
    [TestCase(415)]
    public async Task What_no_server_will_take_is_counted_and_the_next_goes_on(int status)
    {
        ScriptedSender sender = new ScriptedSender().Then(new SendResult(status, Reason: "no"));
        await using AgentHost host = await StartAsync(sender);
        Push(host, 1);
        await AdvanceAsync(() => host.Agent.Statistics.Rejected == 1);
        Push(host, 1);

        await AdvanceAsync(() => host.Agent.Statistics.Sent == 1);

        Assert.That(host.Agent.Statistics, Is.EqualTo(host.Agent.Statistics with { Rejected = 1, Retries = 0, Dropped = 0 }));
    }

    [Test]
    public async Task Rejected_samples_of_a_batch_are_counted()
    {
        ScriptedSender sender = new ScriptedSender().Then(new SendResult(200, Rejected: 2, Reason: "thread.count must be a number"));
        await using AgentHost host = await StartAsync(sender);
        Push(host, 5);

        await AdvanceAsync(() => host.Agent.Statistics.Sent == 3);

        Assert.That(host.Agent.Statistics.Rejected, Is.EqualTo(2));
    }

    [Test]
    public async Task A_full_queue_drops_the_oldest_and_counts_them()
    {
        TaskCompletionSource<SendResult> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ScriptedSender sender = new ScriptedSender().Then(() => first.Task);
        await using AgentHost host = await StartAsync(sender, queue: 100);
        Push(host, 1);
        await AdvanceAsync(() => sender.Bodies.Count == 1);
        Push(host, 130);
        first.SetResult(new SendResult(200));

        await AdvanceAsync(() => host.Agent.Statistics.Sent == 101);

        Assert.That(host.Agent.Statistics.Dropped, Is.EqualTo(30));
        Assert.That(ScriptedSender.SamplesOf(sender.Bodies[1], "thread").Select(sample => sample["count"].GetDouble()), Is.EqualTo(Enumerable.Range(30, 100)));
    }

    [Test]
    public async Task A_stop_sends_what_waits()
    {
        ScriptedSender sender = new();
        AgentHost host = await StartAsync(sender);
        Push(host, 3);

        await host.DisposeAsync();

        Assert.That(sender.SamplesOf("thread"), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_stop_cuts_a_long_wait_short_and_tries_once_more()
    {
        ScriptedSender sender = new ScriptedSender().Then(new SendResult(503, RetryAfter: TimeSpan.FromMinutes(2)));
        await using AgentHost host = await StartAsync(sender);
        Push(host, 1);
        await AdvanceAsync(() => sender.Bodies.Count == 1);

        await host.StopAsync();

        Assert.That(host.Agent.Statistics.Sent, Is.EqualTo(1));
        Assert.That(sender.Bodies[1], Is.EqualTo(sender.Bodies[0]));
    }

    [Test]
    public async Task A_stop_leaves_out_the_wait_after_a_try_that_fails_meanwhile()
    {
        TaskCompletionSource<SendResult> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ScriptedSender sender = new ScriptedSender().Then(() => first.Task);
        await using AgentHost host = await StartAsync(sender);
        Push(host, 1);
        await AdvanceAsync(() => sender.Bodies.Count == 1);

        Task stop = host.StopAsync();
        first.SetResult(new SendResult(503, RetryAfter: TimeSpan.FromMinutes(2)));
        await stop;

        Assert.That(host.Agent.Statistics.Sent, Is.EqualTo(1));
        Assert.That(sender.Bodies[1], Is.EqualTo(sender.Bodies[0]));
    }

    [Test]
    public async Task A_stop_waits_no_longer_than_it_may_and_counts_what_is_lost()
    {
        ScriptedSender sender = new() { Otherwise = _ => new TaskCompletionSource<SendResult>().Task };
        AgentHost host = await StartAsync(sender, batch: 2);
        Push(host, 5);
        await AdvanceAsync(() => sender.Bodies.Count == 1);

        Task stop = host.StopAsync();
        await AdvanceAsync(() => stop.IsCompleted);

        Assert.That(host.Agent.Statistics, Is.EqualTo(host.Agent.Statistics with { Sent = 0, Dropped = 5, Queued = 0 }));
        await host.DisposeAsync();
    }

    [Test]
    public async Task A_server_that_hangs_or_fails_delays_no_push()
    {
        ScriptedSender sender = new() { Otherwise = _ => new TaskCompletionSource<SendResult>().Task };
        await using AgentHost host = await StartAsync(sender, queue: 100, stop: TimeSpan.Zero);
        Push(host, 1);
        await AdvanceAsync(() => sender.Bodies.Count == 1);

        Push(host, 10_000);

        Assert.That(host.Agent.Statistics, Is.EqualTo(host.Agent.Statistics with { Collected = 10_001, Queued = 100, Dropped = 9_900 }));
    }

    [Test]
    public async Task A_full_batch_does_not_wait_for_the_flush()
    {
        ScriptedSender sender = new();
        await using AgentHost host = await StartAsync(sender, batch: 10);
        Push(host, 10);

        await Eventually.IsTrueAsync(() => host.Agent.Statistics.Sent == 10);
    }

    private Task<AgentHost> StartAsync(ScriptedSender sender, int queue = 1_000, int batch = 1_000, TimeSpan? stop = null) => AgentHost.StartWorkerAsync(
        sender,
        options =>
        {
            options.FlushInterval = _flush;
            options.QueueSamples = queue;
            options.BatchSamples = batch;
            options.ShutdownTimeout = stop ?? TimeSpan.FromSeconds(5);
        },
        services => services.AddSingleton<TimeProvider>(_clock));

    private static void Push(AgentHost host, int count)
    {
        for (int i = 0; i < count; i++)
        {
            host.Agent.Push(new ThreadSample { Count = i });
        }
    }

    // Time goes on in small steps, since waits begin on other threads.
    private Task AdvanceAsync(Func<bool> until, Func<string>? found = null) => Eventually.IsTrueAsync(
        () =>
        {
            if (!until())
            {
                _clock.Advance(_step);
            }

            return Task.FromResult(until());
        },
        found);
}
