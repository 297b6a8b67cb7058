using System.Net;
using System.Text.RegularExpressions;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ui;

/// <summary>A server as a process of its own that serves the page, and browsers that are signed in to it.</summary>
internal sealed partial class PageServer : IDisposable
{
    public const string PushToken = "may-only-push-and-nothing-else";

    private readonly TemporaryFolder _folder = new();

    private PageServer()
    {
    }

    public ServerProcess Process { get; private set; } = null!;

    public Uri Address => Process.Client.Address;

    /// <summary>The folder of the sessions' keys.</summary>
    public string SessionFolder => _folder["ui"];

    public static async Task<PageServer> StartAsync()
    {
        PageServer server = new();
        await server.RestartAsync();
        return server;
    }

    /// <summary>Starts it, again where it ran.</summary>
    public async Task RestartAsync(bool samePort = false)
    {
        string[] port = samePort ? [$"--urls={Address.GetLeftPart(UriPartial.Authority)}"] : [];
        Process?.Dispose();
        Process = await ServerProcess.StartHostAsync(
            "Server", _folder.FullName, [("Ui__Enabled", "true"), ("Alerting__Delay", "0s")],
            [$"--Projects:0:Tokens:2:Secret={PushToken}", "--Projects:0:Tokens:2:Scopes=ingest", .. port]);
    }

    /// <summary>A browser without a script engine: it keeps cookies and follows no redirect.</summary>
    public HttpClient Browser() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Address };

    /// <summary>Fills in the form at an address and submits it.</summary>
    public static async Task<HttpResponseMessage> SubmitAsync(HttpClient browser, string page, string action, params (string Name, string Value)[] fields)
    {
        string html = await browser.GetStringAsync(page);
        Match proof = Proof().Match(html);
        return await browser.PostAsync(action, new FormUrlEncodedContent(
            [new(proof.Groups["name"].Value, proof.Groups["value"].Value), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]));
    }

    public static Task<HttpResponseMessage> SignInAsync(HttpClient browser, string token, string returnUrl = "/") =>
        SubmitAsync(browser, "/login", "/login", ("token", token), ("returnUrl", returnUrl));

    public void Dispose()
    {
        Process.Dispose();
        _folder.Dispose();
    }

    [GeneratedRegex("""name="(?<name>__[^"]+)" value="(?<value>[^"]+)" """)]
    private static partial Regex Proof();
}
