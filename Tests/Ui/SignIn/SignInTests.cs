using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Ui.SignIn;

namespace TimeSeries.Tests.Ui.SignIn;

/// <summary>Who may look: sign-in, what the cookie opens, and what it does not.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SignInTests
{
    private static readonly string[] _views =
        ["/", "/map", "/transactions", "/sql", "/httpc", "/exceptions", "/remote", "/alerts", "/agents", "/live", "/tx/1"];

    private const string Aggregate = "/api/v1/aggregate?kind=transaction";

    private PageServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await PageServer.StartAsync();

    [OneTimeTearDown]
    public void Stop() => _server.Dispose();

    [TestCaseSource(nameof(_views))]
    public async Task Without_a_session_a_view_leads_to_sign_in_and_from_there_back(string view)
    {
        using HttpClient browser = _server.Browser();
        using HttpResponseMessage response = await browser.GetAsync(view + "?range=7d");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Found));
        Assert.That(response.Headers.Location!.ToString(), Is.EqualTo("/login?returnUrl=" + Uri.EscapeDataString(view + "?range=7d")));
        using HttpResponseMessage signedIn = await PageServer.SignInAsync(browser, TestProjects.ReadOnlyToken, view + "?range=7d");
        Assert.That(signedIn.Headers.Location!.ToString(), Is.EqualTo(view + "?range=7d"));
        using HttpResponseMessage shown = await browser.GetAsync(view + "?range=7d");
        Assert.That(shown.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await shown.Content.ReadAsStringAsync(), Does.Contain("<nav").And.Contain("_framework/blazor.web.js"));
    }

    [Test]
    public async Task The_cookie_is_for_this_host_and_holds_no_token()
    {
        using HttpClient browser = _server.Browser();
        using HttpResponseMessage response = await PageServer.SignInAsync(browser, TestProjects.ReadOnlyToken);
        string cookie = response.Headers.GetValues("Set-Cookie").Single(text => !text.StartsWith("timeseries-form", StringComparison.Ordinal));
        string id = (await File.ReadAllTextAsync(Path.Combine(_server.SessionFolder, "id"))).Trim();
        Assert.That(cookie, Does.StartWith($"timeseries-{id}=").And.Contain("max-age=604800").And.Contain("path=/").And.Contain("samesite=lax")
            .And.Contain("httponly").And.Not.Contain(TestProjects.ReadOnlyToken).And.Not.Contain("secure"));
        foreach (string file in Directory.GetFiles(_server.SessionFolder))
        {
            Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite), file);
        }
    }

    [TestCase("wrong", HttpStatusCode.Unauthorized, "No project has this token.")]
    [TestCase("", HttpStatusCode.Unauthorized, "No project has this token.")]
    [TestCase(PageServer.PushToken, HttpStatusCode.Unauthorized, "lacks the scope read")]
    public async Task A_token_that_may_not_read_signs_nobody_in_and_is_told_why(string token, HttpStatusCode status, string sentence)
    {
        using HttpClient browser = _server.Browser();
        using HttpResponseMessage response = await PageServer.SignInAsync(browser, token);
        Assert.That(response.StatusCode, Is.EqualTo(status));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(sentence).And.Not.Contain($"\"{token}x"));
        using HttpResponseMessage view = await browser.GetAsync("/");
        Assert.That(view.StatusCode, Is.EqualTo(HttpStatusCode.Found));
    }

    [Test]
    public async Task A_form_of_another_page_signs_nobody_in()
    {
        using HttpClient browser = _server.Browser();
        using FormUrlEncodedContent form = new([KeyValuePair.Create("token", TestProjects.ReadOnlyToken)]);
        using HttpResponseMessage response = await browser.PostAsync("/login", form);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        using HttpResponseMessage view = await browser.GetAsync("/");
        Assert.That(view.StatusCode, Is.EqualTo(HttpStatusCode.Found));
    }

    [TestCase("GET", Aggregate, "Sec-Fetch-Site", "same-origin", ExpectedResult = HttpStatusCode.OK)]
    [TestCase("GET", "/api/v1/heatmap?kind=transaction", "x-timeseries-page", "1", ExpectedResult = HttpStatusCode.OK)]
    [TestCase("HEAD", "/api/v1/agents", "Origin", "own", ExpectedResult = HttpStatusCode.OK)]
    [TestCase("GET", "/api/v1/schema", "Sec-Fetch-Site", "same-site", ExpectedResult = HttpStatusCode.Unauthorized)]
    [TestCase("GET", Aggregate, "Sec-Fetch-Site", "cross-site", ExpectedResult = HttpStatusCode.Unauthorized)]
    [TestCase("GET", Aggregate, "Origin", "http://elsewhere.example", ExpectedResult = HttpStatusCode.Unauthorized)]
    [TestCase("GET", Aggregate, "Accept", "*/*", ExpectedResult = HttpStatusCode.Unauthorized)]
    [TestCase("GET", "/open/api/json/transaction", "Sec-Fetch-Site", "same-origin", ExpectedResult = HttpStatusCode.Unauthorized)]
    [TestCase("GET", "/metrics", "X-Real-IP", "203.0.113.7", ExpectedResult = HttpStatusCode.OK)]
    [TestCase("POST", "/ingest/v1/batch", "Sec-Fetch-Site", "same-origin", ExpectedResult = HttpStatusCode.Unauthorized)]
    [TestCase("POST", Aggregate, "Sec-Fetch-Site", "same-origin", ExpectedResult = HttpStatusCode.MethodNotAllowed)]
    public async Task<HttpStatusCode> The_cookie_opens_what_scripts_of_the_page_read_and_nothing_else(string method, string path, string header, string value)
    {
        using HttpClient browser = _server.Browser();
        (await PageServer.SignInAsync(browser, TestProjects.ReadOnlyToken)).Dispose();
        using HttpRequestMessage request = new(HttpMethod.Parse(method), path);
        request.Headers.TryAddWithoutValidation(header, value == "own" ? _server.Address.GetLeftPart(UriPartial.Authority) : value);
        using HttpResponseMessage response = await browser.SendAsync(request);
        return response.StatusCode;
    }

    [Test]
    public async Task A_wrong_Bearer_token_is_not_helped_by_the_cookie()
    {
        using HttpClient browser = _server.Browser();
        (await PageServer.SignInAsync(browser, TestProjects.ReadOnlyToken)).Dispose();
        using HttpRequestMessage request = new(HttpMethod.Get, Aggregate);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        using HttpResponseMessage response = await browser.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task Projects_are_switched_and_all_are_left_by_signing_out()
    {
        using HttpClient browser = _server.Browser();
        (await PageServer.SignInAsync(browser, TestProjects.ReadOnlyToken)).Dispose();
        (await PageServer.SignInAsync(browser, TestProjects.TokenOf(TestProjects.Second))).Dispose();
        Assert.That(await browser.GetStringAsync("/"), Does.Contain($"Project {TestProjects.Second}"));
        (await PageServer.SubmitAsync(browser, "/login", "/switch", ("pcode", $"{TestProjects.First}"))).Dispose();
        Assert.That(await browser.GetStringAsync("/"), Does.Contain($"Project {TestProjects.First}"));
        (await PageServer.SubmitAsync(browser, "/login", "/logout")).Dispose();
        using HttpResponseMessage view = await browser.GetAsync("/");
        Assert.That(view.StatusCode, Is.EqualTo(HttpStatusCode.Found));
    }

    [TestCase("/login")]
    [TestCase("/welcome?code=1")]
    [TestCase("/map")]
    public async Task Pages_run_no_script_but_the_host_s_and_stand_in_no_frame(string path)
    {
        using HttpClient browser = _server.Browser();
        (await PageServer.SignInAsync(browser, TestProjects.ReadOnlyToken)).Dispose();
        using HttpResponseMessage response = await browser.GetAsync(path);
        string policy = string.Join(';', response.Headers.GetValues("Content-Security-Policy"));
        Assert.That(policy, Does.Contain("default-src 'none'").And.Contain("script-src 'self';").And.Contain("frame-ancestors 'none'"));
        Assert.That(policy, Does.Not.Contain("unsafe-eval"));
        Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(["nosniff"]));
        Assert.That(response.Headers.GetValues("Referrer-Policy"), Is.EqualTo(["no-referrer"]));
        Assert.That(response.Headers.CacheControl!.NoStore, Is.True);
    }

    [Test]
    public async Task A_socket_of_another_page_is_refused()
    {
        using HttpClient browser = _server.Browser();
        (await PageServer.SignInAsync(browser, TestProjects.ReadOnlyToken)).Dispose();
        using HttpRequestMessage foreign = new(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        foreign.Headers.TryAddWithoutValidation("Origin", "http://elsewhere.example");
        using HttpResponseMessage refused = await browser.SendAsync(foreign);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        using HttpResponseMessage own = await browser.PostAsync("/_blazor/negotiate?negotiateVersion=1", content: null);
        Assert.That(own.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Without_a_session_there_is_no_socket()
    {
        using HttpClient browser = _server.Browser();
        using HttpResponseMessage response = await browser.PostAsync("/_blazor/negotiate?negotiateVersion=1", content: null);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Found));
    }

    [Test]
    public async Task A_restart_keeps_sessions()
    {
        using PageServer server = await PageServer.StartAsync();
        CookieContainer cookies = new();
        using HttpClient browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = server.Address };
        (await PageServer.SignInAsync(browser, TestProjects.ReadOnlyToken)).Dispose();
        await server.RestartAsync();
        using HttpClient again = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = server.Address };
        using HttpResponseMessage view = await again.GetAsync("/");
        Assert.That(view.StatusCode, Is.EqualTo(HttpStatusCode.OK));

        using HttpClient other = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = _server.Address };
        using HttpResponseMessage elsewhere = await other.GetAsync("/");
        Assert.That(elsewhere.StatusCode, Is.EqualTo(HttpStatusCode.Found), "A cookie of another host signs nobody in.");
    }

    [TestCase("/map?range=1d", ExpectedResult = "/map?range=1d")]
    [TestCase("//elsewhere.example/", ExpectedResult = "/")]
    [TestCase("/\\elsewhere.example/", ExpectedResult = "/")]
    [TestCase("https://elsewhere.example/", ExpectedResult = "/")]
    [TestCase("/a\r\nSet-Cookie: b=c", ExpectedResult = "/")]
    [TestCase("map", ExpectedResult = "/")]
    [TestCase("", ExpectedResult = "/")]
    [TestCase(null, ExpectedResult = "/")]
    public string Sign_in_leads_to_this_host_only(string? returnUrl) => SignInEndpoints.LocalPath(returnUrl);
}
