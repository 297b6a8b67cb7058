using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Description;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Alerting.Notifications;

/// <summary><c>/api/v1/silences</c> and <c>/api/v1/receivers</c> of a running server. Each response is compared with the OpenAPI document.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class NotificationApiTests
{
    private const string Silence = """{"matchers":[{"label":"rule","glob":"slow-*"}],"from":0,"to":"2099-01-01T00:00:00Z","comment":"works"}""";

    private TemporaryFolder _folder = null!;
    private RunningServer _server = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        _server = await RunningServer.StartAsync(_folder, "--Alerting:AllowLoopbackTargets=true");
        _http = new HttpClient(new DescribedResponses(new SocketsHttpHandler())) { BaseAddress = _server.Client.Address };
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task A_silence_is_made_changed_listed_and_deleted()
    {
        Assert.That((await SendAsync("PUT", "/api/v1/silences/s1", Silence)).Status, Is.EqualTo(HttpStatusCode.Created));
        (HttpStatusCode status, string body) = await SendAsync("PUT", "/api/v1/silences/s1", Silence.Replace("works", "changed", StringComparison.Ordinal));
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await SendAsync("GET", "/api/v1/silences/s1", token: TestProjects.ReadOnlyToken)).Body, Is.EqualTo(body));
        JsonElement silence = JsonElement.Parse(body);
        Assert.That(
            (silence.GetProperty("comment").GetString(), silence.GetProperty("state").GetString(), silence.GetProperty("from").GetString()),
            Is.EqualTo(("changed", "active", "1970-01-01T00:00:00Z")));
        Assert.That(await ListAsync("silences", TestProjects.ReadOnlyToken), Is.EqualTo(new[] { "s1" }));
        Assert.That(await ListAsync("silences", TestProjects.TokenOf(TestProjects.Second)), Is.Empty);
        Assert.That((await SendAsync("DELETE", "/api/v1/silences/s1")).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await SendAsync("DELETE", "/api/v1/silences/s1")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await SendAsync("GET", "/api/v1/silences/s1")).Body, Does.Contain("There is no silence \\u0022s1\\u0022."));
    }

    [Test]
    public async Task A_receiver_is_made_and_tested_and_shows_no_secret()
    {
        await using WebhookReceiver hooks = await WebhookReceiver.StartAsync();
        string definition = $$"""{"url":"{{hooks.Address}}the-path-secret","secret":"the-key","minSeverity":"Critical"}""";
        (HttpStatusCode status, string made) = await SendAsync("PUT", "/api/v1/receivers/ops", definition);
        (_, string tested) = await SendAsync("POST", "/api/v1/receivers/ops/test");
        hooks.RespondWith(500);
        (_, string failed) = await SendAsync("POST", "/api/v1/receivers/ops/test");
        (_, string list) = await SendAsync("GET", "/api/v1/receivers");

        Assert.Multiple(() =>
        {
            Assert.That(status, Is.EqualTo(HttpStatusCode.Created));
            Assert.That(JsonElement.Parse(made).GetProperty("url").GetString() + "/", Is.EqualTo(hooks.Address.ToString()));
            Assert.That(made + list + tested + failed, Does.Not.Contain("secret").And.Not.Contain("the-key"));
            Assert.That(tested, Is.EqualTo("""{"delivered":true,"status":200}"""));
            Assert.That(failed, Is.EqualTo("""{"delivered":false,"status":500,"reason":"It responded with 500, no success."}"""));
            Assert.That(hooks.Webhooks.Select(webhook => webhook.Path), Is.All.EqualTo("/the-path-secret"));
            Assert.That(hooks.Webhooks[0].Signature, Does.StartWith("sha256="));
            Assert.That(File.GetUnixFileMode(_folder["rules/1/receivers/ops.json"]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        });
        Assert.That((await SendAsync("DELETE", "/api/v1/receivers/ops")).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await SendAsync("GET", "/api/v1/receivers/ops")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await SendAsync("POST", "/api/v1/receivers/ops/test")).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("PUT", "/api/v1/silences/s2")]
    [TestCase("DELETE", "/api/v1/silences/s2")]
    [TestCase("GET", "/api/v1/receivers")]
    [TestCase("GET", "/api/v1/receivers/ops2")]
    [TestCase("PUT", "/api/v1/receivers/ops2")]
    [TestCase("DELETE", "/api/v1/receivers/ops2")]
    [TestCase("POST", "/api/v1/receivers/ops2/test")]
    public async Task Who_is_no_administrator_gets_403(string method, string path) => Assert.Multiple(async () =>
    {
        Assert.That((await SendAsync(method, path, Silence, TestProjects.ReadOnlyToken)).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await SendAsync(method, path, Silence, token: "nobody's")).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    });

    [TestCase("/api/v1/silences/s3", """{"matchers":[],"from":0,"to":1}""", "matchers must have at least one")]
    [TestCase("/api/v1/silences/S3", Silence, "name must have 1 to 64 of a-z 0-9")]
    [TestCase("/api/v1/silences/s3", "", "The body must be a JSON object.")]
    [TestCase("/api/v1/silences/s3", "{", "The body is no JSON: line 1")]
    [TestCase("/api/v1/receivers/ops3", """{"url":"gopher://example.com"}""", "url must be an address of http or https")]
    public async Task What_is_wrong_is_400_and_named(string path, string body, string expected)
    {
        (HttpStatusCode status, string problem) = await SendAsync("PUT", path, body);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest), problem);
        Assert.That(JsonElement.Parse(problem).GetProperty("detail").GetString(), Does.StartWith(expected));
    }

    [TestCase("POST", "/api/v1/silences/s4", "GET, HEAD, PUT, DELETE")]
    [TestCase("POST", "/api/v1/receivers/ops4", "GET, HEAD, PUT, DELETE")]
    [TestCase("GET", "/api/v1/receivers/ops4/test", "POST")]
    public async Task Another_method_is_405_with_those_that_there_are(string method, string path, string allowed)
    {
        using HttpResponseMessage response = await _http.SendAsync(Make(method, path, "{}", TestProjects.TokenOf(TestProjects.First)));

        Assert.That((response.StatusCode, string.Join(", ", response.Content.Headers.Allow)), Is.EqualTo((HttpStatusCode.MethodNotAllowed, allowed)));
    }

    [Test]
    public async Task Where_definitions_are_deployed_as_files_changes_are_409()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["deployed/1/receivers"]);
        await File.WriteAllBytesAsync(folder["deployed/1/receivers/ops.json"], """{"url":"https://hooks.example.com/x"}"""u8.ToArray());
        await using RunningServer server = await RunningServer.StartAsync(
            folder["data"], $"--Alerting:Directory={folder["deployed"]}", "--Alerting:ReadOnly=true");
        using HttpClient http = new(new DescribedResponses(new SocketsHttpHandler())) { BaseAddress = server.Client.Address };
        foreach ((string method, string path) in ((string, string)[])
            [("PUT", "silences/s"), ("DELETE", "silences/s"), ("PUT", "receivers/ops"), ("DELETE", "receivers/ops")])
        {
            using HttpResponseMessage response = await http.SendAsync(
                Make(method, "/api/v1/" + path, Silence, TestProjects.TokenOf(TestProjects.First)));
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Conflict), path);
        }

        string receivers = "";
        Assert.That(
            () => receivers = http.SendAsync(Make("GET", "/api/v1/receivers", "", TestProjects.TokenOf(TestProjects.First))).Result.Content
                .ReadAsStringAsync().Result,
            Does.Contain("https://hooks.example.com").After(10_000, 20));
    }

    private async Task<string?[]> ListAsync(string what, string token)
    {
        JsonElement list = JsonElement.Parse((await SendAsync("GET", "/api/v1/" + what, token: token)).Body).GetProperty(what);
        return [.. list.EnumerateArray().Select(silence => silence.GetProperty("id").GetString())];
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(string method, string path, string body = "", string? token = null)
    {
        using HttpRequestMessage request = Make(method, path, body, token ?? TestProjects.TokenOf(TestProjects.First));
        using HttpResponseMessage response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static HttpRequestMessage Make(string method, string path, string body, string token)
    {
        HttpRequestMessage request = new(HttpMethod.Parse(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = method is "PUT" or "POST" && body.Length > 0 ? new StringContent(body, Encoding.UTF8, "application/json") : null;
        return request;
    }
}
