using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Hosting;

/// <summary>What proxies before the host do: serve it below a prefix of their own, and read requests their own way.</summary>
public sealed partial class ProxyPrefixTests
{
    // What a browser sees; the proxy takes the prefix away.
    private static readonly Uri _page = new("https://proxy.example/metrics/store/docs/index.html");

    private QueryTestHost _host = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _host = await QueryTestHost.StartAsync();
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _host.Address };
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [TestCase("/docs")]
    [TestCase("/docs/")]
    public async Task The_page_is_found_below_the_prefix(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(path);
        Assert.That(new Uri(new Uri("https://proxy.example/metrics/store" + path), response.Headers.Location!), Is.EqualTo(_page));
    }

    [Test]
    public async Task The_page_loads_the_document_and_everything_else_from_below_the_prefix()
    {
        string html = await _http.GetStringAsync("/docs/index.html");
        string script = await _http.GetStringAsync("/docs/index.js");
        string[] links = [.. Link().Matches(html).Concat(DocumentUrl().Matches(script)).Select(match => match.Groups["url"].Value)];
        Assert.That(links.Select(link => new Uri(_page, link).AbsoluteUri), Has.All.StartsWith("https://proxy.example/metrics/store/"));
        Assert.That(links.Select(link => new Uri(_page, link).AbsolutePath), Does.Contain("/metrics/store/openapi/v1.json"));
    }

    [Test]
    public async Task A_prefix_that_a_proxy_leaves_in_the_path_can_be_configured()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(new RowReader([]), "--Http:PathBase=/apm");
        using HttpClient client = new() { BaseAddress = host.Address };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + QueryTestHost.Token);
        foreach (string path in new[] { "/apm/api/v1/agents", "/api/v1/agents" })
        {
            using HttpResponseMessage response = await client.GetAsync(path);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), path);
        }

        using HttpResponseMessage page = await client.GetAsync("/apm/docs/index.html");
        using HttpResponseMessage other = await client.GetAsync("/other/api/v1/agents");
        Assert.That((page.StatusCode, other.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.NotFound)));
    }

    [TestCase("127.0.0.1", "203.0.113.9", "203.0.113.9")]
    [TestCase("127.0.0.0/8,10.0.0.0/8", "203.0.113.9, 10.1.2.3", "203.0.113.9")]
    [TestCase("127.0.0.1", "203.0.113.9, 10.1.2.3", "10.1.2.3")]
    [TestCase("192.0.2.1", "203.0.113.9", "127.0.0.1")]
    [TestCase("", "203.0.113.9", "127.0.0.1")]
    public async Task Only_trusted_proxies_tell_where_a_request_comes_from(string trusted, string forwarded, string expected)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(new RowReader([]), "--Http:TrustedProxies=" + trusted);
        using HttpResponseMessage response = await host.SendAsync(
            HttpMethod.Get, "/api/v1/agents", ("Authorization", "Bearer wrong"), ("X-Forwarded-For", forwarded));
        Assert.That(host.Services.GetRequiredService<WrongTokens>().TakeCounts().Single().Address, Is.EqualTo(IPAddress.Parse(expected)));
    }

    [TestCase("/metrics")]
    [TestCase("/api/v1.0/alert-history")]
    public async Task A_trusted_proxy_opens_nothing_to_callers_on_its_own_machine(string path)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            new RowReader([]), QueryTestHost.QuickStart, "--Metrics:AllowAnonymous=false", "--AlertHistory:AllowAnonymous=false",
            "--Http:TrustedProxies=127.0.0.1");
        using HttpResponseMessage straight = await host.SendAsync(HttpMethod.Get, path);
        using HttpResponseMessage forwarded = await host.SendAsync(HttpMethod.Get, path, ("X-Forwarded-For", "127.0.0.1"));
        Assert.That((straight.StatusCode, forwarded.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.Unauthorized)));
    }

    [TestCase("--Http:PathBase=apm", "Http:PathBase")]
    [TestCase("--Http:PathBase=/apm/", "Http:PathBase")]
    [TestCase("--Http:PublicUrl=apm.example", "Http:PublicUrl: must be an address")]
    [TestCase("--Http:PublicUrl=https://apm.example/?a=1", "Http:PublicUrl: must be an address")]
    [TestCase("--Http:PublicUrl=https://user:secret-word@apm.example", "Http:PublicUrl: must be an address")]
    [TestCase("--Http:TrustedProxies=proxy.example", "Http:TrustedProxies: 'proxy.example' is no address")]
    [TestCase("--Http:TrustedProxies=10.0.0.0/99", "Http:TrustedProxies: '10.0.0.0/99' is no address")]
    public async Task A_wrong_setting_is_refused(string option, string expected)
    {
        Exception? failure = await Assert.CatchAsync(async () => await (await QueryTestHost.StartAsync(new RowReader([]), option)).DisposeAsync());
        Assert.That(failure!.ToString(), Does.Contain(expected).And.Not.Contain("secret-word"));
    }

    [Test]
    public async Task The_documents_server_is_below_the_prefix()
    {
        using var document = JsonDocument.Parse(await _http.GetStringAsync("/openapi/v1.json"));
        string server = document.RootElement.GetProperty("servers")[0].GetProperty("url").GetString()!;
        Assert.That(new Uri(new Uri("https://proxy.example/metrics/store/openapi/v1.json"), server).AbsoluteUri,
            Is.EqualTo("https://proxy.example/metrics/store/"));
    }

    [TestCase("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200")]
    [TestCase("GET /healthz HTTP/1.1\nHost: x\nConnection: close\n\n", "400")]
    [TestCase("GET /healthz HTTP/1.1\r\nHost: x\nConnection: close\r\n\r\n", "400")]
    [TestCase("GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\nTransfer-Encoding: chunked\r\n\r\n", "400")]
    public async Task Lines_end_with_CR_and_LF(string request, string status)
    {
        using TcpClient client = new();
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using StreamReader reader = new(client.GetStream());
        Assert.That(await reader.ReadLineAsync(), Does.StartWith("HTTP/1.1 " + status));
    }

    [GeneratedRegex("""(href|src)="(?<url>[^"]+)"|url\(["']?(?<url>[^)"']+)""")]
    private static partial Regex Link();

    [GeneratedRegex("\"url\":\"(?<url>[^\"]+)\"")]
    private static partial Regex DocumentUrl();
}
