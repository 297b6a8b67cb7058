using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using TimeSeries.Hosting.Running;
using TimeSeries.Server;
using TimeSeries.Tests.Ingest;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Hosting;

public sealed class ServerStartTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Commands_to_paste_are_printed_until_there_is_a_sample()
    {
        string first = await PrintedAsync();
        string second = await PrintedAsync(push: true);
        string third = await PrintedAsync();

        string token = (await File.ReadAllTextAsync(_folder["token"])).Trim();
        string[] key = (await File.ReadAllTextAsync(_folder["access-key"])).Trim().Split(' ');
        foreach (string printed in new[] { first, second })
        {
            Assert.That(printed, Does.Contain($"curl -X POST http://127.0.0.1:").And.Contain($"Bearer {token}").And.Contain("/open/api/json/transaction"));
            Assert.That(printed, Does.Contain($"access key {key[0]} with the secret {key[1]}"));
        }

        Assert.That(third, Is.Empty);
    }

    [Test]
    public async Task The_access_key_that_was_made_opens_the_NCP_API()
    {
        await using WebApplication app = Build(new CollectedLog(), TextWriter.Null);
        await app.StartAsync();
        string[] key = (await File.ReadAllTextAsync(_folder["access-key"])).Trim().Split(' ');
        using HttpClient client = new() { BaseAddress = new Uri(AddressOf(app)) };
        using HttpRequestMessage search = new(HttpMethod.Post, "/dashboards/events/search")
        {
            Content = new StringContent("""{"timeZone":"Z","from":"2026-01-01","to":"2026-01-02"}"""),
        };
        foreach ((string name, string value) in RequestSignature.Headers(
            "POST", "/dashboards/events/search", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), key[0], key[1]))
        {
            search.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage response = await client.SendAsync(search);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await app.StopAsync();
    }

    [Test]
    public async Task A_server_on_every_address_is_called_by_localhost()
    {
        CollectedLog log = new();
        string printed = await PrintedAsync(log, push: false, "--urls=http://0.0.0.0:0");
        Assert.That(printed, Does.Match("curl -X POST http://localhost:[0-9]+/ingest").And.Not.Contain("0.0.0.0"));
        Assert.That(log.Text, Does.Match(@"listens on http://localhost:[0-9]+ \(and every other"));
    }

    [TestCase("http://127.0.0.1:{0}")]
    [TestCase("http://*:{0}")]
    [TestCase("http://0.0.0.0:{0}")]
    [TestCase("http://localhost:{0};http://127.0.0.1:0")]
    public async Task Nothing_is_made_where_the_port_is_taken(string urls)
    {
        using TcpListener taken = new(IPAddress.Any, 0);
        taken.Start();
        string address = string.Format(CultureInfo.InvariantCulture, urls, ((IPEndPoint)taken.LocalEndpoint).Port);
        string directory = _folder["new"];
        int code = await HostProgram.RunAsync("Server", [$"--urls={address}", $"--Storage:Directory={directory}"], arguments => ServerHost.Build(arguments));
        Assert.That((code, Directory.Exists(directory)), Is.EqualTo((1, false)));
    }

    [Test]
    public async Task Later_starts_name_the_tokens_file_and_never_the_token()
    {
        await PrintedAsync();
        CollectedLog log = new();
        await PrintedAsync(log);

        string key = (await File.ReadAllTextAsync(_folder["access-key"])).Trim().Split(' ')[1];
        Assert.That(log.Text, Does.Contain(_folder["token"]).And.Not.Contain((await File.ReadAllTextAsync(_folder["token"])).Trim()).And.Not.Contain(key));
    }

    [Test]
    [Platform("Linux")]
    public async Task Only_its_owner_may_enter_a_storage_directory_that_a_start_made()
    {
        await using WebApplication app = Build(new CollectedLog(), TextWriter.Null, $"--Storage:Directory={_folder["made"]}");
        await app.StartAsync();
        await app.StopAsync();

        string[] made = [_folder["made"], .. Directory.GetDirectories(_folder["made"], "*", SearchOption.AllDirectories)];
        string[] files = Directory.GetFiles(_folder["made"], "*", SearchOption.AllDirectories);
        Assert.That((made.Length, files.Length), Is.GreaterThan((1, 1)));
        if (!OperatingSystem.IsWindows())
        {
            UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Assert.That(made.Select(File.GetUnixFileMode), Has.All.EqualTo(owner));
            Assert.That(files.Select(File.GetUnixFileMode), Has.All.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    [Test]
    public async Task A_stop_during_the_start_is_no_fault()
    {
        int code = await HostProgram.RunAsync(
            "Server", [$"--Storage:Directory={_folder.FullName}", "--urls=http://127.0.0.1:0", "--Start:WarmUp=false"],
            arguments => ServerHost.Build(arguments, services => services.AddHostedService<StopsTheStart>()));
        Assert.That(code, Is.Zero);
    }

    [Test]
    [Platform("Linux")]
    public async Task Only_its_owner_may_read_the_tokens_file()
    {
        await PrintedAsync();

        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(_folder["token"]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    [Test]
    public async Task A_second_process_on_the_directory_is_refused_in_a_sentence()
    {
        await using WebApplication first = Build(new CollectedLog(), TextWriter.Null);
        await first.StartAsync();
        await using WebApplication second = Build(new CollectedLog(), TextWriter.Null);

        Assert.That(
            (await Assert.ThrowsAsync<StartRefusedException>(() => second.StartAsync()))!.Message,
            Does.Contain(_folder.FullName).And.Contain("in use by another process"));
        await first.StopAsync();
    }

    [Test]
    public async Task A_port_that_is_taken_is_exit_code_1()
    {
        await using WebApplication first = Build(new CollectedLog(), TextWriter.Null);
        await first.StartAsync();
        string address = AddressOf(first);
        using TemporaryFolder other = new();

        int code = await HostProgram.RunAsync("Server", [$"--urls={address}", $"--Storage:Directory={other.FullName}"],
            arguments => ServerHost.Build(arguments));

        Assert.That(code, Is.EqualTo(1));
        await first.StopAsync();
    }

    [TestCase("--Storage:Kind=nothing")]
    [TestCase("--urls=no-address")]
    public async Task A_start_that_is_refused_is_exit_code_1(string argument) => Assert.That(
        await HostProgram.RunAsync("Server", [$"--Storage:Directory={_folder.FullName}", argument], arguments => ServerHost.Build(arguments)), Is.EqualTo(1));

    [Test]
    [NonParallelizable]
    public async Task A_loop_that_fails_ends_the_host_with_a_reason_and_exit_code_1()
    {
        TextWriter standard = Console.Error;
        using StringWriter errors = new();
        Console.SetError(errors);
        try
        {
            int code = await HostProgram.RunAsync("Server", [$"--Storage:Directory={_folder.FullName}", "--urls=http://127.0.0.1:0", "--Start:WarmUp=false"],
                arguments => ServerHost.Build(arguments, services => services.AddHostedService<FailingLoop>()));
            Assert.That(code, Is.EqualTo(1));
        }
        finally
        {
            Console.SetError(standard);
        }

        Assert.That(errors.ToString(), Does.Contain("Server stopped because a part of it failed: FailingLoop: ").And.Contain("the loop's reason"));
    }

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("--version")]
    public async Task Help_and_version_are_exit_code_0_and_open_nothing(string argument)
    {
        int code = await HostProgram.RunAsync("Server", [$"--Storage:Directory={_folder.FullName}", argument], arguments => ServerHost.Build(arguments));

        Assert.That(code, Is.Zero);
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.FullName), Is.Empty);
    }

    [TestCase("/healthz")]
    [TestCase("/readyz")]
    public async Task Health_says_ok_and_nothing_else(string path)
    {
        await using WebApplication app = Build(new CollectedLog(), TextWriter.Null);
        await app.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(AddressOf(app)) };
        using HttpResponseMessage response = await client.GetAsync(path);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("ok\n"));
        await app.StopAsync();
    }

    [TestCase("gzip", true)]
    [TestCase("br", true)]
    [TestCase("", false)]
    public async Task Long_responses_are_compressed_when_asked_for(string accepted, bool expected)
    {
        await using WebApplication app = Build(new CollectedLog(), TextWriter.Null);
        await app.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(AddressOf(app)) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", accepted);
        using HttpResponseMessage response = await client.GetAsync("/metrics");

        Assert.That(response.Content.Headers.ContentEncoding, expected ? Is.EqualTo(new[] { accepted }) : Is.Empty);
        await app.StopAsync();
    }

    [Test]
    public async Task Short_responses_are_not_compressed()
    {
        await using WebApplication app = Build(new CollectedLog(), TextWriter.Null);
        await app.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(AddressOf(app)) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", "gzip");
        using HttpResponseMessage response = await client.GetAsync("/nothing");

        Assert.That(response.Content.Headers.ContentEncoding, Is.Empty);
        await app.StopAsync();
    }

    [TestCase("--Http:CorsOrigins=https://a.example", "https://a.example")]
    [TestCase("--Http:CorsOrigins=https://b.example", null)]
    [TestCase("--Http:CorsOrigins=", null)]
    public async Task Only_configured_origins_may_read(string option, string? expected)
    {
        await using WebApplication app = Build(new CollectedLog(), TextWriter.Null, option);
        await app.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(AddressOf(app)) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Origin", "https://a.example");
        using HttpResponseMessage response = await client.GetAsync("/healthz");

        string? allowed = response.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? values) ? values.Single() : null;
        Assert.That(allowed, Is.EqualTo(expected));
        await app.StopAsync();
    }

    private async Task<string> PrintedAsync(CollectedLog? log = null, bool push = false, params string[] options)
    {
        using StringWriter printed = new();
        await using WebApplication app = Build(log ?? new CollectedLog(), printed, options);
        await app.StartAsync();
        if (push)
        {
            await PushAsync(app);
        }

        await app.StopAsync();
        return printed.ToString();
    }

    private async Task PushAsync(WebApplication app)
    {
        string token = (await File.ReadAllTextAsync(_folder["token"])).Trim();
        using HttpClient client = new() { BaseAddress = new Uri(AddressOf(app)) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + token);
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        using HttpResponseMessage response = await client.PostAsJsonAsync("/ingest/v1/batch", new
        {
            agent = new { oname = "shop" },
            transaction = new[] { new { time = now, service = "/cart", elapsed = 1 } },
        });
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    private WebApplication Build(CollectedLog log, TextWriter terminal, params string[] options) => ServerHost.Build(
        ["--urls=http://127.0.0.1:0", $"--Storage:Directory={_folder.FullName}", .. options],
        services =>
        {
            services.AddSingleton(new Terminal(terminal));
            services.AddLogging(logging => logging.ClearProviders().AddProvider(log));
        });

    private static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    private sealed class FailingLoop : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("the loop's reason");
        }
    }

    // As a signal does.
    private sealed class StopsTheStart(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
