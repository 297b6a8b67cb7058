using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Startup;
using TimeSeries.Tests.Golden;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Influx.Startup;

/// <summary>A start check tells each thing that is wrong with an InfluxDB in a sentence of its own, and changes nothing but making the database.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class InfluxProbeTests
{
    private static readonly InfluxCredentials _administrator = new(username: RealInfluxd.Administrator, password: RealInfluxd.AdministratorPassword);
    private static readonly InfluxCredentials _writer = new(username: "writer", password: "secret-of-the-writer");
    private static readonly InfluxCredentials _reader = new(username: "reader", password: "secret-of-the-reader");

    [Test]
    public async Task A_missing_database_is_made_when_that_is_allowed()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        InfluxOptions options = Options(server.Address) with { CreateDatabase = true, Retention = TimeSpan.FromDays(2) };
        ProbeResult findings = await RunAsync(options, TimeSpan.FromDays(1));
        string made = (await server.QueryAsync("SHOW RETENTION POLICIES ON \"apm\""))[0].ToString();
        Assert.That(
            (findings.Faults.Length, findings.Version, made.Contains("48h0m0s", StringComparison.Ordinal)),
            Is.EqualTo((0, "1.6.7~rc0", true)), string.Join('\n', findings.Faults));
    }

    [Test]
    public async Task A_missing_database_is_told_when_it_may_not_be_made()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        ProbeResult findings = await RunAsync(Options(server.Address));
        Assert.That(findings.Faults.Single(), Does.StartWith("INFLUX_DATABASE: there is no 'apm'"));
    }

    [TestCase("a\"; DROP DATABASE \"x\"; --")]
    [TestCase("two words")]
    public async Task A_database_of_any_name_is_made_under_that_name(string name)
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        await server.QueryAsync("CREATE DATABASE x");
        await RunAsync(Options(server.Address) with { Database = name, CreateDatabase = true });
        JsonElement databases = (await server.QueryAsync("SHOW DATABASES"))[0].GetProperty("series")[0].GetProperty("values");
        string[] names = [.. databases.EnumerateArray().Select(row => row[0].GetString()!)];
        Assert.That(names, Is.SupersetOf(new[] { "x", name }));
    }

    [Test]
    public async Task Each_account_must_be_able_to_do_its_part_and_no_secret_is_told()
    {
        await using RealInfluxd server = await WithAccountsAsync();
        ProbeResult right = await RunAsync(Options(server.Address) with { Credentials = _writer, ReadCredentials = _reader });
        ProbeResult swapped = await RunAsync(Options(server.Address) with { Credentials = _reader, ReadCredentials = _writer });
        ProbeResult none = await RunAsync(Options(server.Address));
        Assert.Multiple(() =>
        {
            Assert.That(right.Faults, Is.Empty);
            Assert.That(swapped.Faults, Has.Length.EqualTo(2));
            Assert.That(swapped.Faults, Has.One.Contains("does not let this account write").And.One.Contains("does not let this account read"));
            Assert.That(none.Faults, Has.Length.EqualTo(2));
            Assert.That(swapped.Faults, Has.None.Contains("secret"));
        });
    }

    [Test]
    public async Task An_account_that_may_not_make_the_database_is_told_so()
    {
        await using RealInfluxd server = await WithAccountsAsync();
        ProbeResult findings = await RunAsync(
            Options(server.Address) with { Database = "other", Credentials = _writer, ReadCredentials = _administrator, CreateDatabase = true });
        Assert.That(findings.Faults, Has.Some.Contains("does not make the database 'other'"));
    }

    [TestCase(72, null, true)]
    [TestCase(72, 73, true)]
    [TestCase(72, 72, false)]
    [TestCase(0, null, false)]
    public async Task A_database_that_forgets_sooner_than_we_is_told(int databaseHours, int? ourHours, bool expected)
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        await server.QueryAsync($"CREATE DATABASE apm WITH DURATION {(databaseHours == 0 ? "INF" : databaseHours + "h")}");
        ProbeResult findings = await RunAsync(Options(server.Address), ourHours is { } hours ? TimeSpan.FromHours(hours) : null);
        Assert.That(
            findings.Faults.Any(fault => fault.StartsWith("Storage:Retention: ", StringComparison.Ordinal)),
            Is.EqualTo(expected), string.Join('\n', findings.Faults));
    }

    [Test]
    public async Task A_host_that_only_writes_tells_it_too()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        await server.QueryAsync("CREATE DATABASE apm WITH DURATION 72h");
        InfluxProbe probe = new(Options(server.Address), InfluxRoles.Writer, TimeSpan.FromHours(73), TimeProvider.System);
        Assert.That((await probe.RunAsync(CancellationToken.None)).Faults.Single(), Does.StartWith("Storage:Retention: "));
    }

    [Test]
    public async Task A_retention_policy_that_is_not_there_is_told()
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        ProbeResult findings = await RunAsync(Options(server.Address) with { RetentionPolicy = "week" });
        Assert.That(findings.Faults.Single(), Is.EqualTo("INFLUX_DATABASE: 'apm' has no retention policy 'week'."));
    }

    [Test]
    public async Task Version_1_6_takes_no_v2_writes()
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        ProbeResult findings = await RunAsync(Options(server.Address) with { WriteApi = InfluxWriteApi.V2, Org = "org" });
        Assert.That(findings.Faults.Single(), Does.StartWith("INFLUX_WRITE_API: v2 needs InfluxDB 1.8"));
    }

    [Test]
    public async Task A_server_that_is_not_there_is_no_fault_but_said()
    {
        ProbeResult findings = await RunAsync(Options(new Uri("http://127.0.0.1:1")));
        Assert.That((findings.Faults.Length, findings.Unreachable), Is.EqualTo((0, findings.Unreachable)));
        Assert.That(findings.Unreachable, Does.StartWith("InfluxDB at http://127.0.0.1:1/ can't be reached: "));
    }

    [TestCase("/write")]
    [TestCase("/query")]
    public async Task A_page_of_a_proxy_is_no_missing_database(string path)
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync();
        await using RecordingProxy proxy = await RecordingProxy.StartAsync(server.Address);
        (proxy.InPlacePath, proxy.InPlace) = (path, (404, "<html>page not found</html>"));
        if (path == "/query")
        {
            await server.QueryAsync("CREATE DATABASE apm");
        }

        ProbeResult findings = await RunAsync(Options(proxy.Address) with { CreateDatabase = true });
        Assert.That(findings.Faults, Is.Empty);
        Assert.That(findings.Unreachable, Does.Contain("gives no response of InfluxDB's to a ").And.Contain("page not found"));
    }

    [TestCase(FakeProduct.Version2, InfluxAuthScheme.Token, 0)]
    [TestCase(FakeProduct.Version2, InfluxAuthScheme.Bearer, 2)]
    [TestCase(FakeProduct.Version3, InfluxAuthScheme.Bearer, 0)]
    [TestCase(FakeProduct.Version3, InfluxAuthScheme.Basic, 1)]
    [TestCase(FakeProduct.Cloud, InfluxAuthScheme.Token, 0)]
    public async Task Later_versions_are_checked_with_their_tokens(FakeProduct product, InfluxAuthScheme scheme, int faults)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(product);
        InfluxCredentials account = new(FakeInflux.Token, scheme: scheme);
        ProbeResult findings = await RunAsync(Options(server.Address) with
        {
            WriteApi = InfluxWriteApi.V2,
            Org = FakeInflux.Organisation,
            Credentials = account,
            ReadCredentials = account,
            CreateDatabase = true,
        });
        Assert.That(findings.Faults, Has.Length.EqualTo(faults), string.Join('\n', findings.Faults));
    }

    [Test]
    public async Task A_bucket_or_organisation_that_is_not_there_is_told_by_its_setting()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        InfluxCredentials account = new(FakeInflux.Token);
        InfluxOptions options = Options(server.Address) with { WriteApi = InfluxWriteApi.V2, Org = "other", Credentials = account, ReadCredentials = account };
        string organisation = (await RunAsync(options)).Faults.Single();
        string bucket = (await RunAsync(options with { Org = FakeInflux.Organisation, Database = "other" })).Faults.Single();
        Assert.That(organisation, Does.StartWith("INFLUX_ORG: "));
        Assert.That(bucket, Does.StartWith("INFLUX_DATABASE: "));
    }

    private static InfluxOptions Options(Uri server) => new() { Host = server, Database = "apm", CreateDatabase = false };

    private static Task<ProbeResult> RunAsync(InfluxOptions options, TimeSpan? keptFor = null) =>
        new InfluxProbe(options, InfluxRoles.Writer | InfluxRoles.Reader, keptFor, TimeProvider.System).RunAsync(CancellationToken.None);

    private static async Task<RealInfluxd> WithAccountsAsync()
    {
        RealInfluxd server = await RealInfluxd.StartAsync(new InfluxdSettings { Auth = true });
        await server.QueryAsync(
            "CREATE DATABASE apm; CREATE USER writer WITH PASSWORD 'secret-of-the-writer'; CREATE USER reader WITH PASSWORD 'secret-of-the-reader'; "
            + "GRANT WRITE ON apm TO writer; GRANT READ ON apm TO reader");
        return server;
    }
}
