using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest;

public sealed class DurabilityTests
{
    private IngestTestHost _host = null!;

    [SetUp]
    public async Task StartAsync() => _host = await IngestTestHost.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task What_an_operator_should_know_of_the_store_is_told_while_the_host_is_ready()
    {
        _host.Store.Notice = "The store refuses samples for a limit.";
        using HttpResponseMessage told = await _host.Client.GetAsync("/readyz");
        _host.Store.Notice = null;
        using HttpResponseMessage well = await _host.Client.GetAsync("/readyz");
        Assert.That(
            (told.StatusCode, await told.Content.ReadAsStringAsync(), await well.Content.ReadAsStringAsync()),
            Is.EqualTo((HttpStatusCode.OK, "ok\nThe store refuses samples for a limit.\n", "ok\n")));
    }

    [Test]
    public async Task No_200_precedes_the_flush_of_its_batch()
    {
        for (int i = 0; i < 5; i++)
        {
            await _host.TakenAsync(_host.Batch(null, "agent", $"/{i}"));
            _host.Files.Mark("200");
        }

        // Between two responses the log was written and then flushed.
        List<FileOperation> sinceResponse = [];
        foreach (FileCall call in _host.Files.Calls.Where(
            call => call.Operation == FileOperation.Mark || call.Path.Contains("/log/", StringComparison.Ordinal)))
        {
            if (call.Operation == FileOperation.Mark)
            {
                int write = sinceResponse.LastIndexOf(FileOperation.Write);
                Assert.That(write, Is.GreaterThanOrEqualTo(0));
                Assert.That(sinceResponse.LastIndexOf(FileOperation.Flush), Is.GreaterThan(write));
                sinceResponse.Clear();
            }
            else if (call.Succeeded)
            {
                sinceResponse.Add(call.Operation);
            }
        }
    }

    [TestCase(FileOperation.Flush)]
    [TestCase(FileOperation.Write)]
    public async Task A_log_that_can_not_be_written_is_503_with_Retry_After(FileOperation operation)
    {
        _host.Files.Fail(operation, times: int.MaxValue);
        using HttpResponseMessage response = await _host.PushAsync(_host.Batch());

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(response.Headers.RetryAfter!.Delta, Is.GreaterThan(TimeSpan.Zero));
        Assert.That(_host.Store.Batches, Is.Empty);
    }

