using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Description;

/// <summary>The page at <c>/docs</c>: whole, from this host alone.</summary>
internal sealed partial class PageTests
{
    private static readonly string[] _sources = ["'none'", "'self'", "'unsafe-inline'", "data:"];

    private TemporaryFolder _folder = null!;
    private RunningServer _server = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        _server = await RunningServer.StartAsync(_folder);
        _http = new HttpClient { BaseAddress = _server.Client.Address };
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Every_file_of_the_page_comes_from_the_host_and_none_from_elsewhere()
    {
        using HttpResponseMessage page = await _http.GetAsync("/docs");
        string html = await page.Content.ReadAsStringAsync();
        string[] references = [.. Reference().Matches(html).Select(match => match.Groups[1].Value)];
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(references, Has.Length.GreaterThanOrEqualTo(5));
        foreach (string reference in references)
        {
            Uri uri = new(page.RequestMessage!.RequestUri!, reference);
            Assert.That(uri.Authority, Is.EqualTo(_server.Client.Address.Authority), reference);
            using HttpResponseMessage file = await _http.GetAsync(uri);
            Assert.That(file.StatusCode, Is.EqualTo(HttpStatusCode.OK), reference);
            Assert.That(await file.Content.ReadAsByteArrayAsync(), Is.Not.Empty, reference);
        }
    }

    [Test]
    public async Task The_root_leads_to_the_page()
    {
        using HttpResponseMessage page = await _http.GetAsync("/");
        Assert.That((page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath), Is.EqualTo((HttpStatusCode.OK, "/docs/index.html")));
    }

    [Test]
    public async Task The_example_of_a_batch_can_be_pushed_as_it_stands_again_and_again()
    {
        JsonElement document = JsonElement.Parse(await _http.GetStringAsync("/openapi/v1.json"));
        string example = document.GetProperty("paths").GetProperty("/ingest/v1/batch").GetProperty("post").GetProperty("requestBody").GetProperty("content")
            .GetProperty("application/json").GetProperty("example").GetRawText();
        for (int i = 0; i < 2; i++)
        {
            using HttpRequestMessage push = new(HttpMethod.Post, "/ingest/v1/batch") { Content = new StringContent(example) };
            push.Content.Headers.ContentType = new("application/json");
            push.Headers.Add("Authorization", "Bearer " + TestProjects.TokenOf(TestProjects.First));
            using HttpResponseMessage response = await _http.SendAsync(push);
            JsonElement result = JsonElement.Parse(await response.Content.ReadAsStringAsync());
            Assert.That(result.GetProperty("duplicate").GetBoolean(), Is.False);
            Assert.That(result.GetProperty("accepted").GetInt32(), Is.EqualTo(4));
        }
    }

    [Test]
    public async Task Styles_load_nothing_from_elsewhere()
    {
        string css = await _http.GetStringAsync("/docs/swagger-ui.css");
        Assert.That(StyleReference().Matches(css).Select(match => match.Groups[1].Value)
            .Where(url => !url.StartsWith("data:", StringComparison.Ordinal)), Is.Empty);
        Assert.That(css, Does.Not.Contain("@import"));
    }

    [TestCase("/docs/index.html")]
    [TestCase("/docs/index.js")]
    [TestCase("/docs/swagger-ui-bundle.js")]
    public async Task Browsers_are_told_to_load_nothing_from_elsewhere(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(path);
        string policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.That(policy, Does.Contain("default-src 'none'"));
        Assert.That(policy.Split(';').SelectMany(directive => directive.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..])
            .Distinct(), Is.SubsetOf(_sources));
        Assert.That(policy, Does.Contain("script-src 'self';"));
        Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
    }

    [Test]
    public async Task The_page_shows_the_hosts_document_and_sends_it_to_no_validator()
    {
        string script = await _http.GetStringAsync("/docs/index.js");
        Assert.That(script, Does.Contain("/openapi/v1.json"));
        Assert.That(Settings().Match(script).Value, Does.StartWith("var configObject").And.Not.Contain("validatorUrl"));
        Assert.That(script, Does.Contain("""if (!configObject.hasOwnProperty("validatorUrl"))""").And.Contain("configObject.validatorUrl = null;"));
    }

    [Test]
    public async Task No_script_stands_in_the_page_itself()
    {
        string html = await _http.GetStringAsync("/docs/index.html");
        Assert.That(InlineScript().Matches(html).Where(match => match.Groups[1].Value.Trim().Length > 0), Is.Empty);
    }

    [Test]
    public async Task What_is_not_there_is_a_problem_like_everywhere()
    {
        using HttpResponseMessage response = await _http.GetAsync("/docs/nothing.js");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
    }

    [Test]
    public async Task No_secret_of_the_configuration_is_in_it()
    {
        string text = await _http.GetStringAsync("/docs/index.html") + await _http.GetStringAsync("/docs/index.js");
        Assert.That(text, Does.Not.Contain(TestProjects.TokenOf(TestProjects.First)).And.Not.Contain(TestProjects.ReadOnlyToken));
    }

    [GeneratedRegex("""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="([^"]+)" """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase)]
    private static partial Regex Reference();

    [GeneratedRegex("""url\(["']?([^"')]+)""")]
    private static partial Regex StyleReference();

    [GeneratedRegex("var configObject = .*")]
    private static partial Regex Settings();

    [GeneratedRegex("<script[^>]*>(.*?)</script>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex InlineScript();
}
