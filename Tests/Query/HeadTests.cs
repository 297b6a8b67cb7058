using System.Net;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Query;

/// <summary>HEAD gives what GET gives, without the body.</summary>
public sealed class HeadTests
{
    private QueryTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase("/healthz")]
    [TestCase("/readyz")]
    [TestCase("/metrics")]
    [TestCase("/openapi/v1.json")]
    [TestCase("/api/v1/agents")]
    [TestCase("/api/v1/schema")]
    [TestCase("/api/v1/aggregate?kind=sql")]
    [TestCase("/api/v1/samples?kind=sql")]
    [TestCase("/api/v1.0/alert-history")]
    [TestCase("/api/activity/keys/endpoint/k/1/1/2023/2/1/2023")]
    public async Task Head_gives_what_Get_gives(string path)
    {
        using HttpResponseMessage get = await SendAsync(HttpMethod.Get, path);
        using HttpResponseMessage head = await SendAsync(HttpMethod.Head, path);

        Assert.That((head.StatusCode, head.Content.Headers.ContentType), Is.EqualTo((HttpStatusCode.OK, get.Content.Headers.ContentType)));
        Assert.That(await head.Content.ReadAsByteArrayAsync(), Is.Empty);
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path) => _host.SendAsync(
        method, path, ("Authorization", "Bearer " + QueryTestHost.Token));
}