    [Test]
    public async Task A_disk_that_is_nearly_full_is_told_while_pushes_go_on()
    {
        await _host.TakenAsync(_host.Batch());
        _host.Files.CapacityBytes = 500L << 20;
        await Eventually.IsTrueAsync(async () =>
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(10));
            return (await _host.Client.GetStringAsync("/readyz")).StartsWith("ok\nThe disk has ", StringComparison.Ordinal);
        });
        await _host.TakenAsync(_host.Batch());
        Assert.That(_host.Log.Text, Does.Contain("MiB left (Storage:LowDiskBytes)"));
        _host.Files.CapacityBytes = long.MaxValue;
        await Eventually.IsTrueAsync(async () =>
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(10));
            return await _host.Client.GetStringAsync("/readyz") == "ok\n";
        });
    }

    [Test]
    public async Task A_full_disk_is_503()
    {
        _host.Files.Fail(FileOperation.Write, times: int.MaxValue, fault: path => new DiskFullException(path, "full"));
        JsonElement problem = await IngestTestHost.ReadAsync(await _host.PushAsync(_host.Batch()), HttpStatusCode.ServiceUnavailable);

        Assert.That(problem.GetProperty("detail").GetString(), Does.Contain("the disk is full"));
    }

    [Test]
    public async Task Pushes_are_taken_while_they_fit_on_the_disk_though_no_whole_segment_does()
    {
        FaultyFileSystem small = new() { CapacityBytes = 1 << 20 };
        await using IngestTestHost host = await IngestTestHost.StartAsync(small, new FakeTimeProvider(TestTime.Start));
        await host.TakenAsync(host.Batch(null, "agent", "/first"));
        string large = host.Batch(null, "agent", [.. Enumerable.Range(0, 20_000).Select(i => $"/service/{i}/{new string('x', 40)}")]);
        JsonElement problem = await IngestTestHost.ReadAsync(await host.PushAsync(large), HttpStatusCode.ServiceUnavailable);
        Assert.That(problem.GetProperty("detail").GetString(), Does.Contain("the disk is full"));
        await host.TakenAsync(host.Batch(null, "agent", "/small"));
        small.CapacityBytes = long.MaxValue;
        await host.TakenAsync(large);
        Assert.That(host.Store.Batches.Select(batch => batch.RowCount), Is.EqualTo(new[] { 1, 1, 20_000 }));
    }

    [Test]
    public async Task A_WAL_at_its_bound_says_which_it_is()
    {
        await using IngestTestHost host = await IngestTestHost.StartAsync("--Wal:MaxBytes=1MiB");
        host.Store.Unstored = new TaskCompletionSource();
        string batch = host.Batch(null, "agent", [.. Enumerable.Range(0, 2_000).Select(i => $"/service/{i}/{new string('x', 40)}")]);
        HttpResponseMessage response = await host.PushAsync(batch);
        for (int i = 0; i < 40 && response.IsSuccessStatusCode; i++)
        {
            response = await host.PushAsync(batch);
        }

        JsonElement problem = await IngestTestHost.ReadAsync(response, HttpStatusCode.ServiceUnavailable);
        Assert.That(problem.GetProperty("detail").GetString(), Does.Contain("the WAL is full (Wal:MaxBytes)"));
    }

    [Test]
    public async Task Pushes_are_taken_again_when_the_disk_works_again()
    {
        _host.Files.Fail(FileOperation.Flush, times: int.MaxValue);
        using HttpResponseMessage refused = await _host.PushAsync(_host.Batch(null, "agent", "/refused"));
        _host.Files.Heal();
        await _host.TakenAsync(_host.Batch(null, "agent", "/taken"));

        Assert.That(_host.Store.Batches.SelectMany(batch => batch.Services), Is.EqualTo(new[] { "/taken" }));
    }

    [Test]
    public async Task A_refused_batch_does_not_come_back_after_a_crash()
    {
        await _host.TakenAsync(_host.Batch(null, "agent", "/before"));
        _host.Files.Fail(FileOperation.Flush);
        using HttpResponseMessage refused = await _host.PushAsync(_host.Batch(null, "agent", "/refused"));
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        await _host.TakenAsync(_host.Batch(null, "agent", "/after"));
        _host = await _host.CrashAsync();

        Assert.That(_host.Store.Batches.SelectMany(batch => batch.Services), Is.EqualTo(new[] { "/before", "/after" }));
    }

    [Test]
    public async Task The_host_is_not_ready_while_the_log_fails_and_becomes_ready_by_itself()
    {
        _host.Files.Fail(FileOperation.Flush, times: int.MaxValue);
        using HttpResponseMessage refused = await _host.PushAsync(_host.Batch());
        using HttpResponseMessage red = await _host.Client.GetAsync("/readyz");
        Assert.That(red.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        _host.Files.Heal();

        await Eventually.IsTrueAsync(() =>
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(1));
            return _host.Log.Text.Contains("The WAL can be written again.", StringComparison.Ordinal);
        });
        using HttpResponseMessage green = await _host.Client.GetAsync("/readyz");
        Assert.That(green.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Acknowledged_batches_are_in_the_store_once_after_a_crash_with_the_same_numbers()
    {
        for (int i = 0; i < 10; i++)
        {
            await _host.TakenAsync(_host.Batch(null, "agent", $"/{i}", "/again"));
        }

        IReadOnlyList<StoredBatch> before = _host.Store.Batches;
        _host = await _host.CrashAsync();

        Assert.That(
            _host.Store.Batches.Select(batch => (batch.FirstNumber, batch.End, string.Join(' ', batch.Services))),
            Is.EqualTo(before.Select(batch => (batch.FirstNumber, batch.End, string.Join(' ', batch.Services)))));
    }

    [Test]
    public async Task Running_numbers_go_on_after_a_crash()
    {
        await _host.TakenAsync(_host.Batch(null, "agent", "/a", "/b", "/c"));
        _host = await _host.CrashAsync();
        await _host.TakenAsync(_host.Batch(null, "agent", "/d"));

        Assert.That(_host.Store.Batches.Select(batch => batch.FirstNumber), Is.EqualTo(new long[] { 0, 3 }));
    }

    [Test]
    public async Task A_store_that_fails_loses_nothing()
    {
        _host.Store.Fails = true;
        Task<HttpResponseMessage> push = _host.PushAsync(_host.Batch(null, "agent", "/held"));
        await Eventually.IsTrueAsync(() => _host.Log.Text.Contains("The store does not take samples", StringComparison.Ordinal));
        using HttpResponseMessage refused = await _host.PushAsync(_host.Batch(null, "agent", "/refused"));
        using HttpResponseMessage red = await _host.Client.GetAsync("/readyz");
        Assert.That((refused.StatusCode, red.StatusCode), Is.EqualTo((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable)));
        _host.Store.Fails = false;
        await Eventually.IsTrueAsync(() =>
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(1));
            return push.IsCompleted;
        });

        using HttpResponseMessage response = await push;
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(_host.Store.Batches.SelectMany(batch => batch.Services), Is.EqualTo(new[] { "/held" }));
    }

    [Test]
    public async Task Many_small_pushes_share_flushes()
    {
        const int Connections = 64;
        const int Rounds = 5;

        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                await _host.TakenAsync(_host.Batch(null, $"agent-{connection}"));
            }
        }));

        Assert.That(LogFlushes(), Is.LessThan(Connections * Rounds));
        Assert.That(_host.Store.Batches, Has.Count.EqualTo(Connections * Rounds));
    }

    [Test]
    public async Task What_is_in_flight_at_a_stop_gets_its_response()
    {
        _host.Store.Held = new TaskCompletionSource();
        Task<HttpResponseMessage> push = _host.PushAsync(_host.Batch());
        await Eventually.IsTrueAsync(() => LogFlushes() > 0);
        Task stop = _host.StopAsync();
        await Eventually.IsTrueAsync(() => _host.Log.Text.Contains("Stopping", StringComparison.Ordinal));
        _host.Store.Held.SetResult();
        await stop;

        using HttpResponseMessage response = await push;
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_push_that_the_store_keeps_waiting_is_503_in_time_and_stored_once()
    {
        TaskCompletionSource held = _host.Store.Held = new TaskCompletionSource();
        await A_push_that_waits_is_503_in_time(() => _host.Store.BegunCount == 1, held.SetResult);
    }

    [Test]
    public async Task A_push_that_the_disk_of_the_WAL_keeps_waiting_is_503_in_time_and_stored_once()
    {
        using ManualResetEventSlim begun = new();
        using ManualResetEventSlim hangs = new();
        _host.Files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Flush && path.Contains("/log/", StringComparison.Ordinal))
            {
                begun.Set();
                hangs.Wait();
            }
        };
        await A_push_that_waits_is_503_in_time(() => begun.IsSet, hangs.Set);
    }

    private async Task A_push_that_waits_is_503_in_time(Func<bool> hasBegun, Action goOn)
    {
        Task<HttpResponseMessage[]> early = Task.WhenAll(_host.PushAsync(_host.Batch("first")), _host.PushAsync(_host.Batch("first")));

        // What is still queued when the time is over is refused for good, and not stored later.
        await Eventually.IsTrueAsync(hasBegun);
        await WhileTimePassesAsync(early);
        Task<HttpResponseMessage> late = _host.PushAsync(_host.Batch("late"));
        await WhileTimePassesAsync(late);
        foreach (HttpResponseMessage response in (HttpResponseMessage[])[.. await early, await late])
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(response.Headers.RetryAfter!.Delta, Is.GreaterThan(TimeSpan.Zero));
        }

        _host.Store.Held = null;
        goOn();
        await Eventually.IsTrueAsync(() => _host.Store.Batches.Count == 1);
        await _host.CountedAsync("in_flight", 0);
        Assert.That((await _host.TakenAsync(_host.Batch("first"))).GetProperty("duplicate").GetBoolean(), Is.True);
        Assert.That((await _host.TakenAsync(_host.Batch("late"))).GetProperty("duplicate").GetBoolean(), Is.False);
        Assert.That(_host.Store.Batches, Has.Count.EqualTo(2));
        await Eventually.IsTrueAsync(() => _host.BytesInFlight == 0);
    }

    private Task WhileTimePassesAsync(Task work) => Eventually.IsTrueAsync(() =>
    {
        _host.Clock.Advance(TimeSpan.FromSeconds(10));
        return work.IsCompleted;
    });

    [Test]
    public async Task A_write_that_waits_is_begun_once_and_what_comes_behind_it_keeps_its_place()
    {
        _host.Store.Held = new TaskCompletionSource();
        Task first = _host.TakenAsync(_host.Batch(null, "agent", "/first"));
        await Eventually.IsTrueAsync(() => _host.Store.BegunCount == 1);
        TaskCompletionSource held = _host.Store.Held;
        int flushes = LogFlushes();
        _host.Store.Held = null;
        Task second = _host.TakenAsync(_host.Batch(null, "agent", "/second"));
        await Eventually.IsTrueAsync(() => LogFlushes() > flushes || second.IsCompleted);
        bool early = second.IsCompleted || _host.Store.Batches.Count > 0;
        held.SetResult();
        await Task.WhenAll(first, second);
        await _host.TakenAsync(_host.Batch(null, "agent", "/third"));

        Assert.That(early, Is.False);
        Assert.That(_host.Store.BegunCount, Is.EqualTo(3));
        Assert.That(_host.Store.Batches.SelectMany(batch => batch.Services), Is.EqualTo(new[] { "/first", "/second", "/third" }));
    }

    [Test]
    public async Task No_secret_is_in_the_log()
    {
        await _host.TakenAsync(_host.Batch());
        _host.Files.Fail(FileOperation.Flush, times: int.MaxValue);
        using HttpResponseMessage refused = await _host.PushAsync(_host.Batch());

        Assert.That(_host.Log.Text, Does.Not.Contain("token-of-project"));
    }

    private int LogFlushes() => _host.Files.Calls.Count(call => call.Operation == FileOperation.Flush && call.Path.Contains("/log/", StringComparison.Ordinal));
}
