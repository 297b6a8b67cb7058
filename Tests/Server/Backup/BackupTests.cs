using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest.Recovery;
using TimeSeries.Server;
using TimeSeries.Server.Backup;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Server.Backup;

/// <summary>A backup of a server that runs, and what a server on it has.</summary>
internal sealed class BackupTests
{
    private const long Time = BatchGenerator.Start;
    private const int RowsPerBatch = 50;
    private const string Copied = "--Ingest:BackupPcode=1";

    private const string Rule =
        """
        { "query": { "kind": "transaction", "measure": "count", "by": [], "where": [], "window": "5m" },
          "condition": { "operator": ">", "threshold": 1000000 }, "title": "many" }
        """;

    private TemporaryFolder _folder = null!;
    private TemporaryFolder _target = null!;

    [SetUp]
    public void MakeFolders() => (_folder, _target) = (new TemporaryFolder(), new TemporaryFolder());

    [TearDown]
    public void DeleteFolders()
    {
        _folder.Dispose();
        _target.Dispose();
    }

    [Test]
    public async Task A_backup_beside_pushes_has_each_acknowledged_sample_once_and_knows_its_batches()
    {
        ConcurrentQueue<int> meanwhile = [];
        await using (RunningServer server = await RunningServer.StartAsync(_folder, Copied, "--Wal:MaxBytes=8MiB"))
        {
            (HttpStatusCode status, _) = await server.Client.SendJsonAsync(HttpMethod.Put, "/api/v1/rules/many", Rule);
            Assert.That(status, Is.EqualTo(HttpStatusCode.Created));
            await PushAsync(server.Client, 0, 20);
            await server.SealAsync();
            await PushAsync(server.Client, 20, 20);
            using CancellationTokenSource backupIsOver = new();
            Task pushes = PushUntilAsync(server.Client, 40, meanwhile, backupIsOver.Token);
            await ReceiveAsync(server.Client.Address, _target);
            await backupIsOver.CancelAsync();
            await pushes;
        }

        await using RunningServer restored = await RunningServer.StartAsync(_target);
        Dictionary<string, int> counts = await CountsAsync(restored.Client);
        JsonElement again = await restored.Client.PushAsync(Batch(0), BodyForm.JsonTable);
        JsonElement againOfLog = await restored.Client.PushAsync(Batch(39), BodyForm.MessagePackRows);
        Assert.Multiple(async () =>
        {
            Assert.That(counts.Where(service => service.Value != RowsPerBatch), Is.Empty, "a batch is there once and whole");
            Assert.That(counts.Keys, Is.SupersetOf(Enumerable.Range(0, 40).Select(ServiceOf)));
            Assert.That(counts.Keys, Is.SubsetOf(Enumerable.Range(0, 40).Concat(meanwhile).Select(ServiceOf)));
            Assert.That(again.GetProperty("duplicate").GetBoolean(), Is.True);
            Assert.That(againOfLog.GetProperty("duplicate").GetBoolean(), Is.True);
            Assert.That(await restored.Client.GetAsync("/api/v1/rules/many"), Does.Contain("1000000"));
            Assert.That(await restored.Client.GetAsync("/readyz"), Is.EqualTo("ok\n"), "nothing of it is damaged");
        });
    }

