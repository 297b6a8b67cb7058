using System.Globalization;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Hosting.Running;
using TimeSeries.Hosting.Storage;
using TimeSeries.Ingest;
using TimeSeries.Server;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>Dead letters are sent again by a command, as often as one likes. What InfluxDB still refuses stays.</summary>
[NonParallelizable]
internal sealed class DeadLetterReplayTests
{
    private const string Time = "1710064800000000000";

    private TemporaryFolder _folder = new();

    [SetUp]
    public void Start()
    {
        _folder = new TemporaryFolder();
        Directory.CreateDirectory(_folder["dead-letters"]);
    }

    [TearDown]
    public void Stop() => _folder.Dispose();

    [Test]
    public async Task What_can_be_stored_now_leaves_its_file_and_the_rest_stays_with_its_reason()
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        await server.WriteAsync($"m,a=1 v=1.5 {Time}", "apm");
        await WriteAsync(
            "1.lp", "# TimeSeries dead letters 1, node 1\n# before\n", $"t,a=1 v=1i,s=\"two\n# lines \\\" and\n\" {Time}\n", $"m,a=2 v=7i {Time}\n");
        await WriteAsync("2.lp", Enumerable.Range(1, 500).Select(i => $"t,a={i} v={i}i {Time}\n").ToArray());
        DeadLetterCounts counts = await ReplayAsync(server.Address);
        Assert.That(counts, Is.EqualTo(new DeadLetterCounts(501, 1, 0, null)));
        Assert.That(await server.NumberAsync("SELECT sum(v) FROM t", "apm"), Is.EqualTo(500 * 501 / 2));
        Assert.That(File.Exists(_folder["dead-letters/2.lp"]), Is.False);
        string kept = await File.ReadAllTextAsync(_folder["dead-letters/1.lp"]);
        Assert.That(kept, Does.EndWith($"\nm,a=2 v=7i {Time}\n").And.StartWith("# 20").And.Contain(" 400 partial write: field type conflict"));

        Assert.That(await ReplayAsync(server.Address), Is.EqualTo(new DeadLetterCounts(0, 1, 0, null)), "the second run");
        await server.QueryAsync("DROP MEASUREMENT m", "apm");
        Assert.That(await ReplayAsync(server.Address), Is.EqualTo(new DeadLetterCounts(1, 0, 0, null)), "once nothing is in the way");
        Assert.That(Directory.GetFiles(_folder["dead-letters"]), Is.Empty);
    }

    [Test]
    public async Task A_line_that_the_file_ends_in_is_not_sent()
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        await WriteAsync("1.lp", $"t,a=1 v=1i {Time}\n", "t,a=2 v=12");
        Assert.That(await ReplayAsync(server.Address), Is.EqualTo(new DeadLetterCounts(1, 1, 0, null)));
        Assert.That(await ReplayAsync(server.Address), Is.EqualTo(new DeadLetterCounts(0, 1, 0, null)));
        Assert.That(await server.NumberAsync("SELECT count(v) FROM t", "apm"), Is.EqualTo(1));
    }

    [Test]
    public async Task While_InfluxDB_is_away_all_stays_as_it_is()
    {
        await WriteAsync("1.lp", $"t,a=1 v=1i {Time}\n");
        await WriteAsync("2.lp", $"t,a=2 v=1i {Time}\n");
        DeadLetterCounts counts = await ReplayAsync(new Uri("http://127.0.0.1:1"));
        Assert.That((counts.Stored, counts.Refused, counts.Unsent, counts.Fault), Is.EqualTo((0, 0, 2, "Connection refused (127.0.0.1:1)")));
        Assert.That(await File.ReadAllTextAsync(_folder["dead-letters/1.lp"]), Is.EqualTo($"t,a=1 v=1i {Time}\n"));
    }

    [Test]
    public async Task The_command_says_what_became_of_the_lines([Values("Server", "Ingest")] string host)
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        await WriteAsync("1.lp", $"t,a=1 v=1i {Time}\n", $"t,a=1 v= {Time}\n");
        await File.WriteAllTextAsync(_folder["influx.env"], $"INFLUX_HOST={server.Address}\n");
        (int code, string printed) = await RunAsync(host, "--Storage:Kind=influx", $"--influx-env={_folder["influx.env"]}");
        Assert.That((code, printed), Is.EqualTo((1, $"Stored 1 lines, refused again 1, not sent 0. They are kept in {_folder["dead-letters"]}.\n")));

        File.Delete(_folder["dead-letters/1.lp"]);
        Assert.That(await RunAsync(host, "--Storage:Kind=influx", $"--influx-env={_folder["influx.env"]}"),
            Is.EqualTo((0, "Stored 0 lines, refused again 0, not sent 0.\n")));
    }

    [Test]
    public async Task The_command_needs_the_directory_and_InfluxDB()
    {
        Assert.That(await RunAsync("Server"), Is.EqualTo((1,
            "Storage:Kind: only with influx there are dead letters; name the settings that the host runs with.\n")));
        using DataDirectory held = DataDirectory.Open(new DiskFileSystem(), _folder, "machine");
        (int code, string printed) = await RunAsync("Server", "--Storage:Kind=influx", "--influx-env=/dev/null");
        Assert.That((code, printed), Is.EqualTo((1, new DirectoryInUseException(_folder[""].TrimEnd('/')).Message + "\n")));
    }

    private Task<DeadLetterCounts> ReplayAsync(Uri server)
    {
        InfluxNode node = new(new DiskFileSystem(), _folder, 1);
        return new DeadLetterReplay(node, new InfluxOptions { Host = server, BatchLines = 100 }, TimeProvider.System).RunAsync(CancellationToken.None);
    }

    private Task WriteAsync(string name, params string[] lines) => File.WriteAllTextAsync(_folder[$"dead-letters/{name}"], string.Concat(lines));

    private async Task<(int Code, string Printed)> RunAsync(string host, params string[] options)
    {
        (TextWriter output, TextWriter errors) = (Console.Out, Console.Error);
        using StringWriter printed = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Console.SetOut(printed);
        Console.SetError(printed);
        try
        {
            string[] arguments = [DeadLetterCommand.Command.Name, $"--Storage:Directory={_folder[""]}", .. options, "--Projects:0:Pcode=1",
                "--Projects:0:Tokens:0:Secret=token-of-the-replay"];
            Func<string[], WebApplication> build = host == "Server" ? args => ServerHost.Build(args) : args => IngestHost.Build(args);
            return (await HostProgram.RunAsync(host, arguments, build, DeadLetterCommand.Command), printed.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}
