using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Ingest;

public sealed class IdempotencyTests
{
    private IngestTestHost _host = null!;

    [SetUp]
    public async Task StartAsync() => _host = await IngestTestHost.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task A_resend_gets_the_first_counts_and_position()
    {
        string body =
            $$"""{"agent":{"oname":"a"},"id":"x","transaction":[{"time":{{_host.Now}},"service":"/a","elapsed":1},{"time":1,"service":"/b","elapsed":1}]}""";
        JsonElement first = await _host.TakenAsync(body);
        JsonElement second = await _host.TakenAsync(body);

        Assert.That(second.GetProperty("duplicate").GetBoolean(), Is.True);
        Assert.That(second.GetProperty("accepted").GetInt32(), Is.EqualTo(1));
        Assert.That(second.GetProperty("rejected").GetInt32(), Is.EqualTo(1));
        Assert.That(second.GetProperty("errors").GetArrayLength(), Is.Zero);
        Assert.That(second.GetProperty("position").GetString(), Is.EqualTo(first.GetProperty("position").GetString()));
    }

    [Test]
    public async Task A_resend_is_not_stored()
    {
        await _host.TakenAsync(_host.Batch("x"));
        await _host.TakenAsync(_host.Batch("x"));

        Assert.That(_host.Store.Batches, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_resend_waits_for_the_first_that_is_on_its_way()
    {
        _host.Store.Held = new TaskCompletionSource();
        Task<HttpResponseMessage> first = _host.PushAsync(_host.Batch("x"));
        Task<HttpResponseMessage> second = _host.PushAsync(_host.Batch("x"));
        await _host.CountedAsync("in_flight", 2);
        Assert.That(first.IsCompleted || second.IsCompleted, Is.False);
        _host.Store.Held.SetResult();

        bool[] duplicates = [await IsDuplicateAsync(first), await IsDuplicateAsync(second)];
        Assert.That(duplicates, Is.EquivalentTo(new[] { true, false }));
    }

    [Test]
    public async Task The_same_key_of_another_agent_is_another_batch()
    {
        await _host.TakenAsync(_host.Batch("x", "one"));
        JsonElement response = await _host.TakenAsync(_host.Batch("x", "two"));

        Assert.That(response.GetProperty("duplicate").GetBoolean(), Is.False);
    }

    [Test]
    public async Task A_refused_batch_is_not_remembered()
    {
        _host.Files.Fail(FileOperation.Flush, times: int.MaxValue);
        using HttpResponseMessage refused = await _host.PushAsync(_host.Batch("x"));
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        _host.Files.Heal();
        JsonElement response = await _host.TakenAsync(_host.Batch("x"));

        Assert.That(response.GetProperty("duplicate").GetBoolean(), Is.False);
    }

    [TestCase(60, true)]
    [TestCase(61, false)]
    public async Task A_key_is_remembered_for_its_window(int minutes, bool expected)
    {
        await _host.TakenAsync(_host.Batch("x"));
        _host.Clock.Advance(TimeSpan.FromMinutes(minutes));
        JsonElement response = await _host.TakenAsync(_host.Batch("x"));

        Assert.That(response.GetProperty("duplicate").GetBoolean(), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_key_survives_a_crash()
    {
        JsonElement first = await _host.TakenAsync(_host.Batch("x"));
        _host = await _host.CrashAsync();
        JsonElement second = await _host.TakenAsync(_host.Batch("x"));

        Assert.That(second.GetProperty("duplicate").GetBoolean(), Is.True);
        Assert.That(second.GetProperty("position").GetString(), Is.EqualTo(first.GetProperty("position").GetString()));
    }

    [Test]
    public async Task A_key_survives_the_log_that_forgot_its_record()
    {
        await _host.DisposeAsync();
        _host = await IngestTestHost.StartAsync("--Wal:MaxBytes=1MiB");
        await _host.TakenAsync(_host.Batch("x"));
        await FillSegmentsAsync();
        int segments = CountLogFiles();
        _host.Store.StoredThrough = new LogPosition(_host.Store.Batches[^1].End);
        _host.Checkpoint();
        Assert.That(CountLogFiles(), Is.LessThan(segments), "the log kept everything");

        _host = await _host.CrashAsync();
        JsonElement response = await _host.TakenAsync(_host.Batch("x"));

        Assert.That(response.GetProperty("duplicate").GetBoolean(), Is.True);
    }

    // An eighth of the log's bound is one segment.
    private async Task FillSegmentsAsync()
    {
        Random random = new(1);
        for (int i = 0; i < 8; i++)
        {
            await _host.TakenAsync(_host.Batch(null, "filler", [.. Enumerable.Range(0, 1_000).Select(_ => $"/{random.NextInt64():x}{random.NextInt64():x}")]));
        }
    }

    private int CountLogFiles() => _host.Files.List("/node/log").Count(path => path.EndsWith(".log", StringComparison.Ordinal));

    private static async Task<bool> IsDuplicateAsync(Task<HttpResponseMessage> push) =>
        (await IngestTestHost.ReadAsync(await push, HttpStatusCode.OK)).GetProperty("duplicate").GetBoolean();
}
