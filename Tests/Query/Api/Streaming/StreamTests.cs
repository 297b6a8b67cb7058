using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Api.Streaming;

/// <summary><c>/api/v1/stream</c> over rows that a test adds, by a clock that it moves.</summary>
public sealed class StreamTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private FakeTimeProvider _clock = null!;
    private RowReader _rows = null!;
    private QueryTestHost _host = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(QueryTestHost.Now));
        _rows = new RowReader([Call("/before", 1)]);
        _host = await QueryTestHost.StartAsync(_rows, _clock, "--Query:MaxStreams=8");
    }

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task Samples_that_are_stored_while_it_is_open_come_once_as_the_conditions_say()
    {
        using EventReader all = await OpenAsync("kind=transaction");
        using EventReader some = await OpenAsync("kind=transaction&where=service:/b&where=elapsed>:5");
        Assert.That((await NextAsync(all)).Name, Is.EqualTo("ready"));
        Assert.That((await NextAsync(some)).Name, Is.EqualTo("ready"));
        List<(string, double)> sent = [];
        for (int i = 1; i <= 12; i++)
        {
            string service = i % 2 == 0 ? "/b" : "/a";
            _rows.Add(
                Call(service, i), new Row(Kind.Event, QueryTestHost.Now),
                new Row(Kind.Transaction, QueryTestHost.Now) { Pcode = QueryTestHost.OtherProject }.With("service", "/b").With("elapsed", 9_000));
            sent.Add((service, i));
        }

        Assert.That(await SamplesAsync(all, 12), Is.EqualTo(sent));
        Assert.That(await SamplesAsync(some, 4), Is.EqualTo(sent.Where(sample => sample is ("/b", > 5))));
        _rows.Add(Call("/b", 100));
        Assert.That(await SamplesAsync(all, 1), Is.EqualTo([("/b", 100.0)]));
        Assert.That(await SamplesAsync(some, 1), Is.EqualTo([("/b", 100.0)]));
    }

    [Test]
    public async Task A_sample_is_written_as_the_list_of_samples_writes_it()
    {
        using EventReader stream = await OpenAsync("kind=transaction");
        await NextAsync(stream);
        _rows.Add(Call("a\r\n\"quoted\"\u2028<b>ä", 12).With("error_class", "Boom").With("status", 503));
        ServerEvent sample = await NextAsync(stream);
        using HttpResponseMessage list = await _host.OwnAsync("/api/v1/samples?kind=transaction&where=status:503");
        JsonElement listed = (await QueryTestHost.ReadAsync(list, HttpStatusCode.OK)).GetProperty("samples")[0];
        Assert.That((sample.Name, sample.Data), Is.EqualTo(("sample", listed.GetRawText())));
    }

    [Test]
    public async Task Of_more_than_a_thousand_in_a_second_the_newest_come_and_the_others_are_counted()
    {
        using EventReader stream = await OpenAsync("kind=transaction");
        await NextAsync(stream);
        _rows.Add([.. Enumerable.Range(1, 1_500).Select(i => Call("/a", i))]);
        Assert.That(await NextAsync(stream), Is.EqualTo(new ServerEvent("missed", """{"count":500}""", null)).Using<ServerEvent>(SameText));
        Assert.That(await SamplesAsync(stream, 1_000), Is.EqualTo(Enumerable.Range(501, 1_000).Select(i => ("/a", (double)i))));
        Assert.That(await MetricAsync("timeseries_query_streams_missed_total"), Is.EqualTo(500));
    }

    [Test]
    public async Task All_who_look_at_the_same_share_one_query_a_second_and_nobody_none()
    {
        int queries = 0;
        _rows.BeforeNext = () =>
        {
            Interlocked.Increment(ref queries);
            return Task.CompletedTask;
        };
        using (EventReader first = await OpenAsync("kind=transaction&where=service:/a"))
        using (EventReader second = await OpenAsync("where=service:/a&kind=transaction"))
        {
            await NextAsync(first);
            await NextAsync(second);
            Assert.That(await MetricAsync("timeseries_query_streams_open"), Is.EqualTo(2));
            for (int i = 1; i <= 5; i++)
            {
                long before = Interlocked.CompareExchange(ref queries, 0, 0);
                DateTimeOffset start = _clock.GetUtcNow();
                _rows.Add(Call("/a", i));
                await SamplesAsync(first, 1);
                await SamplesAsync(second, 1);
                Assert.That(queries - before, Is.InRange(1, Math.Ceiling((_clock.GetUtcNow() - start).TotalSeconds)));
            }
        }

        await Eventually.IsTrueAsync(async () => await MetricAsync("timeseries_query_streams_open") == 0);
        int left = queries;
        _clock.Advance(TimeSpan.FromMinutes(1));
        using EventReader other = await OpenAsync("kind=event");
        await NextAsync(other);
        Assert.That(queries, Is.EqualTo(left));
    }

    [Test]
    public async Task A_failing_store_is_told_once_and_what_was_stored_meanwhile_follows()
    {
        using EventReader stream = await OpenAsync("kind=transaction");
        await NextAsync(stream);
        bool fails = true;
        _rows.BeforeNext = () => fails ? throw new InvalidOperationException("gone") : Task.CompletedTask;
        _rows.Add(Call("/a", 7));
        ServerEvent fault = await NextAsync(stream);
        Assert.That((fault.Name, fault.Json.GetProperty("message").GetString()), Is.EqualTo(("fault", "The query failed; the log of the server says why.")));
        using EventReader late = await OpenAsync("kind=transaction");
        Assert.That((await NextAsync(late)).Name, Is.EqualTo("fault"));
        fails = false;
        string[] names = [(await NextAsync(stream)).Name, (await NextAsync(stream)).Name];
        Assert.That(names, Is.EquivalentTo(["ready", "sample"]));
    }

    [Test]
    public async Task An_aggregate_comes_at_once_and_again_when_its_rows_change()
    {
        const string Query = "kind=transaction&window=5m&by=service&measures=count,max(elapsed)";
        using EventReader stream = await OpenAsync(Query);
        JsonElement first = await AggregateAsync(stream, static () => { });
        long window = QueryTestHost.Now - (QueryTestHost.Now % 300_000);
        Assert.That(first.GetProperty("from").GetInt64(), Is.EqualTo(window - 300_000));
        Assert.That(first.GetProperty("rows").GetRawText(), Is.EqualTo($"""[[{window},"/before",1,1]]"""));
        Assert.That(first.GetProperty("columns").GetArrayLength(), Is.EqualTo(4));
        _rows.Add(Call("/a", 20), Call("/a", 10));
        Assert.That((await AggregateAsync(stream)).GetProperty("rows").GetRawText(), Is.EqualTo($"""[[{window},"/a",2,20],[{window},"/before",1,1]]"""));
        using EventReader late = await OpenAsync(Query);
        Assert.That((await AggregateAsync(late)).GetProperty("total").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_client_that_comes_back_goes_on_where_it_was_or_is_told_that_it_missed_something()
    {
        using EventReader other = await OpenAsync("kind=transaction");
        await NextAsync(other);
        using EventReader lost = await OpenAsync("kind=transaction");
        await NextAsync(lost);
        _rows.Add(Call("/a", 1), Call("/a", 2), Call("/a", 3));
        string id = (await NextAsync(lost)).Id!;
        await SamplesAsync(other, 3);
        using EventReader back = await OpenAsync("kind=transaction", ("Last-Event-ID", id));
        Assert.That((await NextAsync(back)).Name, Is.EqualTo("ready"));
        Assert.That(await SamplesAsync(back, 2), Is.EqualTo([("/a", 2.0), ("/a", 3.0)]));
        using EventReader unknown = await OpenAsync("kind=transaction", ("Last-Event-ID", "0-1-1"));
        Assert.That((await NextAsync(unknown)).Data, Is.EqualTo("""{"count":null}"""));
    }

    [Test]
    public async Task Whoever_reads_slowly_misses_what_it_was_too_slow_for_and_holds_up_nobody()
    {
        const int Rounds = 8;
        using EventReader quick = await OpenAsync("kind=transaction");
        await NextAsync(quick);
        using HttpClient http = new(new SocketsHttpHandler { ConnectCallback = ConnectNarrowlyAsync }) { BaseAddress = _host.Address };
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/stream?kind=transaction");
        request.Headers.Add("Authorization", "Bearer " + QueryTestHost.Token);
        using EventReader slow = await EventReader.OpenAsync(http, request);
        Assert.That((await slow.NextAsync())!.Name, Is.EqualTo("ready"));
        string text = new('x', 2_000);
        for (int i = 0; i < Rounds; i++)
        {
            _rows.Add([.. Enumerable.Range(0, 1_000).Select(_ => Call(text, i))]);
            for (int read = 0; read < 1_000;)
            {
                ServerEvent next = await NextAsync(quick);
                read += next.Name == "missed" ? next.Json.GetProperty("count").GetInt32() : 1;
            }
        }

        int samples = 0;
        int missed = 0;
        while (samples + missed < Rounds * 1_000)
        {
            ServerEvent next = await NextAsync(slow);
            Assert.That(next.Name, Is.EqualTo("sample").Or.EqualTo("missed"));
            samples += next.Name == "sample" ? 1 : 0;
            missed += next.Name == "missed" ? next.Json.GetProperty("count").GetInt32() : 0;
        }

        Assert.That(missed, Is.GreaterThan(0));
        Assert.That(samples + missed, Is.EqualTo(Rounds * 1_000));
    }

    [Test]
    public async Task A_quiet_stream_has_a_comment_every_fifteen_seconds()
    {
        using EventReader stream = await OpenAsync("kind=transaction");
        await NextAsync(stream);
        Task<ServerEvent?> comment = stream.NextAsync();
        await Eventually.IsTrueAsync(() =>
        {
            _clock.Advance(_second);
            return comment.IsCompleted;
        });
        Assert.That((await comment)!.Name, Is.EqualTo(":"));
    }

    [Test]
    public async Task Nothing_between_holds_events_back()
    {
        using EventReader stream = await EventReader.OpenAsync(_host.Address, "kind=transaction", QueryTestHost.Token, ("Accept-Encoding", "gzip, br"));
        Assert.That(stream.Response.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/event-stream"));
        Assert.That(stream.Response.Content.Headers.ContentEncoding, Is.Empty);
        Assert.That(stream.Response.Headers.CacheControl!.NoStore, Is.True);
        Assert.That(stream.Response.Headers.GetValues("X-Accel-Buffering"), Is.EqualTo(["no"]));
    }

    [Test]
    public async Task Head_gives_the_headers_and_takes_no_place()
    {
        using HttpResponseMessage head = await _host.SendAsync(
            HttpMethod.Head, "/api/v1/stream?kind=transaction", ("Authorization", "Bearer " + QueryTestHost.Token));
        Assert.That((head.StatusCode, head.Content.Headers.ContentType!.MediaType), Is.EqualTo((HttpStatusCode.OK, "text/event-stream")));
        Assert.That(await MetricAsync("timeseries_query_streams_open"), Is.Zero);
    }

    [Test]
    public async Task A_project_may_have_half_of_the_streams_and_all_together_so_many()
    {
        using EventReader one = await OpenAsync("kind=transaction");
        using (EventReader two = await OpenAsync("kind=sql"))
        using (EventReader three = await OpenAsync("kind=transaction"))
        using (EventReader four = await OpenAsync("kind=transaction&window=1m"))
        {
            (HttpStatusCode status, string detail) = await RefusedAsync(QueryTestHost.ReadOnlyToken);
            Assert.That(status, Is.EqualTo(HttpStatusCode.TooManyRequests));
            Assert.That(detail, Does.Contain("4 streams").And.Contain("Query:MaxStreams"));
            EventReader[] others = await Task.WhenAll(Enumerable.Range(0, 4)
                .Select(_ => EventReader.OpenAsync(_host.Address, "kind=transaction", QueryTestHost.OtherToken)));
            (status, detail) = await RefusedAsync(QueryTestHost.OtherToken);
            Assert.That(status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(detail, Does.Contain("All 8 streams").And.Contain("Query:MaxStreams"));
            Array.ForEach(others, other => other.Dispose());
        }

        await Eventually.IsTrueAsync(async () => await MetricAsync("timeseries_query_streams_open") == 1);
        using EventReader again = await OpenAsync("kind=event");
    }

    [Test]
    public async Task A_token_that_is_taken_away_ends_its_streams_within_a_minute_and_no_others()
    {
        using EventReader removed = await EventReader.OpenAsync(_host.Address, "kind=transaction", QueryTestHost.ReadOnlyToken);
        using EventReader kept = await OpenAsync("kind=transaction");
        Assert.That((await NextAsync(removed)).Name, Is.EqualTo("ready"));
        await NextAsync(kept);
        Assert.That(_host.Services.GetRequiredService<ProjectDirectory>().TryReplace(
        [
            new ProjectOptions { Pcode = Row.Project, Tokens = [new TokenOptions { Secret = QueryTestHost.Token, Scopes = Scopes.Read }] },
            new ProjectOptions { Pcode = QueryTestHost.OtherProject, ApdexThreshold = 100 },
        ]), Is.True);
        DateTimeOffset start = _clock.GetUtcNow();
        Assert.That(await removed.NextAsync(() => _clock.Advance(_second)), Is.Null);
        Assert.That(_clock.GetUtcNow() - start, Is.GreaterThan(TimeSpan.FromSeconds(1)));
        _rows.Add(Call("/a", 1));
        Assert.That(await SamplesAsync(kept, 1), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_host_that_stops_ends_its_streams()
    {
        using EventReader stream = await OpenAsync("kind=transaction");
        await NextAsync(stream);
        _host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.That(await stream.NextAsync(), Is.Null);
    }

    [TestCase(QueryTestHost.PushOnlyToken, ExpectedResult = HttpStatusCode.Forbidden)]
    [TestCase("nobody's", ExpectedResult = HttpStatusCode.Unauthorized)]
    public async Task<HttpStatusCode> Whoever_may_not_read_gets_no_stream(string token) => (await RefusedAsync(token)).Status;

    [TestCase("", "kind is needed", "transaction")]
    [TestCase("kind=nothing", "\"nothing\"", "transaction")]
    [TestCase("kind=transaction&where=nothing:1", "\"nothing\"", "service")]
    [TestCase("kind=transaction&where=service", "where must be", "\"service\"")]
    [TestCase("kind=transaction&from=-1h", "from", "kind, where, window, by, measures")]
    [TestCase("kind=transaction&limit=5", "limit", "kind, where, window, by, measures")]
    [TestCase("kind=transaction&by=service", "window is needed", "1m")]
    [TestCase("kind=transaction&measures=count", "window is needed", "1m")]
    [TestCase("kind=transaction&window=7s", "window must be", "\"7s\"")]
    [TestCase("kind=transaction&window=1m&by=nothing", "\"nothing\"", "service")]
    [TestCase("kind=transaction&window=1m&measures=best(elapsed)", "best(elapsed)", "avg")]
    public async Task A_wrong_parameter_is_named_with_what_is_allowed(string query, string name, string allowed)
    {
        using HttpResponseMessage response = await _host.OwnAsync("/api/v1/stream?" + query);
        JsonElement problem = await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.That(problem.GetProperty("detail").GetString(), Does.Contain(name).And.Contain(allowed));
    }

    private static bool SameText(ServerEvent found, ServerEvent expected) => (found.Name, found.Data) == (expected.Name, expected.Data);

    private static Row Call(string service, long milliseconds) =>
        new Row(Kind.Transaction, QueryTestHost.Now - 1).With("service", service).With("elapsed", milliseconds * 1_000);

    private Task<EventReader> OpenAsync(string query, params (string Name, string Value)[] headers) =>
        EventReader.OpenAsync(_host.Address, query, QueryTestHost.Token, headers);

    // A connection whose client side buffers little.
    private static async ValueTask<Stream> ConnectNarrowlyAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    // The next event, while seconds pass.
    private async Task<ServerEvent> NextAsync(EventReader stream) => (await stream.NextAsync(() => _clock.Advance(_second)))!;

    private async Task<List<(string Service, double Elapsed)>> SamplesAsync(EventReader stream, int count)
    {
        List<(string, double)> samples = [];
        while (samples.Count < count)
        {
            ServerEvent next = await NextAsync(stream);
            Assert.That(next.Name, Is.EqualTo("sample"), next.Data);
            samples.Add((next.Json.GetProperty("service").GetString()!, next.Json.GetProperty("elapsed").GetDouble()));
        }

        return samples;
    }

    private async Task<JsonElement> AggregateAsync(EventReader stream, Action? step = null)
    {
        ServerEvent next;
        do
        {
            next = (await stream.NextAsync(step ?? (() => _clock.Advance(_second))))!;
        }
        while (next.Name == "ready");

        Assert.That(next.Name, Is.EqualTo("aggregate"), next.Data);
        return next.Json;
    }

    private async Task<(HttpStatusCode Status, string Detail)> RefusedAsync(string token)
    {
        using HttpResponseMessage response = await _host.SendAsync(
            HttpMethod.Get, "/api/v1/stream?kind=transaction", ("Authorization", "Bearer " + token));
        JsonElement problem = await QueryTestHost.ReadAsync(response, response.StatusCode);
        bool mayRetry = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
        Assert.That(response.Headers.RetryAfter is not null, Is.EqualTo(mayRetry));
        return (response.StatusCode, problem.GetProperty("detail").GetString()!);
    }

    private async Task<double> MetricAsync(string name)
    {
        using HttpResponseMessage response = await _host.SendAsync(HttpMethod.Get, "/metrics");
        return MetricsText.Sum(await response.Content.ReadAsStringAsync(), name);
    }
}
