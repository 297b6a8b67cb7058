using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Hosting.Running;
using TimeSeries.Server;
using TimeSeries.Server.Probe;
using TimeSeries.Tests.Ingest;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Server.Probe;

/// <summary>The prober finds what a server lost, doubled or changed, and nothing where all is well.</summary>
internal sealed class ProberTests
{
    private static readonly DateTimeOffset _start = new(2026, 3, 1, 12, 0, 20, TimeSpan.Zero);

    private TemporaryFolder _folder = null!;
    private FakeTimeProvider _clock = null!;
    private CollectedLog _log = null!;

    [SetUp]
    public void SetUp() => (_folder, _clock, _log) = (new TemporaryFolder(), new FakeTimeProvider(_start), new CollectedLog());

    [TearDown]
    public void TearDown()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    [Test]
    public async Task Where_all_is_well_every_API_reads_what_was_written_also_of_earlier_minutes_that_were_sealed_and_merged()
    {
        await using WebApplication server = await StartAsync();
        ProbeService service = server.Services.GetRequiredService<ProbeService>();
        using HttpClient http = new();
        Prober prober = service.Make(http);
        List<ProbeOutcome> outcomes = [];
        for (int minute = 0; minute < 3; minute++)
        {
            ProbeReport report = await service.ProbeAsync(prober, CancellationToken.None);
            Assert.That((report.Differences, report.Fault), Is.EqualTo((Array.Empty<ProbeDifference>(), (string?)null)));
            outcomes.Add(report.Outcome);
            await server.Services.GetRequiredService<EmbeddedStore>().SealAsync();
            await server.Services.GetRequiredService<EmbeddedStore>().CompactAsync();
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.That(outcomes, Is.EqualTo(Enumerable.Repeat(ProbeOutcome.Equal, 3)));
        Assert.That(server.Services.GetRequiredService<IProbeNote>().IsWell, Is.True);
    }

    [TestCase("transaction", "aggregate", "samples", "whatap", "tyk")]
    [TestCase("sql", "aggregate", "samples", "whatap")]
    [TestCase("httpc", "aggregate", "samples", "whatap")]
    [TestCase("exception", "aggregate", "samples", "whatap")]
    [TestCase("thread", "aggregate", "samples", "whatap")]
    [TestCase("alert", "aggregate", "samples", "alert-history")]
    [TestCase("event", "aggregate", "samples", "ncp")]
    public async Task A_sample_that_is_lost_is_found_by_each_API_that_has_its_kind(string kind, params string[] apis)
    {
        await using WebApplication server = await StartAsync();
        ProbeReport report = await ProbeAsync(server, batch => batch[kind]!.AsArray().RemoveAt(0));
        Assert.That(report.Differences.Select(difference => difference.Api).Distinct(), Is.EquivalentTo(apis));
        Assert.That(_log.Text, Does.Contain("Error: The prober found a difference between what it wrote and what it read."));
    }

    [TestCase("transaction", "aggregate", "samples", "whatap", "tyk")]
    [TestCase("sql", "aggregate", "samples", "whatap")]
    [TestCase("httpc", "aggregate", "samples", "whatap")]
    [TestCase("exception", "aggregate", "samples", "whatap")]
    [TestCase("event", "aggregate", "samples", "ncp")]
    public async Task A_sample_that_is_doubled_is_found_by_each_API_that_has_its_kind(string kind, params string[] apis)
    {
        await using WebApplication server = await StartAsync();
        ProbeReport report = await ProbeAsync(server, batch => batch[kind]!.AsArray().Add(batch[kind]!.AsArray()[0]!.DeepClone()));
        Assert.That(report.Differences.Select(difference => difference.Api).Distinct(), Is.EquivalentTo(apis));
    }

    [Test]
    public async Task A_value_that_is_changed_is_found_and_told_with_what_it_should_be()
    {
        await using WebApplication server = await StartAsync();
        long written = 0;
        ProbeReport report = await ProbeAsync(server, batch =>
        {
            JsonNode call = batch["transaction"]!.AsArray()[0]!;
            written = (long)call["elapsed"]!;
            call["elapsed"] = written + 1_000;
        });
        Assert.That(report.Differences.Select(difference => difference.Sentence), Has.Some.EqualTo(
            $"samples, samples of 2026-03-01T11:59Z: elapsed of transaction 1 should be {written} and is {written + 1_000}."));
        IProbeNote note = server.Services.GetRequiredService<IProbeNote>();
        Assert.That((note.IsWell, note.Text), Is.EqualTo((false, (string?)null)), "no note while it is not enabled");
    }

    [Test]
    public async Task What_an_earlier_minute_gains_later_is_found()
    {
        await using WebApplication server = await StartAsync();
        using HttpClient http = new(new ChangingHandler(_ => { }));
        ProbeService service = server.Services.GetRequiredService<ProbeService>();
        Prober prober = service.Make(http);
        ProbeReport first = await service.ProbeAsync(prober, CancellationToken.None);
        using HttpClient other = new(new ChangingHandler(batch => batch["id"] = "another id"));
        Prober again = service.Make(other);
        await service.ProbeAsync(again, CancellationToken.None);
        _clock.Advance(TimeSpan.FromMinutes(1));
        ProbeReport second = await service.ProbeAsync(prober, CancellationToken.None);
        Assert.That(first.Outcome, Is.EqualTo(ProbeOutcome.Equal));
        Assert.That(second.Differences.Select(difference => difference.Sentence), Is.Not.Empty.And.All.Contains("samples of 2026-03-01T11:59Z"));
    }

    [Test]
    public async Task A_push_that_is_refused_is_no_difference_and_is_told_once()
    {
        await using WebApplication server = await StartAsync();
        ProbeService service = server.Services.GetRequiredService<ProbeService>();
        using HttpClient http = new(new ChangingHandler(batch => batch["agent"] = 7));
        Prober prober = service.Make(http);
        ProbeReport report = await service.ProbeAsync(prober, CancellationToken.None);
        await service.ProbeAsync(prober, CancellationToken.None);
        Assert.That((report.Outcome, report.Fault), Is.EqualTo((ProbeOutcome.Failed, "The push was refused: 400 Bad Request.")));
        Assert.That(_log.Text.Split('\n').Count(line => line.Contains("could not check", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task Enabled_it_makes_a_round_a_minute_and_tells_of_it()
    {
        await using WebApplication server = await StartAsync("--Probe:Enabled=true");
        IProbeNote note = server.Services.GetRequiredService<IProbeNote>();
        string? before = note.Text;
        await Eventually.IsTrueAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(note.Text!.StartsWith("The prober read back by every API what it wrote for 2026-03-01 12:", StringComparison.Ordinal));
        }, () => note.Text!);
        Assert.That((before, note.IsWell), Is.EqualTo(("The prober has made no round yet.", true)));
    }

    [Test]
    public void Without_the_servers_own_project_it_can_not_be_enabled() => Assert.That(
        () => StartAsync("--Probe:Enabled=true", TestProjects.NotWatched),
        Throws.TypeOf<OptionsValidationException>().With.Message.StartsWith("Probe:Enabled: 'true' needs the server's own project"));

    [Test]
    public async Task The_command_probes_the_servers_own_project()
    {
        await using WebApplication server = await StartAsync();
        Assert.That(
            await RunAsync(AddressOf(server), $"--token-file={_folder["probe-token"]}"),
            Is.EqualTo((0, "What was written was read back by every API, and is equal.\n")));
    }

    [Test]
    public async Task The_command_refuses_a_project_of_users_unless_that_is_allowed()
    {
        await using WebApplication server = await StartAsync();
        string token = $"--token-file={_folder["token"]}";
        Assert.That(() => RunAsync(AddressOf(server), token),
            Throws.TypeOf<StartRefusedException>().With.Message.StartsWith("The token is of a project of users, and probe writes samples into it."));
        Assert.That(
            await RunAsync(AddressOf(server), token, "--allow-user-project", $"--Client:AccessKeyFile={_folder["access-key"]}"),
            Is.EqualTo((0, "What was written was read back by every API, and is equal.\n")));
        Assert.That(
            await RunAsync(AddressOf(server), token, "--allow-user-project"),
            Is.EqualTo((0, "What was written was read back by every API but the search for events, which needs an access key, and is equal.\n")));
    }

    [Test]
    public void Addresses_with_a_secret_are_refused() =>
        Assert.That(() => RunAsync(new Uri("http://user:secret@127.0.0.1:9"), "--token-file=/nowhere"),
            Throws.TypeOf<StartRefusedException>().With.Message.StartsWith("The address must have no secret in it"));

    // The command as Program runs it, with this test's clock.
    private async Task<(int ExitCode, string Printed)> RunAsync(Uri address, params string[] more)
    {
        StringWriter printed = new();
        string[] arguments = TimeSeries.Server.Client.ClientArguments.Expand(["probe", address.OriginalString, .. more], ("probe", ProbeCommand.Keys));
        await using WebApplication host = ServerHost.Build(
            arguments[1..], services => services.AddSingleton(new Terminal(printed)).AddSingleton<TimeProvider>(_clock));
        return (await ProbeCommand.Command.RunAsync(host.Services, CancellationToken.None), printed.ToString());
    }

    private static async Task<ProbeReport> ProbeAsync(WebApplication server, Action<JsonObject> change)
    {
        using HttpClient http = new(new ChangingHandler(change));
        ProbeService service = server.Services.GetRequiredService<ProbeService>();
        return await service.ProbeAsync(service.Make(http), CancellationToken.None);
    }

    private static Uri AddressOf(WebApplication server) =>
        new(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private async Task<WebApplication> StartAsync(params string[] options)
    {
        WebApplication server = ServerHost.Build(
            ["--urls=http://127.0.0.1:0", $"--Storage:Directory={_folder.FullName}", .. options],
            services => services.AddSingleton(new Terminal(TextWriter.Null)).AddSingleton<TimeProvider>(_clock)
                .AddLogging(logging => logging.ClearProviders().AddProvider(_log)));
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
}
