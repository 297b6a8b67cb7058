using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Tests.Ingest;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Hosting;

/// <summary>Wrong tokens and other refused requests: how fast, and what the log says of them.</summary>
public sealed class RefusedRequestTests
{
    private const int Free = 20;

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(QueryTestHost.Now));

    [Test]
    public async Task An_address_that_is_wrong_often_waits_ever_longer_up_to_a_bound_and_others_do_not()
    {
        WrongTokens guesses = new(_clock);
        Task[] free = [.. Enumerable.Range(0, Free).Select(_ => guesses.DelayAsync(From("192.0.2.1")))];
        Assert.That(free, Has.All.Property("IsCompleted").True);
        Task[] slowed = [.. Enumerable.Range(0, 100).Select(_ => guesses.DelayAsync(From("::ffff:192.0.2.1")))];
        Assert.That(slowed.Count(delay => delay.IsCompleted), Is.Zero);
        Assert.That(guesses.DelayAsync(From("192.0.2.2")).IsCompleted, Is.True);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(slowed.Count(delay => delay.IsCompleted), Is.EqualTo(5));
        _clock.Advance(TimeSpan.FromSeconds(4));
        await Task.WhenAll(slowed);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.That(guesses.DelayAsync(From("192.0.2.1")).IsCompleted, Is.True);
    }

    [Test]
    public void Addresses_of_one_IPv6_network_count_as_one()
    {
        WrongTokens guesses = new(_clock);
        Task[] delays = [.. Enumerable.Range(0, Free + 1).Select(i => guesses.DelayAsync(From($"2001:db8:0:1::{i:x}")))];
        Assert.That(delays.Count(delay => !delay.IsCompleted), Is.EqualTo(1));
        Assert.That(guesses.DelayAsync(From("2001:db8:0:2::1")).IsCompleted, Is.True);
        Assert.That(guesses.TakeCounts().Select(pair => pair.Count), Is.EquivalentTo(new[] { Free + 1, 1 }));
    }

    [Test]
    public void However_many_addresses_guess_the_table_stays_small_and_quiet_ones_are_forgotten()
    {
        WrongTokens guesses = new(_clock);
        for (int i = 0; i < 30_000; i++)
        {
            guesses.DelayAsync(From(new IPAddress(i + (10L << 24)).ToString()));
        }

        Assert.That(guesses.TakeCounts(), Has.Count.EqualTo(10_001));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That(guesses.TakeCounts(), Is.Empty);
        Assert.That(guesses.DelayAsync(From("198.51.100.1")).IsCompleted, Is.True);
        Assert.That(guesses.TakeCounts().Single(), Is.EqualTo((IPAddress.Parse("198.51.100.1"), 1L)));
    }

    [TestCase("Authorization", "Bearer wrong", "/api/v1/agents")]
    [TestCase("authorization", "wrong", "/api/activity/keys/endpoint/a/1/1/2023/1/1/2023")]
    [TestCase("x-whatap-token", "wrong", "/open/api/json/sql")]
    [TestCase("Authorization", "Bearer wrong", "/api/v1.0/alert-history")]
    [TestCase("Authorization", "Bearer wrong", "/metrics")]
    public async Task A_wrong_token_is_slowed_down_in_every_API_and_a_right_one_is_not(string header, string value, string path)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(new RowReader([]), _clock);
        for (int i = 0; i < Free; i++)
        {
            using HttpResponseMessage quick = await host.SendAsync(HttpMethod.Get, path, (header, value));
            Assert.That(quick.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        }

        Task<HttpResponseMessage> slow = host.SendAsync(HttpMethod.Get, path, (header, value));
        using HttpResponseMessage right = await host.OwnAsync("/api/v1/agents");
        Assert.That((right.StatusCode, slow.IsCompleted), Is.EqualTo((HttpStatusCode.OK, false)));
        await AdvanceUntilAsync(slow);
        Assert.That((await slow).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_wrong_signature_is_slowed_down()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(new RowReader([]), _clock);
        Task<HttpResponseMessage>[] searches = [.. Enumerable.Range(0, Free + 1).Select(_ => host.SendAsync(
            HttpMethod.Post, "/dashboards/events/search", new StringContent("{}"),
            RequestSignature.Headers("POST", "/dashboards/events/search", QueryTestHost.Now, QueryTestHost.AccessKey, "wrong")))];
        await Eventually.IsTrueAsync(() => searches.Count(search => search.IsCompleted) == Free);
        await AdvanceUntilAsync(searches.Single(search => !search.IsCompleted));
    }

    [Test]
    public async Task A_push_with_a_wrong_token_is_slowed_down_and_the_log_has_a_line_a_minute()
    {
        await using IngestTestHost host = await IngestTestHost.StartAsync();
        Task<HttpResponseMessage>[] pushes =
            [.. Enumerable.Range(0, Free + 5).Select(_ => host.PushAsync("{}"u8.ToArray(), token: "wrong-and-secret"))];
        await Eventually.IsTrueAsync(() => pushes.Count(push => push.IsCompleted) == Free);
        await host.TakenAsync(host.Batch());
        using HttpResponseMessage bad = await host.PushAsync("{");
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(pushes);
        await Eventually.IsTrueAsync(() =>
        {
            host.Clock.Advance(TimeSpan.FromMinutes(1));
            return SumOf(host, "([0-9]+) × 401 wrong token") == Free + 5 && SumOf(host, "([0-9]+) × 400 bad request") == 1;
        });
        Assert.That(SumOf(host, @"127\.0\.0\.1 sent ([0-9]+) requests with a wrong token"), Is.EqualTo(Free + 5));
        Assert.That(host.Log.Text, Does.Not.Contain("wrong-and-secret"));
        Assert.That(host.Log.Text.Split('\n').Count(line => line.Contains("refused", StringComparison.OrdinalIgnoreCase)), Is.LessThan(Free));
    }

    // The last ones are counted after their responses were sent, perhaps in another minute.
    private static int SumOf(IngestTestHost host, string pattern) =>
        Regex.Matches(host.Log.Text, pattern).Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    private async Task AdvanceUntilAsync(Task task) => await Eventually.IsTrueAsync(() =>
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        return task.IsCompleted;
    });

    private static DefaultHttpContext From(string address) => new() { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
}