    [Test]
    public async Task It_has_the_files_of_the_directory_and_the_tokens_that_the_server_made()
    {
        await using (WebApplication server = ServerHost.Build(
            ["--urls=http://127.0.0.1:0", $"--Storage:Directory={_folder.FullName}"],
            services => services.AddSingleton(new Terminal(TextWriter.Null)).AddLogging(logging => logging.ClearProviders())))
        {
            await server.StartAsync();
            Uri address = new(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            await ReceiveAsync(address, _target, await File.ReadAllTextAsync(_folder["token"]));
            await server.StopAsync();
        }

        // The log begins a segment when it is written to; the lock and the list are of the one directory alone.
        string[] expected = [.. NamesIn(_folder).Where(name => name != "lock" && !name.StartsWith("log/", StringComparison.Ordinal))];
        using DirectoryRepair check = new(new OverlayFileSystem(new DiskFileSystem()), _target, Machine.Read(), TimeProvider.System)
        {
            WalBytes = 8L << 30,
            IdWindow = TimeSpan.FromHours(1),
        };
        Assert.That(
            NamesIn(_target).Where(name => !name.StartsWith("log/", StringComparison.Ordinal)), Is.EquivalentTo([.. expected, IncompleteBackup.ListName]));
        Assert.That((await check.RunAsync(CancellationToken.None)).Found, Is.Empty);
        foreach (string name in (string[])["node", "token", "self-token", "access-key"])
        {
            Assert.That(await File.ReadAllBytesAsync(_target[name]), Is.EqualTo(await File.ReadAllBytesAsync(_folder[name])), name);
            if (!OperatingSystem.IsWindows())
            {
                Assert.That(File.GetUnixFileMode(_target[name]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite), name);
            }
        }
    }

    [Test]
    public async Task A_token_without_scope_admin_gets_none()
    {
        await using RunningServer server = await RunningServer.StartAsync(_folder, Copied);
        (HttpStatusCode readOnly, _) = await server.Client.SendJsonAsync(HttpMethod.Post, "/ingest/v1/backup", null, TestProjects.ReadOnlyToken);
        (HttpStatusCode unknown, _) = await server.Client.SendJsonAsync(HttpMethod.Post, "/ingest/v1/backup", null, "nobody");
        Assert.That((readOnly, unknown), Is.EqualTo((HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized)));
    }

    [TestCase(null, HttpStatusCode.Forbidden)]
    [TestCase(Copied, HttpStatusCode.Forbidden)]
    [TestCase("--Ingest:BackupPcode=2", HttpStatusCode.OK)]
    public async Task A_token_of_one_of_several_projects_gets_none_unless_an_option_says_so(string? option, HttpStatusCode expected)
    {
        string[] more = ["--Projects:1:Tokens:1:Secret=admin-token-of-the-second", "--Projects:1:Tokens:1:Scopes=admin"];
        await using RunningServer server = await RunningServer.StartAsync(_folder, option is null ? more : [.. more, option]);
        using HttpClient http = new() { BaseAddress = server.Client.Address };
        using HttpRequestMessage request = new(HttpMethod.Post, "/ingest/v1/backup");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "admin-token-of-the-second");
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task A_killed_backup_is_refused_by_name_and_a_whole_one_starts()
    {
        await using RunningServer server = await RunningServer.StartAsync(_folder, Copied);
        await PushAsync(server.Client, 0, 20);
        await server.SealAsync();
        await using StallingRelay stalls = await StallingRelay.StartAsync(server.Client.Address);
        using (BackupProcess killed = new(stalls.Address, _target["half"]))
        {
            await stalls.HasStalled;
            await Eventually.IsTrueAsync(() => Directory.Exists(_target["half/blocks"]));
            killed.Kill();
        }

        using BackupProcess whole = new(server.Client.Address, _target["whole"]);
        int exitCode = await whole.EndAsync();
        StartRefusedException refused = (await Assert.ThrowsAsync<StartRefusedException>(() => RunningServer.StartAsync(_target["half"])))!;
        await using RunningServer restored = await RunningServer.StartAsync(_target["whole"]);
        Assert.That(exitCode, Is.Zero, whole.Output);
        Assert.That(whole.Output, Does.StartWith($"{_target["whole"]} has the backup: ").And.Not.Contain(TestProjects.TokenOf(TestProjects.First)));
        Assert.That(refused.Message, Is.EqualTo(
            $"{_target["half"]} holds a backup that did not complete: some of its files are missing or cut. Delete it and make the backup again."));
        Assert.That((await CountsAsync(restored.Client)).Values, Is.EqualTo(Enumerable.Repeat(RowsPerBatch, 20)));
    }

    [Test]
    public async Task A_directory_that_has_something_in_it_is_left_as_it_is()
    {
        await using RunningServer server = await RunningServer.StartAsync(_folder, Copied);
        await File.WriteAllTextAsync(_target["mine"], "mine");
        using BackupProcess backup = new(server.Client.Address, _target);
        int exitCode = await backup.EndAsync();
        Assert.That((exitCode, backup.Output), Is.EqualTo((1, $"{_target.FullName} is not empty: a backup is written into a new directory.\n")));
        Assert.That(NamesIn(_target), Is.EqualTo(new[] { "mine" }));
    }

    private static async Task ReceiveAsync(Uri address, string target, string? token = null)
    {
        using HttpClient http = new() { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token?.Trim() ?? TestProjects.TokenOf(TestProjects.First));
        using HttpRequestMessage request = new(HttpMethod.Post, "/ingest/v1/backup");
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        BackupReceiver receiver = new(new DiskFileSystem(), target);
        receiver.CheckIsNew();
        await receiver.ReceiveAsync(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(), CancellationToken.None);
    }

    private static async Task PushAsync(ServerClient client, int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            await client.PushAsync(Batch(i), BodyForm.MessagePackRows);
        }
    }

    private static async Task PushUntilAsync(ServerClient client, int first, ConcurrentQueue<int> sent, CancellationToken over)
    {
        for (int i = first; !over.IsCancellationRequested; i++)
        {
            sent.Enqueue(i);
            await client.PushAsync(Batch(i), BodyForm.MessagePackRows);
        }
    }

    private static PushedBatch Batch(int i) => new(TestProjects.First, new AgentName("agent"),
    [
        .. Enumerable.Range(0, RowsPerBatch)
            .Select(row => new SampleRow("transaction") { ["time"] = Time + row, ["service"] = ServiceOf(i), ["elapsed"] = (long)row }),
    ])
    {
        Id = $"batch-{i}",
    };

    private static string ServiceOf(int i) => $"/{i}";

    private static async Task<Dictionary<string, int>> CountsAsync(ServerClient client)
    {
        string csv = await client.GetAsync(
            $"/api/v1/aggregate?kind=transaction&by=service&measures=count&from={Time}&to={Time + 1_000}&limit=100000&format=csv");
        return csv.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Select(line => line.Split(','))
            .ToDictionary(line => line[0], line => int.Parse(line[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string[] NamesIn(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(directory, file))];
}
