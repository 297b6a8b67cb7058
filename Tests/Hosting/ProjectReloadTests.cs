using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using TimeSeries.Hosting.Projects;
using TimeSeries.Server;
using TimeSeries.Tests.Ingest;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Hosting;

/// <summary>Tokens that change while the host runs.</summary>
public sealed class ProjectReloadTests
{
    private readonly CollectedLog _log = new();
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task A_token_that_is_replaced_opens_nothing_any_more_and_the_new_one_does()
    {
        await using WebApplication app = await StartAsync("the-first-token-of-the-shop");
        Assert.That(await StatusAsync(app, "the-first-token-of-the-shop"), Is.EqualTo(HttpStatusCode.OK));
        await ConfigureAsync("the-second-token-of-the-shop");
        Reload(app);
        Assert.That(await StatusAsync(app, "the-first-token-of-the-shop"), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await StatusAsync(app, "the-second-token-of-the-shop"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(_log.Text, Does.Contain("1 with 1 tokens").And.Not.Contain("token-of-the-shop"));
    }

    [TestCase("{\"Projects\": [", "Failed to load")]
    [TestCase("""{"Projects":[{"Pcode":7,"Tokens":[{"Secret":"x","Scopes":"reed"}]}]}""", "Projects:0:Tokens:0:Scopes")]
    [TestCase("""{"Projects":[{"Pcode":8,"Tokens":[{"Secret":"x"}]}]}""", "needs a restart")]
    [TestCase("""{"Projects":[{"Pcode":7,"ApdexThreshold":3,"Tokens":[{"Secret":"x"}]}]}""", "needs a restart")]
    [TestCase("{}", "needs a restart")]
    public async Task What_is_wrong_is_told_and_changes_nothing(string settings, string expected)
    {
        await using WebApplication app = await StartAsync("the-first-token-of-the-shop");
        await File.WriteAllTextAsync(_folder["appsettings.json"], settings);
        Reload(app);
        Assert.That(_log.Text, Does.Contain(expected));
        Assert.That(await StatusAsync(app, "the-first-token-of-the-shop"), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_token_file_of_the_first_start_that_is_removed_is_made_again()
    {
        await File.WriteAllTextAsync(_folder["appsettings.json"], "{}");
        await using WebApplication app = Build();
        await app.StartAsync();
        string before = (await File.ReadAllTextAsync(_folder["data/token"])).Trim();
        File.Delete(_folder["data/token"]);
        Reload(app);
        string after = (await File.ReadAllTextAsync(_folder["data/token"])).Trim();
        Assert.That(await StatusAsync(app, before), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await StatusAsync(app, after), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    [Platform("Linux")]
    public async Task A_process_reads_its_tokens_again_on_SIGHUP()
    {
        await ConfigureAsync("the-first-token-of-the-shop");
        using ServerProcess server = await ServerProcess.StartHostAsync("Server", _folder["data"], $"--contentRoot={_folder.FullName}");
        await File.WriteAllTextAsync(_folder["appsettings.json"], "{ broken");
        server.Signal("HUP");
        await Eventually.IsTrueAsync(() => server.Output.Contains("Projects can't be read again", StringComparison.Ordinal));
        Assert.That(server.IsRunning, Is.True);
    }

    private Task ConfigureAsync(string token) => File.WriteAllTextAsync(_folder["appsettings.json"], JsonSerializer.Serialize(new
    {
        Projects = new[] { new { Pcode = 7, Tokens = new[] { new { Secret = token } } } },
    }));

    private async Task<WebApplication> StartAsync(string token)
    {
        await ConfigureAsync(token);
        WebApplication app = Build();
        await app.StartAsync();
        return app;
    }

    private WebApplication Build() => ServerHost.Build(
        ["--urls=http://127.0.0.1:0", $"--contentRoot={_folder.FullName}", $"--Storage:Directory={_folder["data"]}"],
        services => services.AddLogging(logging => logging.ClearProviders().AddProvider(_log)));

    private static void Reload(WebApplication app) =>
        app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<ProjectReload>().Single().Reload();

    private static async Task<HttpStatusCode> StatusAsync(WebApplication app, string token)
    {
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using HttpClient client = new() { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage response = await client.GetAsync("/api/v1/agents");
        return response.StatusCode;
    }
}
