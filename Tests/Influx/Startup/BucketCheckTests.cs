using Microsoft.AspNetCore.Http;
using NUnit.Framework;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Startup;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Influx.Startup;

/// <summary>What a start check says about a bucket of InfluxDB 2.x and the mapping that InfluxQL needs.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class BucketCheckTests
{
    private const string OtherBucket = "000000000000000b";

    private static readonly string[] _organisations = ["", FakeInflux.Organisation];

    [TestCase(72, null, true)]
    [TestCase(72, 73, true)]
    [TestCase(72, 72, false)]
    [TestCase(0, null, false)]
    public async Task A_bucket_that_forgets_sooner_than_we_is_told(int bucketHours, int? ourHours, bool expected)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        server.Buckets[0] = server.Buckets[0] with { RetentionSeconds = bucketHours * 3_600 };
        ProbeResult findings = await RunAsync(Options(server, FakeInflux.Organisation), keptFor: ourHours is { } hours ? TimeSpan.FromHours(hours) : null);
        string fault = $"Storage:Retention: samples are to be kept {(ourHours is null ? "for ever" : "73h")}, "
            + "and the bucket 'apm' deletes them after 72h; set Storage:Retention to that or less.";
        Assert.That(findings.Faults, Is.EqualTo(expected ? new[] { fault } : []));
    }

    [TestCaseSource(nameof(_organisations))]
    public async Task A_mapping_that_is_missing_is_told_with_the_command_that_creates_it(string organisation)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        server.Mappings.Clear();
        Assert.That((await RunAsync(Options(server, organisation))).Faults.Single(), Is.EqualTo(
            "INFLUX_DATABASE: the bucket 'apm' is there, but InfluxQL does not reach it: no mapping (DBRP) leads from the database 'apm' to it. "
            + "Create the mapping with: influx v1 dbrp create --db apm --rp autogen --default --bucket-id 000000000000000a --org-id 00000000000000ff"));
    }

    [Test]
    public async Task A_mapping_of_another_retention_policy_is_not_ours()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        server.Buckets.Add(new FakeBucket(OtherBucket, "apm/week", 0));
        ProbeResult findings = await RunAsync(Options(server, "") with { RetentionPolicy = "week" });
        Assert.That(findings.Faults.Single(), Does.EndWith("influx v1 dbrp create --db apm --rp week --bucket-id 000000000000000b --org-id 00000000000000ff"));
    }

    [Test]
    public async Task A_database_that_InfluxQL_does_not_find_though_the_bucket_is_there_lacks_its_mapping()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        server.Mappings.Clear();
        server.QueryResponse = """{"results":[{"statement_id":0,"error":"database not found: apm"}]}""";
        ProbeResult findings = await RunAsync(Options(server, FakeInflux.Organisation));
        Assert.That(findings.Faults.Single(), Does.Contain("Create the mapping with: influx v1 dbrp create --db apm"));
    }

    [Test]
    public async Task Who_only_writes_to_the_bucket_itself_needs_no_mapping()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        server.Mappings.Clear();
        Assert.That((await RunAsync(Options(server, FakeInflux.Organisation), InfluxRoles.Writer)).Faults, Is.Empty);
    }

    [Test]
    public async Task A_mapping_to_another_bucket_than_the_one_written_to_is_told()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        server.Mappings[0] = server.Mappings[0] with { BucketId = OtherBucket };
        Assert.That((await RunAsync(Options(server, FakeInflux.Organisation))).Faults.Single(), Does.StartWith(
            "INFLUX_DATABASE: samples are written to the bucket 'apm' (000000000000000a), "
            + "and queries of the database 'apm' read another one (000000000000000b)."));
    }

    [Test]
    public async Task Where_a_database_is_mapped_to_a_bucket_of_another_name_the_retention_of_that_one_counts()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        server.Buckets.Add(new FakeBucket(OtherBucket, "telemetry", 3_600));
        server.Mappings[0] = server.Mappings[0] with { BucketId = OtherBucket };
        Assert.That((await RunAsync(Options(server, ""))).Faults.Single(), Does.Contain("deletes them after 1h"));
    }

    [TestCase(401)]
    [TestCase(403)]
    [TestCase(404)]
    [TestCase(503)]
    public async Task An_account_that_sees_no_buckets_may_be_used(int status)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        server.BucketResponse = context =>
        {
            // A date, on which the upper layer of InfluxDB.Client throws a FormatException.
            context.Response.Headers.RetryAfter = "Wed, 21 Oct 2026 07:28:00 GMT";
            return Task.FromResult(Results.Json(new { code = "forbidden", message = "read:buckets is unauthorized" }, statusCode: status));
        };
        Assert.That((await RunAsync(Options(server, FakeInflux.Organisation))).Faults, Is.Empty);
    }

    [TestCase("<html>welcome</html>")]
    [TestCase("[1,2]")]
    [TestCase("{\"buckets\":null}")]
    [TestCase("")]
    public async Task What_is_no_list_of_buckets_is_passed_over(string body)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        server.BucketResponse = _ => Task.FromResult(Results.Text(body, "application/json"));
        Assert.That((await RunAsync(Options(server, FakeInflux.Organisation))).Faults, Is.Empty);
    }

    [Test]
    public async Task A_server_that_falls_silent_meanwhile_is_unreachable()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        server.BucketResponse = async context =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return Results.Empty;
        };
        ProbeResult findings = await RunAsync(Options(server, FakeInflux.Organisation) with { Timeout = TimeSpan.FromSeconds(1) });
        Assert.That(
            (findings.Faults.Length, findings.Unreachable),
            Is.EqualTo((0, $"InfluxDB at {server.Address} can't be reached: it said nothing for 1000 ms.")));
    }

    [Test]
    public async Task What_responds_204_to_everything_is_no_InfluxDB()
    {
        using ScriptedServer server = ScriptedServer.Of(204, "");
        ProbeResult findings = await RunAsync(new InfluxOptions { Host = server.Address });
        Assert.That(
            findings.Faults.Single(),
            Is.EqualTo($"INFLUX_HOST: what answers at {server.Address} is no InfluxDB (status 204 to /ping, no version)."));
    }

    private static InfluxOptions Options(FakeInflux server, string organisation)
    {
        InfluxCredentials account = new(FakeInflux.Token);
        return new InfluxOptions
        {
            Host = server.Address,
            Database = FakeInflux.Database,
            WriteApi = organisation.Length > 0 ? InfluxWriteApi.V2 : InfluxWriteApi.V1,
            Org = organisation,
            Credentials = account,
            ReadCredentials = account,
            CreateDatabase = false,
        };
    }

    private static Task<ProbeResult> RunAsync(
        InfluxOptions options, InfluxRoles roles = InfluxRoles.Writer | InfluxRoles.Reader, TimeSpan? keptFor = null) =>
        new InfluxProbe(options, roles, keptFor, TimeProvider.System).RunAsync(CancellationToken.None);
}
