using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Query.Api;

/// <summary>What <c>/api/v1/aggregate</c> and <c>/api/v1/samples</c> refuse, and how they tell it.</summary>
public sealed class AggregateErrorTests
{
    private QueryTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync(new RowReader([]), "--Query:MaxRows=5000");

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase("", "kind is needed, one of transaction, sql, httpc, exception, thread, alert, event.")]
    [TestCase("kind=", "kind is needed")]
    [TestCase("kind=Transaction", "There is no kind \"Transaction\"; there are transaction, sql, httpc, exception, thread, alert, event.")]
    [TestCase("kind=sql&by=service,nothing", "There is no field \"nothing\" of sql to group by; there are oid, oname, okind, onode, sql, db, txid, service.")]
    [TestCase("kind=sql&by=elapsed", "There is no field \"elapsed\"")]
    [TestCase("kind=exception&by=message", "there are oid, oname, okind, onode, class, service, txid.")]
    [TestCase("kind=exception&by=stack", "There is no field \"stack\"")]
    [TestCase("kind=alert&by=description", "There is no field \"description\"")]
    [TestCase("kind=alert&by=labels", "There is no field \"labels\"")]
    [TestCase("kind=sql&by=db,db", "by names \"db\" twice.")]
    [TestCase("kind=sql&by=db,,sql", "There is no field \"\"")]
    [TestCase("kind=sql&by=*", "There is no field \"*\"")]
    [TestCase("kind=thread&measures=median(count)",
        "There is no measure \"median(count)\" of thread; there are count, rate, and avg, min, max, sum, stddev, p50, p90, p95, p99, p999 of a "
            + "field, like avg(count).")]
    [TestCase("kind=sql&measures=p42(elapsed)", "there are count, rate, error_rate, and avg")]
    [TestCase("kind=thread&measures=error_rate", "There is no measure \"error_rate\" of thread")]
    [TestCase("kind=sql&measures=avg", "There is no measure \"avg\"")]
    [TestCase("kind=sql&measures=avg(", "There is no measure \"avg(\"")]
    [TestCase("kind=sql&measures=()", "There is no measure \"()\"")]
    [TestCase("kind=sql&measures=avg()", "There is no avg of \"\"")]
    [TestCase("kind=sql&measures=avg(sql)", "There is no avg of \"sql\" of sql; there is of time, oid, elapsed, error, fetch_count, fetch_time.")]
    [TestCase("kind=sql&measures=p95(oid)", "There is no p95 of \"oid\" of sql; there is of elapsed, error, fetch_count, fetch_time.")]
    [TestCase("kind=exception&measures=stddev(snap_seq)", "There is no stddev of \"snap_seq\"")]
    [TestCase("kind=sql&measures=count,count", "measures names \"count\" twice.")]
    [TestCase("kind=sql&measures=count,", "There is no measure \"\"")]
    [TestCase("kind=sql&where=nothing:1",
        "There is no field \"nothing\" of sql; there are time, oid, oname, okind, onode, sql, elapsed, db, error, fetch_count, fetch_time, txid, service.")]
    [TestCase("kind=sql&where=", "where must be field:value")]
    [TestCase("kind=sql&where=service", "where must be field:value")]
    [TestCase("kind=sql&where=:x", "There is no field \"\"")]
    [TestCase("kind=sql&where=service!!:x", "There is no field \"service!\"")]
    [TestCase("kind=sql&where=service>:x", "where can't compare \"service\" by >:; it can by field:value, field!:value, field~:part.")]
    [TestCase("kind=sql&where=elapsed~:1",
        "where can't compare \"elapsed\" by ~:; it can by field:value, field!:value, field>:value, field>=:value, field<:value, field<=:value.")]
    [TestCase("kind=sql&where=error>:0", "where can't compare \"error\" by >:; it can by field:value, field!:value.")]
    [TestCase("kind=sql&where=error:maybe", "where needs true or false for \"error\", found \"maybe\".")]
    [TestCase("kind=sql&where=elapsed:fast", "where needs a number for \"elapsed\", found \"fast\".")]
    [TestCase("kind=sql&where=elapsed>:", "where needs a number for \"elapsed\", found \"\".")]
    [TestCase("kind=sql&where=elapsed:1e3", "where needs a number")]
    [TestCase("kind=sql&where=elapsed:1.", "where needs a number")]
    [TestCase("kind=sql&where=elapsed:-", "where needs a number")]
    [TestCase("kind=sql&where=elapsed:NaN", "where needs a number")]
    [TestCase("kind=sql&where=elapsed:%D9%A1", "where needs a number")]
    [TestCase("kind=sql&order=elapsed", "There is no column \"elapsed\" to order by; there are count.")]
    [TestCase("kind=sql&order=time", "There is no column \"time\"")]
    [TestCase("kind=sql&order=--count", "There is no column \"-count\"")]
    [TestCase("kind=sql&limit=0", "limit must be a whole number from 1 to 5000, found \"0\".")]
    [TestCase("kind=sql&limit=5001", "limit must be a whole number from 1 to 5000, found \"5001\".")]
    [TestCase("kind=sql&limit=-1", "limit must be")]
    [TestCase("kind=sql&limit=1.5", "limit must be")]
    [TestCase("kind=sql&limit=9223372036854775807", "limit must be")]
    [TestCase("kind=sql&limit=99999999999999999999999999999999", "limit must be")]
    [TestCase("kind=sql&window=7s", "window must be whole seconds that divide a day, like 10s, 5m, 1h or 1d, found \"7s\".")]
    [TestCase("kind=sql&window=0s", "window must be")]
    [TestCase("kind=sql&window=2d", "window must be")]
    [TestCase("kind=sql&window=1w", "window must be")]
    [TestCase("kind=sql&window=60", "window must be")]
    [TestCase("kind=sql&window=-1m", "window must be")]
    [TestCase("kind=sql&window=1.5m", "window must be")]
    [TestCase("kind=sql&window=m", "window must be")]
    [TestCase("kind=sql&window=99999999999h", "window must be")]
    [TestCase("kind=sql&from=yesterday",
        "from must be epoch milliseconds, a moment as in RFC 3339, like 2023-01-29T12:00:00Z, or one before now, like -15m or now-1h, found \"yesterday\".")]
    [TestCase("kind=sql&to=2023-01-29", "to must be")]
    [TestCase("kind=sql&to=2023-01-29T12:00:00", "to must be")]
    [TestCase("kind=sql&to=2023-02-30T12:00:00Z", "to must be")]
    [TestCase("kind=sql&to=16749936000000", "to must be")]
    [TestCase("kind=sql&to=-5", "to must be")]
    [TestCase("kind=sql&from=5&to=5", "from must be before to.")]
    [TestCase("kind=sql&from=9999999999999", "from must be before to.")]
    [TestCase("kind=sql&format=xml", "There is no format \"xml\"; there are json, csv, ndjson.")]
    public async Task A_wrong_parameter_is_named_with_what_is_allowed(string parameters, string expected)
    {
        using HttpResponseMessage response = await _host.OwnAsync("/api/v1/aggregate?" + parameters);
        JsonElement problem = await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.That(problem.GetProperty("detail").GetString(), Does.Contain(expected));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
    }

    [TestCase("", "kind is needed")]
    [TestCase("kind=sql&where=nothing:1", "There is no field \"nothing\"")]
    [TestCase("kind=sql&limit=10001", "limit must be a whole number from 1 to 10000, found \"10001\".")]
    [TestCase("kind=sql&limit=0", "limit must be")]
    [TestCase("kind=sql&format=yaml", "There is no format \"yaml\"")]
    [TestCase("kind=sql&from=2&to=1", "from must be before to.")]
    [TestCase("kind=sql&cursor=abc", "cursor must be what a response of kind sql gave as next.")]
    public async Task Samples_refuse_the_same(string parameters, string expected)
    {
        using HttpResponseMessage response = await _host.OwnAsync("/api/v1/samples?" + parameters);
        JsonElement problem = await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.That(problem.GetProperty("detail").GetString(), Does.Contain(expected));
    }

    [TestCase("/api/v1/aggregate?kind=sql")]
    [TestCase("/api/v1/samples?kind=sql")]
    public async Task A_token_with_scope_read_and_a_reading_method_are_needed(string path)
    {
        using HttpResponseMessage none = await _host.SendAsync(HttpMethod.Get, path);
        using HttpResponseMessage pusher = await _host.SendAsync(HttpMethod.Get, path, ("Authorization", "Bearer " + QueryTestHost.PushOnlyToken));
        using HttpResponseMessage post = await _host.SendAsync(HttpMethod.Post, path, ("Authorization", "Bearer " + QueryTestHost.Token));
        using HttpResponseMessage head = await _host.SendAsync(HttpMethod.Head, path, ("Authorization", "Bearer " + QueryTestHost.Token));
        Assert.That((none.StatusCode, pusher.StatusCode, post.StatusCode, head.StatusCode),
            Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.MethodNotAllowed, HttpStatusCode.OK)));
    }

    [TestCase("Query:MaxRows")]
    [TestCase("Query:MaxGroups")]
    public async Task A_query_over_a_limit_is_a_422_that_says_so(string option)
    {
        RowReader reader = new([])
        {
            Before = (_, _) => throw new QueryLimitException(option, 5),
            BeforeList = (_, _) => throw new QueryLimitException(option, 5),
        };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader);
        foreach (string path in (string[])["/api/v1/aggregate?kind=sql", "/api/v1/samples?kind=sql"])
        {
            using HttpResponseMessage response = await host.OwnAsync(path);
            JsonElement problem = await QueryTestHost.ReadAsync(response, HttpStatusCode.UnprocessableEntity);
            Assert.That(problem.GetProperty("detail").GetString(), Does.Contain($"{option} = 5"));
        }
    }

    [TestCase("/api/v1/aggregate?kind=sql")]
    [TestCase("/api/v1/samples?kind=sql&format=ndjson")]
    public async Task A_scan_that_takes_too_long_is_a_504(string path)
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RowReader reader = new([]) { Before = (_, token) => WaitAsync(begun, token), BeforeList = (_, token) => WaitAsync(begun, token) };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader, "--Query:Timeout=7s");
        Task<HttpResponseMessage> request = host.OwnAsync(path);
        await begun.Task;
        ((FakeTimeProvider)host.Services.GetRequiredService<TimeProvider>()).Advance(TimeSpan.FromSeconds(7));
        using HttpResponseMessage response = await request;
        JsonElement problem = await QueryTestHost.ReadAsync(response, HttpStatusCode.GatewayTimeout);
        Assert.That(problem.GetProperty("detail").GetString(), Does.Contain("Query:Timeout"));
    }

    [TestCase("/api/v1/aggregate?kind=sql")]
    [TestCase("/api/v1/samples?kind=sql")]
    public async Task A_caller_who_leaves_ends_the_scan(string path)
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task WaitForEndAsync(CancellationToken token)
        {
            token.Register(ended.SetResult);
            return WaitAsync(begun, token);
        }

        RowReader reader = new([]) { Before = (_, token) => WaitForEndAsync(token), BeforeList = (_, token) => WaitForEndAsync(token) };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader);
        using CancellationTokenSource leave = new();
        Task<HttpResponseMessage> request = host.SendAsync(HttpMethod.Get, path, [("Authorization", "Bearer " + QueryTestHost.Token)], leave.Token);
        await begun.Task;
        await leave.CancelAsync();
        await ended.Task;
        Assert.That(async () => await request, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_hostile_filter_finds_what_it_names_and_nothing_else()
    {
        IReadOnlyList<string> texts = HostileTexts.All;
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            [.. texts.Select(text => new Row(Kind.Sql, QueryTestHost.Now - 1).With("sql", text).With("elapsed", 1))]);
        await Assert.MultipleAsync(async () =>
        {
            foreach (string text in texts)
            {
                string where = "&where=" + Uri.EscapeDataString("sql:" + text);
                using HttpResponseMessage counted = await host.OwnAsync("/api/v1/aggregate?kind=sql&by=sql" + where);
                JsonElement rows = (await QueryTestHost.ReadAsync(counted, HttpStatusCode.OK)).GetProperty("rows");
                Assert.That(rows.EnumerateArray().Select(row => row[0].GetString()), Is.EqualTo(new[] { text }));
                using HttpResponseMessage listed = await host.OwnAsync("/api/v1/samples?kind=sql" + where);
                JsonElement samples = (await QueryTestHost.ReadAsync(listed, HttpStatusCode.OK)).GetProperty("samples");
                Assert.That(samples.EnumerateArray().Select(sample => sample.GetProperty("sql").GetString()), Is.EqualTo(new[] { text }));
            }
        });
    }

    [Test]
    public async Task A_hostile_parameter_is_refused_and_told_as_text()
    {
        await Assert.MultipleAsync(async () =>
        {
            foreach (string text in HostileTexts.All)
            {
                foreach (string name in (string[])["kind", "kind=sql&by", "kind=sql&measures", "kind=sql&order", "kind=sql&window", "kind=sql&from",
                    "kind=sql&cursor", "kind=sql&limit"])
                {
                    string path = name.EndsWith("cursor", StringComparison.Ordinal) ? "samples" : "aggregate";
                    using HttpResponseMessage response = await _host.OwnAsync($"/api/v1/{path}?{name}={Uri.EscapeDataString(text)}");
                    bool isGood = (text, name) is ("0", "kind=sql&from") or ("service", "kind=sql&by");
                    Assert.That(response.StatusCode, Is.EqualTo(isGood ? HttpStatusCode.OK : HttpStatusCode.BadRequest), $"{name}={text}");
                }
            }
        });
    }

    private static async Task WaitAsync(TaskCompletionSource begun, CancellationToken token)
    {
        begun.TrySetResult();
        await Task.Delay(Timeout.Infinite, token);
    }
}
