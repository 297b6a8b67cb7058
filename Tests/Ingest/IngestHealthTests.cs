using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ingest;

/// <summary>What Ingest says of itself equals what was pushed, over every protocol and with every outcome.</summary>
public sealed class IngestHealthTests
{
    private IngestTestHost _host = null!;

    [SetUp]
    public async Task StartAsync() => _host = await IngestTestHost.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task Every_sample_and_item_is_told_by_protocol_and_by_what_became_of_it()
    {
        await PushEverythingAsync();
        IngestCounts counts = _host.Health.Count(TestProjects.First);

        Assert.That(Describe(counts.Samples.Single(kind => kind.Name == "transaction")), Is.EqualTo(
            "10 received, 5 stored, 0 in flight, rejected: unavailable 1, missing 1, duplicate: resend 3, unmapped: "));
        Assert.That(Describe(counts.Samples.Single(kind => kind.Name == "alert")), Is.EqualTo(
            "2 received, 1 stored, 0 in flight, rejected: , duplicate: alert 1, unmapped: "));
        Assert.That(Describe(counts.Items.Single(signal => signal.Name == "traces")), Is.EqualTo(
            "6 received, 1 stored, 0 in flight, rejected: trace_id 2, duplicate: duplicate 1, unmapped: internal 2"));
        Assert.That(counts.Pushed, Is.EqualTo(new PushedCount[]
        {
            new("lines", "transaction", 1), new("native", "transaction", 7), new("native", "alert", 2), new("otlp", "transaction", 2),
        }));
        Assert.That((counts.MalformedLines, counts.UnmappedLines), Is.EqualTo((1L, 2L)));
        Assert.That(_host.Health.Count(null), Is.EqualTo(counts with { Examples = [] }).Using<IngestCounts>(
            (left, right) => Describe(left) == Describe(right) && left.Examples.SequenceEqual(right.Examples)));
    }

    [Test]
    public async Task An_example_says_what_the_sender_was_told()
    {
        await PushEverythingAsync();
        Assert.That(
            _host.Health.Count(TestProjects.First).Examples.Select(example => (example.What, example.Reason, example.Sentence, example.At)),
            Is.EquivalentTo(new[]
            {
                ("transaction", "missing", "transaction[1].elapsed is required.", _host.Now),
                ("traces", "trace_id", "1 span rejected: 1 × invalid trace id; first: resourceSpans[0].scopeSpans[0].spans[2]", _host.Now),
                ("line", "malformed", "unable to parse 'transaction service=': missing field value", _host.Now),
            }));
    }

    [Test]
    public async Task An_example_stays_for_a_second_and_is_never_long()
    {
        await PushWrongAsync("first");
        await PushWrongAsync("second");
        Assert.That(Sentence(), Does.Contain("first"));
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        await PushWrongAsync("third" + new string('x', 10_000));
        Assert.That(Sentence(), Does.Contain("third").And.Length.LessThanOrEqualTo(301));

        string Sentence() => _host.Health.Count(TestProjects.First).Examples.Single().Sentence;
        async Task PushWrongAsync(string elapsed) => (await _host.PushAsync(
            $$"""{"agent":{"oname":"a"},"transaction":[{"time":{{_host.Now}},"service":"/d","elapsed":"{{elapsed}}"}]}""")).Dispose();
    }

    [Test]
    public async Task A_project_sees_nothing_of_another()
    {
        using HttpResponseMessage wrong = await _host.PushAsync(
            Encoding.UTF8.GetBytes("""{"agent":{"oname":"a"},"transaction":[{"time":1,"service":"/secret","elapsed":"secret"}]}"""),
            token: TestProjects.TokenOf(TestProjects.Second));
        await SendAsync("/write", "transaction service=", TestProjects.TokenOf(TestProjects.Second));
        await SendAsync("/v1/traces", Spans(), TestProjects.TokenOf(TestProjects.Second));
        IngestCounts first = _host.Health.Count(TestProjects.First);
        IngestCounts second = _host.Health.Count(TestProjects.Second);
        Assert.That((first.Samples.Sum(kind => kind.Received), first.Items.Sum(signal => signal.Received), first.MalformedLines), Is.EqualTo((0L, 0L, 0L)));
        Assert.That(first.Examples, Is.Empty);
        Assert.That(first.Pushed, Is.Empty);
        Assert.That((second.Samples.Sum(kind => kind.Received), second.Items.Sum(signal => signal.Received), second.MalformedLines), Is.EqualTo((2L, 3L, 1L)));
        Assert.That(second.Examples, Has.Length.EqualTo(3));
        Assert.That(_host.Health.Count(null).Examples, Is.Empty);
    }

    [Test]
    public async Task What_the_store_has_not_yet_taken_is_in_flight_and_in_the_queue()
    {
        _host.Store.Held = new TaskCompletionSource();
        Task pushed = _host.TakenAsync(_host.Batch(null, "agent", "/a", "/b"));
        await _host.CountedAsync("in_flight", 2);
        FateCounts transactions = _host.Health.Count(null).Samples[0];
        Assert.That((transactions.Received, transactions.InFlight, transactions.Unexplained), Is.EqualTo((2L, 2L, 0L)));
        NodeHealth node = _host.Health.FindNode();
        Assert.That(node.QueueBytes, Is.Positive.And.EqualTo(_host.BytesInFlight));
        Assert.That(node.BatchesUnderWay, Is.EqualTo(1));
        _host.Store.Held.SetResult();
        await pushed;
        Assert.That(_host.Health.Count(null).Samples[0].Stored, Is.EqualTo(2));
        Assert.That(_host.Health.FindNode().BatchesUnderWay, Is.Zero);
        await Eventually.IsTrueAsync(() => _host.Health.FindNode().QueueBytes == 0);
    }

