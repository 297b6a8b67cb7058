using System.Text;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest;
using TimeSeries.Query;
using TimeSeries.Server;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Golden;

/// <summary>What a host prints when its configuration is wrong.</summary>
[NonParallelizable]
internal sealed class ConfigurationErrorTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    private static readonly string[][] _wrongOfServer =
    [
        ["--Storage:Knd=embedded"], ["--Log:Size=1"], ["--Wal:Size=1"], ["--Http:CorsOrigin=x"], ["--Sturage:Kind=embedded"],
        ["--Ingest:Queue=1"], ["--Query:Rows=1"],
        ["--AlertHistory:Anonymous=true"],
        ["--Projects:0:Pcode=1", "--Projects:0:Code=1"], ["--Projects:0:Pcode=1", "--Projects:0:Tokens:0:Secret=hush", "--Projects:0:Tokens:0:Scope=read"],
        ["--Storage:Directory:Name=x"],
        ["--Storage:HeadBytes=64XB"], ["--Storage:HeadBytes=1KiB"], ["--Storage:HeadBytes=2GiB"], ["--Storage:CacheBytes=-1"], ["--Log:MaxBytes=1"],
        ["--Wal:MaxBytes=1"], ["--Wal:MaxBytes=1", "--Log:MaxBytes=1GiB"],
        ["--Storage:MaxBytes=many"],
        ["--Storage:Retention=1m"], ["--Storage:Retention=30"], ["--Storage:Retentions:threads=7d"], ["--Storage:Retentions:thread=7w"],
        ["--Storage:Retentions:thread=1m"],
        ["--Ingest:IdWindow=10"], ["--Ingest:IdWindow=31d"], ["--Ingest:MaxFutureSkew=-1h"], ["--Ingest:StoredTimeout=0s"], ["--Ingest:MaxRequestBytes=1"],
        ["--Ingest:QueueBytes=1MiB"],
        ["--Query:MaxGroups=none"], ["--Query:MaxGroups=0"], ["--Query:MaxRows=1.5"], ["--Query:Concurrency=2000"], ["--Query:Timeout=2h"],
        ["--Query:TimeZone=Seoul"], ["--Query:Rollups=perhaps"],
        ["--AlertHistory:AllowAnonymous=maybe"], ["--Storage:Kind=disk"], ["--Storage:Kind=1"], ["--Storage:Directory="], ["here"], ["-x"], ["--Storage:Kind"],
        ["--Projects:0:Name=shop"], ["--Projects:0:Pcode=0"], ["--Projects:0:Pcode=one"], ["--Projects:0:Pcode=1", "--Projects:0:ApdexThreshold=0"],
        ["--Projects:0:Pcode=1", "--Projects:1:Pcode=1"], ["--Projects:0:Pcode=1", "--Projects:0:Tokens:0:Scopes=read"],
        ["--Projects:0:Pcode=1", "--Projects:0:Tokens:0:Sha256=hush"],
        ["--Projects:0:Pcode=1", "--Projects:0:Tokens:0:Secret=hush", "--Projects:0:Tokens:0:Sha256=hush"],
        ["--Projects:0:Pcode=1", "--Projects:0:Tokens:0:Secret=hush", "--Projects:0:Tokens:0:Scopes=write"],
        ["--Projects:0:Pcode=1", "--Projects:0:Tokens:0:Secret=hush", "--Projects:0:Tokens:1:Secret=hush"],
        ["--Projects:0:Pcode=1", "--Projects:0:AccessKeys:0:Secret=hush"],
        ["--Projects:0:Pcode=1", "--Projects:0:AccessKeys:0:Id=a"],
        [
            "--Projects:0:Pcode=1", "--Projects:0:AccessKeys:0:Id=a", "--Projects:0:AccessKeys:0:Secret=hush",
            "--Projects:1:Pcode=2", "--Projects:1:AccessKeys:0:Id=a", "--Projects:1:AccessKeys:0:Secret=hush",
        ],
        [
            "--Storage:Knd=embedded", "--Storage:HeadBytes=64XB", "--Storage:Retention=1m", "--Storage:Retentions:threads=7d", "--Ingest:IdWindow=10",
            "--Projects:0:Pcode=0",
            "--Query:MaxGroups=none", "--Http:CorsOrigin=x", "--Sturage:Kind=embedded", "here",
        ],
        ["--Storage:Kind=influx", "--influx-env=<folder>/none.env"], ["--Storage:Kind=influx", "--influx-env=<folder>/good.env", "--Storage:MaxBytes=1GiB"],
        ["--Storage:Kind=influx", "--influx-env=<folder>/bad.env", "--Query:MaxRows=none"], ["--Storage:Kind=influx", "--influx-env=<folder>/worse.env"],
    ];

    private static readonly string[][] _wrongOfOthers =
        [[], ["--Projects:0:Pcode=1"], ["--Storage:Kind=influx", "--influx-env=<folder>/bad.env"], ["--Storage:Knd=influx", "--Nothing:Kind=x"]];

    private TemporaryFolder _folder = null!;

    [OneTimeSetUp]
    public async Task WriteSettings()
    {
        _folder = new TemporaryFolder();
        await WriteAsync("good.env", "INFLUX_HOST=http://127.0.0.1:9");
        await WriteAsync(
            "bad.env", "INFLUX_HOST=not an address", "INFLUX_BATCH_LINES=0", "INFLUX_TOKEN=hush\u00E9", "INFLUX_GZIP=perhaps",
            "INFLUX_DATABASE=a/b/c", "INFLUX_RETENTION=1x", "INFLUX_PRODUCT=5", "INFLUX_FLUSH_MS=-1", "INFLUX_NONSENSE=1", "INFLUX_AUTH_SCHEME=Magic");
        await WriteAsync("worse.env", "INFLUX_HOST=http://user:hush@127.0.0.1:9", "INFLUX_USERNAME=name", "no setting", "INFLUX_TOKEN=\"hush");
    }

    [OneTimeTearDown]
    public void RemoveSettings() => _folder.Dispose();

    [Test]
    public async Task A_Server_says_what_it_said() =>
        GoldenFile.Compare("configuration-errors/Server.txt", await PrintedAsync("Server", args => ServerHost.Build(args), _wrongOfServer));

    [Test]
    public async Task An_Ingest_says_what_it_said() =>
        GoldenFile.Compare("configuration-errors/Ingest.txt", await PrintedAsync("Ingest", args => IngestHost.Build(args), _wrongOfOthers));

    [Test]
    public async Task A_Query_says_what_it_said() =>
        GoldenFile.Compare("configuration-errors/Query.txt", await PrintedAsync("Query", args => QueryHost.Build(args), _wrongOfOthers));

    [Test]
    public async Task Names_in_the_environment_and_in_a_settings_file_are_told_as_they_were()
    {
        const string Variable = "Storage__HeadBites";
        await WriteAsync("appsettings.json", """{ "Query": { "MaxRows": "lots", "MaxRoows": 1 }, "Projects": [ { "Pcode": -1 } ] }""");
        Environment.SetEnvironmentVariable(Variable, "1MiB");
        try
        {
            GoldenFile.Compare("configuration-errors/sources.txt", await PrintedAsync("Server", args => ServerHost.Build(args), [["--contentRoot=<folder>"]]));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
            File.Delete(_folder["appsettings.json"]);
        }
    }

    // A transcript: each command line and what the host prints before it ends with 1.
    private async Task<string> PrintedAsync(string host, Func<string[], WebApplication> build, string[][] wrong)
    {
        StringBuilder transcript = new();
        foreach (string[] arguments in wrong)
        {
            IEnumerable<string> given = arguments.Select(argument => argument.Replace("<folder>", _folder, StringComparison.Ordinal));
            string[] full = ["--urls=http://127.0.0.1:0", $"--Storage:Directory={_folder["data"]}", .. given];
            (int code, string printed) = await RunAsync(host, full, build);
            Assert.That((code, printed.Contains("hush", StringComparison.Ordinal)), Is.EqualTo((1, false)), $"{string.Join(' ', arguments)}: {printed}");
            transcript.Append("$ ").AppendJoin(' ', [host, .. arguments]).Append('\n');
            transcript.Append(printed.Replace(_folder, "<folder>", StringComparison.Ordinal)).Append('\n');
        }

        return transcript.ToString();
    }

    private static async Task<(int Code, string Printed)> RunAsync(string host, string[] arguments, Func<string[], WebApplication> build)
    {
        TextWriter before = Console.Error;
        using StringWriter errors = new() { NewLine = "\n" };
        Console.SetError(errors);
        try
        {
            return (await HostProgram.RunAsync($"TimeSeries {host}", arguments, build).WaitAsync(_limit), errors.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }

    private Task WriteAsync(string name, params string[] lines) =>
        File.WriteAllBytesAsync(_folder[name], Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
}
