using System.Net;
using System.Runtime.Versioning;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui.SignIn;

/// <summary>Streams of a browser that is signed in: who gets one, and when it ends.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class StreamSessionTests
{
    private const string Stream = "/api/v1/stream?kind=transaction";

    private PageServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await PageServer.StartAsync();

    [OneTimeTearDown]
    public void Stop() => _server.Dispose();

    [Test]
    public async Task Signing_out_ends_the_streams_of_the_session_at_once_and_no_others()
    {
        CookieContainer cookies = new();
        using HttpClient browser = Browser(cookies);
        (await PageServer.SignInAsync(browser, TestProjects.ReadOnlyToken)).Dispose();
        string copy = cookies.GetCookieHeader(_server.Address);
        using EventReader stream = await EventReader.OpenAsync(Browser(cookies), Request());
        Assert.That((await stream.NextAsync())!.Name, Is.EqualTo("ready"));

        // Another project is added, which makes another cookie of the same session.
        (await PageServer.SignInAsync(browser, TestProjects.TokenOf(TestProjects.Second))).Dispose();
        using HttpClient other = _server.Browser();
        (await PageServer.SignInAsync(other, TestProjects.ReadOnlyToken)).Dispose();
        using EventReader kept = await EventReader.OpenAsync(_server.Address, "kind=transaction", TestProjects.ReadOnlyToken);
        Assert.That((await kept.NextAsync())!.Name, Is.EqualTo("ready"));

        (await PageServer.SubmitAsync(browser, "/login", "/logout")).Dispose();
        Assert.That(await stream.NextAsync(), Is.Null);
        using HttpRequestMessage again = Request();
        again.Headers.Add("Cookie", copy);
        using HttpClient plain = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = _server.Address };
        using HttpResponseMessage refused = await plain.SendAsync(again);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "A copy of the cookie opens nothing after signing out.");
        using HttpResponseMessage view = await other.GetAsync("/");
        Assert.That(view.StatusCode, Is.EqualTo(HttpStatusCode.OK), "Another session of the same token goes on.");
        using EventReader still = await EventReader.OpenAsync(other, Request());
        Assert.That((await still.NextAsync())!.Name, Is.EqualTo("ready"));
    }

    [TestCase("Sec-Fetch-Site", "same-site")]
    [TestCase("Sec-Fetch-Site", "cross-site")]
    [TestCase("Origin", "http://elsewhere.example")]
    public async Task A_page_of_another_origin_gets_no_stream(string header, string value)
    {
        using HttpClient browser = _server.Browser();
        (await PageServer.SignInAsync(browser, TestProjects.ReadOnlyToken)).Dispose();
        using HttpRequestMessage request = new(HttpMethod.Get, Stream);
        request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage response = await browser.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    private static HttpRequestMessage Request() => new(HttpMethod.Get, Stream) { Headers = { { "Sec-Fetch-Site", "same-origin" } } };

    private HttpClient Browser(CookieContainer cookies) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = _server.Address };
}
