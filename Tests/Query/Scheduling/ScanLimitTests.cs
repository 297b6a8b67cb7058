using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Scheduling;

/// <summary>What a request may cost, what is told when it costs more, and what failures look like.</summary>
public sealed class ScanLimitTests
{
    [Test]
    public async Task A_query_over_a_limit_is_a_422_that_names_the_option()
    {
        RowReader reader = new([]) { Before = (_, _) => throw new QueryLimitException("Query:MaxRows", 5) };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader);
        using HttpResponseMessage response = await host.WhatapAsync("/sql");
        Assert.That((await QueryTestHost.ReadAsync(response, HttpStatusCode.UnprocessableEntity)).GetRawText(), Is.EqualTo(
            """{"code":422,"message":"The query needs more than Query:MaxRows = 5.","msg":"The query needs more than Query:MaxRows = 5."}"""));
        using HttpResponseMessage own = await host.OwnAsync("/api/v1/agents");
        Assert.That((await QueryTestHost.ReadAsync(own, HttpStatusCode.UnprocessableEntity)).GetProperty("detail").GetString(),
            Does.Contain("Query:MaxRows = 5"));
    }

    [Test]
    public async Task Options_are_put_into_every_query()
    {
        RowReader reader = new([]);
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader, "--Query:MaxRows=123", "--Query:MaxGroups=45", "--Query:Rollups=false");
        await host.WhatapJsonAsync("/sql");
        SampleQuery scanned = reader.Queries.Single();
        Assert.That((scanned.MaxRows, scanned.MaxGroups, scanned.UseRollups), Is.EqualTo((123L, 45, false)));
    }

    [Test]
    public async Task A_scan_that_takes_too_long_is_a_504()
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RowReader reader = new([]) { Before = (_, token) => WaitForeverAsync(begun, token) };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader, "--Query:Timeout=7s");
        Task<HttpResponseMessage> request = host.WhatapAsync("/sql");
        await begun.Task;
        ((FakeTimeProvider)host.Services.GetRequiredService<TimeProvider>()).Advance(TimeSpan.FromSeconds(7));
        using HttpResponseMessage response = await request;
        JsonElement body = await QueryTestHost.ReadAsync(response, HttpStatusCode.GatewayTimeout);
        Assert.That(body.GetProperty("message").GetString(), Does.Contain("Query:Timeout"));
    }

    [Test]
    public async Task Waiting_for_a_turn_counts_as_taking_time()
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RowReader reader = new([]) { Before = (_, token) => WaitForeverAsync(begun, token) };
        ObservedTimeProvider clock = new();
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader, clock, "--Query:Concurrency=1", "--Query:Rollups=false", "--Query:Timeout=7s");
        Task<HttpResponseMessage> first = host.WhatapAsync("/sql");
        await begun.Task;
        Task timeoutOfSecond = clock.NextTimerAsync();
        Task<HttpResponseMessage> second = host.WhatapAsync("/sql");
        await timeoutOfSecond;
        clock.Advance(TimeSpan.FromSeconds(7));
        using HttpResponseMessage slow = await first;
        using HttpResponseMessage waited = await second;
        Assert.That((slow.StatusCode, waited.StatusCode), Is.EqualTo((HttpStatusCode.GatewayTimeout, HttpStatusCode.GatewayTimeout)));
    }

    [Test]
    public async Task No_more_requests_scan_at_once_than_may()
    {
        int running = 0;
        int most = 0;
        RowReader reader = new([])
        {
            Before = async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
            },
        };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader, "--Query:Concurrency=1", "--Query:Rollups=false");
        HttpStatusCode[] statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => host.StatusAsync("/sql")));
        Assert.That(statuses, Is.All.EqualTo(HttpStatusCode.OK));
        Assert.That(most, Is.EqualTo(1));
    }

    [Test]
    public async Task What_rollups_serve_passes_the_scans_of_another_project()
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RowReader reader = new([]) { Before = (query, token) => query.Pcode == Row.Project ? WaitForeverAsync(begun, token) : Task.CompletedTask };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader, "--Query:Concurrency=1");
        using CancellationTokenSource leave = new();
        Task<HttpResponseMessage>[] scans = [.. Enumerable.Range(0, 8).Select(_ => host.SendAsync(
            HttpMethod.Get, "/api/v1/aggregate?kind=transaction&by=user_agent", [("Authorization", "Bearer " + QueryTestHost.Token)], leave.Token))];
        await begun.Task;
        using HttpResponseMessage count = await host.SendAsync(
            HttpMethod.Get, "/api/v1/aggregate?kind=transaction&measures=count", ("Authorization", "Bearer " + QueryTestHost.OtherToken));
        Assert.That((count.StatusCode, scans.Count(scan => scan.IsCompleted)), Is.EqualTo((HttpStatusCode.OK, 0)));
        await leave.CancelAsync();
        Assert.That(async () => await Task.WhenAll(scans), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_slot_is_free_again_after_a_failure()
    {
        RowReader reader = new([]) { Before = (_, _) => throw new IOException("bad sector") };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader, "--Query:Concurrency=1");
        Assert.That(await host.StatusAsync("/sql"), Is.EqualTo(HttpStatusCode.InternalServerError));
        reader.Before = (_, _) => Task.CompletedTask;
        Assert.That(await host.StatusAsync("/sql"), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_failure_has_the_familys_shape_and_gives_nothing_away()
    {
        RowReader reader = new([]) { Before = (_, _) => throw new IOException("/secret/path: bad sector") };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader);
        using HttpResponseMessage response = await host.WhatapAsync("/sql");
        JsonElement body = await QueryTestHost.ReadAsync(response, HttpStatusCode.InternalServerError);
        Assert.That(body.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "code", "message", "msg" }));
        Assert.That(body.GetRawText(), Does.Not.Contain("secret"));
        using HttpResponseMessage own = await host.OwnAsync("/api/v1/agents");
        Assert.That((await QueryTestHost.ReadAsync(own, HttpStatusCode.InternalServerError)).GetProperty("status").GetInt32(), Is.EqualTo(500));
    }

    [Test]
    public async Task A_caller_who_leaves_ends_the_scan()
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RowReader reader = new([])
        {
            Before = async (_, token) =>
            {
                token.Register(ended.SetResult);
                await WaitForeverAsync(begun, token);
            },
        };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader);
        using CancellationTokenSource leave = new();
        Task<HttpResponseMessage> request = host.WhatapAsync("/sql", leave.Token);
        await begun.Task;
        await leave.CancelAsync();
        await ended.Task;
        Assert.That(async () => await request, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Requests_are_counted_by_family_and_status()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        await host.StatusAsync("/sql");
        await host.StatusAsync("/nothing");
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/metrics");
        string metrics = await response.Content.ReadAsStringAsync();
        Assert.That(metrics, Does.Match("""timeseries_query_requests[^\n]*\{family="whatap",status="200"\} 1\n"""));
        Assert.That(metrics, Does.Match("""timeseries_query_requests[^\n]*\{family="whatap",status="404"\} 1\n"""));
    }

    [Test]
    public async Task A_long_response_streams_whole()
    {
        string padding = new('x', 1_000);
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            [.. Enumerable.Range(0, 2_000).Select(i => new Row(Kind.Sql, 1_674_990_000_000).With("sql", $"{padding}{i}").With("elapsed", i))]);
        JsonElement body = await host.WhatapJsonAsync("/sql/1674990000000/1674990300000");
        Assert.That(body.GetProperty("records").GetArrayLength(), Is.EqualTo(2_000));
    }

    private static async Task WaitForeverAsync(TaskCompletionSource begun, CancellationToken token)
    {
        begun.TrySetResult();
        await Task.Delay(Timeout.Infinite, token);
    }
    // Tells when the next timer is made.
    private sealed class ObservedTimeProvider() : FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(QueryTestHost.Now))
    {
        private TaskCompletionSource? _next;

        public Task NextTimerAsync()
        {
            TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _next, next);
            return next.Task;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            ITimer timer = base.CreateTimer(callback, state, dueTime, period);
            Volatile.Read(ref _next)?.TrySetResult();
            return timer;
        }
    }
}
