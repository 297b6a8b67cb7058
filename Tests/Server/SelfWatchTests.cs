using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using TimeSeries.Agent;
using TimeSeries.Agent.Delivery;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Running;
using TimeSeries.Server;
using TimeSeries.Server.WarmUp;
using TimeSeries.Tests.Ingest;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Server;

/// <summary>The server watches itself, in a project of its own.</summary>
public sealed class SelfWatchTests
{
    private const long Self = 9_000_000_000;

    private TemporaryFolder _folder = null!;
    private StringWriter _printed = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _printed = new StringWriter();
    }

    [TearDown]
    public void DeleteFolder()
    {
        _folder.Dispose();
        _printed.Dispose();
    }

    private string SelfToken => File.ReadAllText(_folder["self-token"]).Trim();

    [Test]
    public async Task Its_own_requests_are_there_soon_after_the_first_start_and_in_no_users_totals()
    {
        await using WebApplication server = await StartAsync();
        using HttpClient http = Client(server);
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage response = await http.GetAsync("/healthz");
        }

        await Eventually.IsTrueAsync(async () => (await SamplesAsync(http, SelfToken, "transaction")).Length >= 3);

        JsonElement[] own = await SamplesAsync(http, SelfToken, "transaction");
        Assert.That(own.Count(sample => sample.GetProperty("service").GetString() == "/healthz"), Is.EqualTo(3));
        Assert.That(own.Select(sample => sample.GetProperty("service").GetString()).Distinct(), Is.SubsetOf(new[] { "/healthz", "/api/v1/samples" }));
        Assert.That((await SamplesAsync(http, SelfToken, "thread")).Length, Is.Positive);
        foreach (string kind in (string[])["transaction", "thread", "exception"])
        {
            Assert.That(await SamplesAsync(http, UserToken, kind), Is.Empty);
        }
    }

    [Test]
    public async Task Its_own_pushes_are_no_requests()
    {
        await using WebApplication server = await StartAsync();
        TimeSeriesAgent agent = server.Services.GetRequiredService<TimeSeriesAgent>();

        // A thread count is the first thing that it sends, and needs no request.
        await Eventually.IsTrueAsync(() => agent.Statistics.Sent >= 1);

        Assert.That(agent.Statistics, Is.EqualTo(agent.Statistics with { Rejected = 0, Dropped = 0, Faults = 0 }));
        Assert.That(agent.Statistics.Collected, Is.LessThan(3));
    }

    [Test]
    public async Task Its_token_reads_and_pushes_nothing()
    {
        await using WebApplication server = await StartAsync();
        using HttpClient http = Client(server);
        using HttpResponseMessage response = await PushAsync(http, SelfToken);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task Its_token_is_shown_at_the_first_start_and_stays_until_its_file_is_deleted()
    {
        await (await StartAsync()).DisposeAsync();
        string token = SelfToken;
        Assert.That(_printed.ToString(), Does.Contain(token).And.Contain($"project {Self}"));
        await (await StartAsync()).DisposeAsync();
        Assert.That(SelfToken, Is.EqualTo(token));
        File.Delete(_folder["self-token"]);
        await using WebApplication server = await StartAsync();
        using HttpClient http = Client(server);

        Assert.That(SelfToken, Is.Not.EqualTo(token));
        Assert.That(await StatusAsync(http, token), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await StatusAsync(http, SelfToken), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Its_token_is_replaced_while_the_server_runs()
    {
        await using WebApplication server = await StartAsync();
        using HttpClient http = Client(server);
        string token = SelfToken;
        File.Delete(_folder["self-token"]);
        server.Services.GetServices<IHostedService>().OfType<ProjectReload>().Single().Reload();

        Assert.That(await StatusAsync(http, token), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await StatusAsync(http, SelfToken), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await StatusAsync(http, UserToken), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task While_nothing_can_be_stored_its_samples_wait_without_a_line_in_the_log()
    {
        CollectedLog log = new();
        await using WebApplication server = Build(
            [], services => services.AddLogging(logging => logging.AddProvider(log)).AddSingleton<IBatchSender, FullDisk>());
        await server.StartAsync();
        TimeSeriesAgent agent = server.Services.GetRequiredService<TimeSeriesAgent>();
        await Eventually.IsTrueAsync(() => agent.Statistics.Retries >= 1);
        await server.StopAsync();

        Assert.That(agent.Statistics.Dropped, Is.EqualTo(agent.Statistics.Collected));
        Assert.That(log.Text, Does.Not.Contain("samples").And.Not.Contain("Warning"));
    }

    [Test]
    public async Task With_configured_projects_its_token_is_shown_once()
    {
        string[] configured = ["--Projects:0:Pcode=5", "--Projects:0:Tokens:0:Secret=the-token-of-a-configured-project"];
        await (await StartAsync(configured)).DisposeAsync();
        Assert.That(_printed.ToString(), Does.Contain(SelfToken));
        _printed.GetStringBuilder().Clear();
        await (await StartAsync(configured)).DisposeAsync();

        Assert.That(_printed.ToString(), Is.Empty);
    }

    [Test]
    public async Task A_store_with_its_own_samples_only_still_shows_the_first_steps()
    {
        await using (WebApplication server = await StartAsync())
        {
            TimeSeriesAgent agent = server.Services.GetRequiredService<TimeSeriesAgent>();
            await Eventually.IsTrueAsync(() => agent.Statistics.Sent >= 1);
        }

        _printed.GetStringBuilder().Clear();
        await using (WebApplication server = await StartAsync())
        {
            Assert.That(_printed.ToString(), Does.Contain("Push a sample"));
            using HttpClient http = Client(server);
            using HttpResponseMessage response = await PushAsync(http, UserToken);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        _printed.GetStringBuilder().Clear();
        await using (await StartAsync())
        {
            Assert.That(_printed.ToString(), Is.Empty);
        }
    }

    [Test]
    public async Task A_stop_stores_the_last_requests()
    {
        await using (WebApplication server = await StartAsync())
        {
            using HttpClient http = Client(server);
            using HttpResponseMessage response = await http.GetAsync("/the-last");
            await server.StopAsync();
        }

        await using WebApplication next = await StartAsync();
        using HttpClient reader = Client(next);
        Assert.That((await SamplesAsync(reader, SelfToken, "transaction")).Select(sample => sample.GetProperty("service").GetString()),
            Does.Contain("/the-last"));
    }

    [Test]
    public async Task Switched_off_it_makes_neither_token_nor_sample()
    {
        await using WebApplication server = await StartAsync("--Self:Enabled=false");
        using HttpClient http = Client(server);
        using HttpResponseMessage response = await http.GetAsync("/healthz");

        Assert.That(File.Exists(_folder["self-token"]), Is.False);
        Assert.That(_printed.ToString(), Does.Not.Contain("project " + Self));
        Assert.That(server.Services.GetRequiredService<TimeSeriesAgent>().Statistics, Is.EqualTo(default(TimeSeriesAgentStatistics)));
    }

    [TestCase("--Projects:0:Pcode=9000000000", "--Projects:0:Tokens:0:Secret=the-token-of-a-configured-project")]
    [TestCase("--Self:Pcode=1")]
    public void No_other_project_has_its_code(params string[] options)
    {
        OptionsValidationException failure = Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(options)).Result!;
        Assert.That(failure.Message, Does.StartWith("Self:Pcode: '"));
    }

    [Test]
    public async Task Requests_of_the_warm_up_are_not_its_own()
    {
        await using WebApplication server = Build([], services => services.AddHostedService<WarmUpService>());
        await server.StartAsync();
        TimeSeriesAgent agent = server.Services.GetRequiredService<TimeSeriesAgent>();
        await Eventually.IsTrueAsync(() => agent.Statistics.Sent >= 1);
        using HttpClient http = Client(server);

        Assert.That(await SamplesAsync(http, SelfToken, "transaction"), Is.Empty);
        await server.StopAsync();
    }

    private string UserToken => File.ReadAllText(_folder["token"]).Trim();

    private async Task<WebApplication> StartAsync(params string[] options)
    {
        WebApplication server = Build(options);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private WebApplication Build(string[] options, Action<IServiceCollection>? more = null) => ServerHost.Build(
        ["--urls=http://127.0.0.1:0", $"--Storage:Directory={_folder.FullName}", .. options],
        services =>
        {
            services.AddSingleton(new Terminal(_printed));
            services.AddLogging(logging => logging.ClearProviders());
            more?.Invoke(services);
        });

    private static HttpClient Client(WebApplication server) =>
        new() { BaseAddress = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };

    private static async Task<JsonElement[]> SamplesAsync(HttpClient http, string token, string kind)
    {
        using HttpResponseMessage response = await GetAsync(http, token, $"/api/v1/samples?limit=1000&kind={kind}");
        using JsonDocument document = JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        return [.. document.RootElement.Clone().GetProperty("samples").EnumerateArray()];
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string token)
    {
        using HttpResponseMessage response = await GetAsync(http, token, "/api/v1/samples?kind=thread");
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient http, string token, string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", token);
        return await http.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> PushAsync(HttpClient http, string token)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/ingest/v1/batch")
        {
            Content = JsonContent.Create(new
            {
                agent = new { oname = "shop" },
                thread = new[] { new { time = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), count = 1 } },
            }),
        };
        request.Headers.Authorization = new("Bearer", token);
        return await http.SendAsync(request);
    }

    private sealed class FullDisk : IBatchSender
    {
        public ReadOnlyMemory<byte> Prepare(ReadOnlyMemory<byte> body) => body;

        public Task<SendResult> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
            Task.FromResult(new SendResult(503, Reason: "the disk is full", RetryAfter: TimeSpan.FromMilliseconds(10)));
    }
}