    [Test]
    public async Task The_WAL_tells_its_size_its_oldest_record_and_its_fault()
    {
        Assert.That(_host.Health.FindNode().LogFault, Is.Null);
        long first = _host.Now;
        await _host.TakenAsync(_host.Batch());
        _host.Clock.Advance(TimeSpan.FromMinutes(3));
        await _host.TakenAsync(_host.Batch());
        NodeHealth node = _host.Health.FindNode();
        string metrics = await _host.Client.GetStringAsync("/metrics");
        Assert.That(node.LogBytes, Is.EqualTo((long)MetricsText.Sum(metrics, "timeseries_log_bytes")).And.Positive);
        Assert.That(node.MaxLogBytes, Is.EqualTo(8L << 30));
        Assert.That(node.OldestRecord, Is.EqualTo(first));
        Assert.That((node.IsLogFed, node.StoreFault, node.WaitingBytes), Is.EqualTo((false, (string?)null, 0L)));
        Assert.That(node.FreeDiskBytes, Is.Positive);

        _host.Files.Fail(FileOperation.Flush, times: int.MaxValue);
        using HttpResponseMessage refused = await _host.PushAsync(_host.Batch());
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(_host.Health.FindNode().LogFault, Is.Not.Empty);
    }

    [Test]
    public async Task The_counts_add_up_at_any_moment()
    {
        Task pushes = Task.WhenAll(Enumerable.Range(0, 8).Select(async connection =>
        {
            for (int i = 0; i < 20; i++)
            {
                await _host.TakenAsync(_host.Batch($"id-{i % 15}", $"agent-{connection}", "/a", "/b", "/c"));
                await SendAsync("/v1/traces", Spans());
            }
        }));
        int looks = 0;
        while (!pushes.IsCompleted || looks < 5)
        {
            IngestCounts counts = _host.Health.Count(null);
            Assert.That(counts.Samples.Concat(counts.Items).Where(fate => fate.Unexplained != 0), Is.Empty);
            looks++;
            await Task.Yield();
        }

        await pushes;
    }

    private async Task PushEverythingAsync()
    {
        Guid alert = Guid.NewGuid();
        await _host.TakenAsync(_host.Batch("x", "agent", "/a", "/b"));
        await _host.TakenAsync(_host.Batch("x", "agent", "/a", "/b"));
        await _host.TakenAsync(_host.Alerts(alert, alert));
        await _host.TakenAsync(
            $$"""{"agent":{"oname":"a"},"transaction":[{"time":{{_host.Now}},"service":"/c","elapsed":1},{"time":{{_host.Now}},"service":"/d"}]}""");
        await SendAsync("/v1/traces", Spans());
        await SendAsync("/v1/traces", Spans());
        await SendAsync("/write", $"transaction,oname=a service=\"/x\",elapsed=12.5 {_host.Now}000000\ntransaction service=\ncpu load=1\ncpu load=2\n");
        _host.Files.Fail(FileOperation.Flush, times: int.MaxValue);
        using HttpResponseMessage refused = await _host.PushAsync(_host.Batch(null, "agent", "/e"));
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
    }

    // One that becomes a transaction, one that becomes nothing, and one that is wrong.
    private string Spans()
    {
        string times = string.Create(
            CultureInfo.InvariantCulture, $"\"startTimeUnixNano\":\"{_host.Now - 5}000000\",\"endTimeUnixNano\":\"{_host.Now}000000\"");
        return $$$"""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[
            {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"a1a2a3a4a5a6a7a8","name":"job","kind":2,{{{times}}}},
            {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"a1a2a3a4a5a6a7a9","parentSpanId":"a1a2a3a4a5a6a7a8","name":"inner","kind":1,{{{times}}}},
            {"traceId":"00000000000000000000000000000000","spanId":"a1a2a3a4a5a6a7aa","name":"wrong","kind":2,{{{times}}}}]}]}]}
            """;
    }

    private async Task SendAsync(string path, string body, string? token = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(path == "/write" ? "text/plain" : "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue(
            path == "/write" ? "Token" : "Bearer", token ?? TestProjects.TokenOf(TestProjects.First));
        using HttpResponseMessage response = await _host.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.BadRequest), await response.Content.ReadAsStringAsync());
    }

    private static string Describe(IngestCounts counts) => string.Join('\n',
        [.. counts.Samples.Concat(counts.Items).Select(Describe), .. counts.Pushed.Select(pushed => pushed.ToString()),
            $"{counts.MalformedLines} {counts.UnmappedLines}"]);

    private static string Describe(FateCounts fate)
    {
        Assert.That(fate.Unexplained, Is.Zero, fate.Name);
        return $"{fate.Received} received, {fate.Stored} stored, {fate.InFlight} in flight, rejected: {List(fate.Rejected)}, "
            + $"duplicate: {List(fate.Duplicates)}, unmapped: {List(fate.Unmapped)}";
    }

    private static string List(IEnumerable<ReasonCount> reasons) => string.Join(" and ", reasons.Select(reason => $"{reason.Reason} {reason.Count}"))
        .Replace(" and ", ", ", StringComparison.Ordinal);
}
