using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

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
