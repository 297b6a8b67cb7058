using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Hosting;

/// <summary>Which pages may read responses, however their origins are written in the configuration.</summary>
public sealed class CrossOriginTests
{
    [TestCase("https://a.example/", "https://a.example")]
    [TestCase("https://A.Example", "https://a.example")]
    [TestCase("https://a.example:443", "https://a.example")]
    [TestCase("http://a.example:80/", "http://a.example")]
    [TestCase("HTTP://localhost:3000", "http://localhost:3000")]
    [TestCase("http://[::1]:3000", "http://[::1]:3000")]
    [TestCase("https://b\u00FCcher.example", "https://xn--bcher-kva.example")]
    [TestCase("https://b.example,https://a.example", "https://a.example")]
    [TestCase("*", "https://a.example")]
    public async Task An_origin_is_found_however_it_is_written(string configured, string sent)
    {
        await using QueryTestHost host = await StartAsync(configured);
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/healthz", ("Origin", sent));

        Assert.That(response.Headers.GetValues("Access-Control-Allow-Origin").Single(), Is.AnyOf(sent, "*"));
    }

    [TestCase("a.example")]
    [TestCase("https://a.example/page")]
    [TestCase("https://a.example;https://b.example")]
    [TestCase("https://a.example https://b.example")]
    [TestCase("https://a.example|https://b.example")]
    [TestCase("https://*.a.example")]
    [TestCase("https://user@a.example")]
    [TestCase("https://a.example?")]
    [TestCase("https://a.example#x")]
    [TestCase("ftp://a.example")]
    [TestCase("null")]
    [TestCase("https://a.example:99999")]
    public async Task What_can_match_nothing_stops_the_start_and_is_shown(string configured)
    {
        Exception? failure = await Assert.CatchAsync(() => StartAsync(configured));
        Assert.That(failure!.ToString(), Does.Contain($"Http:CorsOrigins: '{configured}' is no origin"));
    }

    [Test]
    public async Task Pages_may_read_the_headers_that_responses_have()
    {
        await using QueryTestHost host = await StartAsync("https://a.example");
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, "/open/api/json/transaction",
            ("Origin", "https://a.example"), ("x-whatap-token", QueryTestHost.Token), ("x-whatap-pcode", $"{Row.Project}"));

        string exposed = string.Join(',', response.Headers.GetValues("Access-Control-Expose-Headers"));
        Assert.That(exposed.Split(','), Is.SupersetOf(new[] { "x-effective-stime", "x-effective-etime", "X-Next", "Retry-After" }));
    }

    [TestCase("https://a.example")]
    [TestCase("https://c.example")]
    [TestCase(null)]
    public async Task A_cache_keeps_responses_apart_by_origin(string? origin)
    {
        await using QueryTestHost host = await StartAsync("https://a.example,https://b.example");
        foreach (string path in (string[])["/healthz", "/nothing", "/api/v1/schema"])
        {
            using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, path, origin is null ? [] : [("Origin", origin)]);
            Assert.That(response.Headers.Vary.Count(name => name == "Origin"), Is.EqualTo(1), path);
        }
    }

    private static Task<QueryTestHost> StartAsync(string origins) => QueryTestHost.StartAsync(new RowReader([]), "--Http:CorsOrigins=" + origins);
}
