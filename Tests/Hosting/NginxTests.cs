using System.Net;
using System.Net.Http.Headers;
using System.Text;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Hosting;

/// <summary>Behind a real nginx: in its default settings, and as deploy/nginx.conf sets it up.</summary>
public sealed class NginxTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("/metrics")]
    [TestCase("/api/v1.0/alert-history")]
    public async Task Behind_an_nginx_that_forwards_and_nothing_else_nothing_is_open(string path)
    {
        using ServerProcess server = await ServerProcess.StartAsync(_folder["data"], "--Metrics:AllowAnonymous=false");
        await using NginxProgram nginx = await NginxProgram.StartAsync(
            port => $"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {server.Client.Address.GetLeftPart(UriPartial.Authority)}; }} }}");
        using HttpClient client = new() { BaseAddress = nginx.Address };
        using HttpResponseMessage response = await client.GetAsync(path);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task With_the_documented_settings_pushes_and_queries_pass_and_callers_keep_their_address()
    {
        using ServerProcess server = await ServerProcess.StartAsync(_folder["data"], "--Http:TrustedProxies=127.0.0.1", "--Metrics:AllowAnonymous=false");
        string settings = await File.ReadAllTextAsync(RepositoryFolder.Combine("deploy", "nginx.conf"));
        await using NginxProgram nginx = await NginxProgram.StartAsync(port => settings
            .Replace("listen 80;", $"listen 127.0.0.1:{port};", StringComparison.Ordinal)
            .Replace("http://127.0.0.1:5080", server.Client.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));
        using HttpClient client = new() { BaseAddress = nginx.Address };
        string token = TestProjects.TokenOf(TestProjects.First);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        string samples = string.Join(',', Enumerable.Range(0, 40_000).Select(i => $$"""{"time":{{now}},"service":"/cart/{{i}}","elapsed":12.5}"""));
        using HttpResponseMessage push = await client.PostAsync(
            "/ingest/v1/batch", new StringContent($$"""{"agent":{"oname":"shop"},"transaction":[{{samples}}]}""", Encoding.UTF8, "application/json"));
        Assert.That(await push.Content.ReadAsStringAsync(), Does.Contain("\"accepted\":40000"));
        string all = await client.GetStringAsync("/api/v1/aggregate?kind=transaction&by=service&limit=100000");
        Assert.That(all, Does.Contain("\"total\":40000").And.Contain("/cart/39999"));

        using HttpRequestMessage guess = new(HttpMethod.Get, "/api/v1/agents");
        guess.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
        guess.Headers.Add("X-Forwarded-For", "203.0.113.9");
        using HttpResponseMessage refused = await client.SendAsync(guess);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        await server.TerminateAsync(TimeSpan.FromSeconds(30));
        Assert.That(server.Output, Does.Contain("203.0.113.9 sent 1 requests with a wrong token"));
    }
}
