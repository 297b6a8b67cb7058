using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest.Quotas;

/// <summary>Limits of the first project; the second has none.</summary>
public sealed class QuotaTests
{
    private IngestTestHost _host = null!;

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task Requests_over_the_limit_are_429_until_a_second_later_and_nothing_of_them_is_stored()
    {
        await StartAsync("RequestsPerSecond=3");
        HttpStatusCode[] statuses = await StatusesAsync(5);
        Assert.That(statuses, Is.EqualTo(new[] { HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, Refused, Refused }));
        Assert.That(_host.Store.Batches.Sum(batch => batch.Services.Count), Is.EqualTo(3));

        JsonElement problem = await RefusedAsync(_host.Batch(), retryAfter: 1);
        Assert.That(problem.GetProperty("detail").GetString(), Does.Contain("3 times a second").And.Contain("Projects:n:Limits:RequestsPerSecond"));
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await StatusesAsync(4), Is.EqualTo(new[] { HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, Refused }));
    }

    [TestCase("RequestsPerSecond=1")]
    [TestCase("BytesPerSecond=1KiB")]
    [TestCase("SamplesPerDay=1")]
    public async Task Another_project_is_not_touched(string limit)
    {
        await StartAsync(limit);
        await _host.PushAsync(_host.Batch(null, "shop", new string('s', 1_500)));
        using HttpResponseMessage refused = await _host.PushAsync(_host.Batch());
        Assert.That(refused.StatusCode, Is.EqualTo(Refused));
        for (int i = 0; i < 3; i++)
        {
            byte[] batch = Encoding.UTF8.GetBytes(_host.Batch(null, "shop", new string('s', 1_500)));
            using HttpResponseMessage other = await _host.PushAsync(batch, token: TestProjects.TokenOf(TestProjects.Second));
            Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_body_may_have_more_bytes_than_a_second_and_the_next_waits_until_they_are_paid(bool isChunked)
    {
        await StartAsync("BytesPerSecond=1KiB");
        byte[] body = Encoding.UTF8.GetBytes(_host.Batch().PadRight(10_000));
        Assert.That(await SendAsync(body, isChunked), Is.EqualTo(HttpStatusCode.OK));

        // 10,000 - 1,024 bytes are owed, and one more must be there.
        JsonElement problem = await RefusedAsync(_host.Batch(), retryAfter: 9);
        Assert.That(problem.GetProperty("detail").GetString(), Does.Contain("1KiB a second").And.Contain("Projects:n:Limits:BytesPerSecond"));
        _host.Clock.Advance(TimeSpan.FromSeconds(8.7));
        await RefusedAsync(_host.Batch(), retryAfter: 1);
        _host.Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(await SendAsync(body, isChunked), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Bytes_are_those_that_are_sent_not_the_inflated_ones_and_only_those_that_came()
    {
        await StartAsync("BytesPerSecond=1KiB");
        byte[] zipped = PushStatusTests.Compress(Encoding.UTF8.GetBytes(_host.Batch().PadRight(20_000)), "gzip");
        Assert.That(zipped, Has.Length.LessThan(1_000));
        using HttpResponseMessage taken = await _host.PushAsync(zipped, encoding: "gzip");
        Assert.That(taken.StatusCode, Is.EqualTo(HttpStatusCode.OK));

        // Larger than a body may be: refused before it is read.
        using HttpResponseMessage tooLarge = await _host.PushAsync(new byte[(1 << 20) + 1]);
        Assert.That(tooLarge.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        using HttpResponseMessage next = await _host.PushAsync(_host.Batch());
        Assert.That(next.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_batch_with_more_samples_than_are_left_of_the_day_is_refused_whole()
    {
        await StartAsync("SamplesPerDay=10");
        await _host.TakenAsync(Samples(6));
        JsonElement problem = await RefusedAsync(Samples(5), retryAfter: 3_600);
        Assert.That(problem.GetProperty("detail").GetString(),
            Does.StartWith("The project may store 10 samples a UTC day (Projects:n:Limits:SamplesPerDay) and has 6; the push has 5."));
        await RefusedAsync(Samples(11), retryAfter: 3_600);
        await _host.TakenAsync(Samples(4));
        await RefusedAsync(Samples(1), retryAfter: 3_600);
        Assert.That(_host.Store.Batches.Sum(batch => batch.Services.Count), Is.EqualTo(10));
    }

    [Test]
    public async Task A_day_ends_at_midnight_UTC_and_a_clock_that_steps_back_gives_no_second_one()
    {
        await StartAsync("SamplesPerDay=2");
        await _host.TakenAsync(Samples(2));
        _host.Clock.SetUtcNow(new DateTimeOffset(2023, 1, 29, 23, 30, 0, TimeSpan.Zero));
        await RefusedAsync(Samples(1), retryAfter: 1_800);
        _host.Clock.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromMilliseconds(1));
        await RefusedAsync(Samples(1), retryAfter: 1);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await _host.TakenAsync(Samples(2));
        _host.Clock.AdjustTime(_host.Clock.GetUtcNow() - TimeSpan.FromHours(1));
        await RefusedAsync(Samples(1), retryAfter: 3_600);
    }

    [Test]
    public async Task Rejected_and_repeated_samples_do_not_count()
    {
        await StartAsync("SamplesPerDay=3");
        string half = $$"""
            {"agent":{"oname":"a"},"transaction":[{"time":{{_host.Now}},"service":"/good","elapsed":1},{"time":{{_host.Now}},"service":"/bad","elapsed":"x"}]}
            """;
        await _host.TakenAsync(half);
        Guid one = Guid.NewGuid();
        await _host.TakenAsync(_host.Alerts(one));
        JsonElement repeated = await _host.TakenAsync(_host.Alerts(one, one, one));
        Assert.That(repeated.GetProperty("duplicates").GetInt32(), Is.EqualTo(3));
        await _host.TakenAsync(_host.Alerts(one, Guid.NewGuid()));
        await RefusedAsync(_host.Alerts(Guid.NewGuid()), retryAfter: 3_600);
        JsonElement again = await _host.TakenAsync(_host.Alerts(one));
        Assert.That(again.GetProperty("duplicates").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_batch_sent_again_gets_its_first_response_and_one_that_was_refused_is_taken_the_next_day()
    {
        await StartAsync("SamplesPerDay=4");
        JsonElement first = await _host.TakenAsync(Samples(4, "first"));
        await RefusedAsync(Samples(2, "second"), retryAfter: 3_600);
        JsonElement again = await _host.TakenAsync(Samples(4, "first"));
        Assert.That(again.GetProperty("duplicate").GetBoolean(), Is.True);
        Assert.That(again.GetProperty("position").GetString(), Is.EqualTo(first.GetProperty("position").GetString()));

        string second = Samples(2, "second");
        _host.Clock.Advance(TimeSpan.FromHours(12));
        JsonElement taken = await _host.TakenAsync(second);
        Assert.That(taken.GetProperty("duplicate").GetBoolean(), Is.False);
        Assert.That(taken.GetProperty("accepted").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public async Task Requests_with_one_id_that_are_under_way_together_count_once()
    {
        await StartAsync("SamplesPerDay=4");
        _host.Store.Held = new TaskCompletionSource();
        string body = Samples(4, "once");
        Task<HttpResponseMessage>[] pushes = [.. Enumerable.Range(0, 5).Select(_ => _host.PushAsync(body))];
        await _host.CountedAsync("received_total", 20);
        _host.Store.Held.SetResult();
        foreach (HttpResponseMessage response in await Task.WhenAll(pushes))
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            response.Dispose();
        }

        await RefusedAsync(Samples(1), retryAfter: 3_600);
    }

    [Test]
    public async Task A_batch_that_the_log_does_not_take_uses_nothing_of_the_day()
    {
        await StartAsync("SamplesPerDay=3");
        _host.Files.Fail(FileOperation.Flush);
        using HttpResponseMessage failed = await _host.PushAsync(Samples(3));
        Assert.That(failed.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        await Eventually.IsTrueAsync(async () =>
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(1));
            using HttpResponseMessage response = await _host.PushAsync(Samples(3));
            return response.StatusCode == HttpStatusCode.OK;
        });
        await RefusedAsync(Samples(1), retryAfter: 3_600);
    }

    [Test]
    public async Task Samples_and_pushes_that_are_refused_are_counted_by_reason_and_nothing_is_left_in_flight()
    {
        await StartAsync("SamplesPerDay=3", "RequestsPerSecond=2");
        await _host.TakenAsync(Samples(3));
        await RefusedAsync(Samples(2), retryAfter: 3_600);
        await RefusedAsync(Samples(2), retryAfter: 1);
        string metrics = await _host.Client.GetStringAsync("/metrics");
        Assert.That(MetricsText.Sum(metrics, "timeseries_ingest_samples_rejected_total", "reason=\"quota\"", "kind=\"transaction\"", "pcode=\"1\""),
            Is.EqualTo(2));
        Assert.That(MetricsText.Sum(metrics, "timeseries_ingest_quota_refused_total", "reason=\"samples_per_day\"", "pcode=\"1\""), Is.EqualTo(1));
        Assert.That(MetricsText.Sum(metrics, "timeseries_ingest_quota_refused_total", "reason=\"requests_per_second\"", "pcode=\"1\""), Is.EqualTo(1));
        Assert.That(MetricsText.Sum(metrics, "timeseries_ingest_samples_in_flight", "kind=\"transaction\""), Is.Zero);
        Assert.That(_host.Health.Count(TestProjects.First).RefusedPushes.Select(refused => (refused.Reason, refused.Count)),
            Is.EquivalentTo(new[] { ("samples_per_day", 1L), ("requests_per_second", 1L) }));
        Assert.That(_host.Health.Count(TestProjects.Second).RefusedPushes, Is.Empty);
    }

    private const HttpStatusCode Refused = HttpStatusCode.TooManyRequests;

    private async Task StartAsync(params string[] limits) => _host = await IngestTestHost.StartAsync(
        new FaultyFileSystem(), new FakeTimeProvider(TestTime.Start),
        ["--Ingest:MaxRequestBytes=1MiB", .. limits.Select(limit => $"--Projects:0:Limits:{limit}")]);

    private string Samples(int count, string? id = null) => _host.Batch(id, "shop", [.. Enumerable.Range(0, count).Select(i => $"/{i}")]);

    private async Task<HttpStatusCode[]> StatusesAsync(int pushes)
    {
        List<HttpStatusCode> statuses = [];
        for (int i = 0; i < pushes; i++)
        {
            using HttpResponseMessage response = await _host.PushAsync(_host.Batch());
            statuses.Add(response.StatusCode);
        }

        return [.. statuses];
    }

    private async Task<JsonElement> RefusedAsync(string body, int retryAfter)
    {
        HttpResponseMessage response = await _host.PushAsync(body);
        TimeSpan? told = response.Headers.RetryAfter?.Delta;
        JsonElement problem = await IngestTestHost.ReadAsync(response, Refused);
        Assert.That(told, Is.EqualTo(TimeSpan.FromSeconds(retryAfter)));
        return problem;
    }

    private async Task<HttpStatusCode> SendAsync(byte[] body, bool isChunked)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, IngestTestHost.Path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(TestProjects.First));
        request.Headers.TransferEncodingChunked = isChunked;
        using HttpResponseMessage response = await _host.Client.SendAsync(request);
        return response.StatusCode;
    }
}
