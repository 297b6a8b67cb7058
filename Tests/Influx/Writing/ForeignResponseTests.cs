using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Golden;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>What a proxy before InfluxDB responds is an outage, whatever its status: no sample is taken for stored, and none for refused.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ForeignResponseTests
{
    private const string Page = "<html><body>partial write: field type conflict dropped=100000</body></html>";

    [TestCase(200, Page)]
    [TestCase(204, "")]
    [TestCase(302, Page)]
    [TestCase(400, Page)]
    [TestCase(400, """{"message":"Bad Request","status":400}""")]
    [TestCase(401, Page)]
    [TestCase(403, Page)]
    [TestCase(404, "bucket not found")]
    [TestCase(413, Page)]
    [TestCase(422, Page)]
    [TestCase(429, Page)]
    [TestCase(502, Page)]
    public async Task A_page_costs_no_sample(int status, string page)
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        await using RecordingProxy proxy = await RecordingProxy.StartAsync(server.Address);
        using TemporaryFolder folder = new();
        using CoreInstruments instruments = new();
        FakeTimeProvider clock = new(TestTime.Start);
        InfluxOptions options = new() { Host = proxy.Address, CreateDatabase = false, BatchLines = 200, Timeout = TimeSpan.FromDays(1) };
        using InfluxWriter writer = InfluxWriter.Open(
            new InfluxNode(new DiskFileSystem(), folder, 42), options, _ => 1_200_000, null, clock, instruments, NullLogger.Instance);
        using CancellationTokenSource stop = new();
        Task running = writer.RunAsync(stop.Token);

        proxy.InPlace = (status, page);
        await writer.WriteAsync(WrittenBatch.Many(0, 500), new LogPosition(1), CancellationToken.None);
        Task stored = writer.WaitStoredAsync(new LogPosition(1), CancellationToken.None);
        await AdvanceUntilAsync(clock, () => writer.Fault is not null && proxy.WriteCount > 20);
        Assert.That((stored.IsCompleted, Directory.Exists(folder["dead-letters"])), Is.EqualTo((false, false)), writer.Fault);

        proxy.InPlace = null;
        await AdvanceUntilAsync(clock, () => stored.IsCompleted && writer.Fault is null);
        Assert.That(await server.NumberAsync("SELECT count(n) FROM transaction", "apm"), Is.EqualTo(500));
        Assert.That(Directory.Exists(folder["dead-letters"]), Is.False);
        await stop.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
    }

    // 2.0 and 3.x mark no 204. What shows that it comes from them is their ping.
    [TestCase("v2.0.9", WriteOutcome.Stored)]
    [TestCase("3.1.0", WriteOutcome.Stored)]
    [TestCase("1.6.7", WriteOutcome.Unavailable)]
    [TestCase(null, WriteOutcome.Unavailable)]
    public async Task A_204_without_a_mark_counts_where_a_ping_has_the_version_of_one_that_leaves_it_out(string? version, WriteOutcome expected)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        server.Version = version;
        using InfluxHttp http = new(new InfluxOptions { Host = server.Address, Credentials = new InfluxCredentials(FakeInflux.Token) }, TimeProvider.System);
        Assert.That((await http.WriteAsync("m v=1i 1\n"u8.ToArray(), 0, CancellationToken.None)).Outcome, Is.EqualTo(expected));
    }

    [TestCase("400 Bad\r\nX-Influxdb-Error: unable to parse", "", WriteOutcome.Refused)]
    [TestCase("400 Bad\r\nX-Influxdb-Version: 1.6.7", Page, WriteOutcome.PartlyRefused)]
    [TestCase("400 Bad\r\nX-Platform-Error-Code: invalid", "", WriteOutcome.Refused)]
    [TestCase("400 Bad", """{"error":"partial write of line protocol occurred","data":[{"line_number":1,"status":400}]}""", WriteOutcome.PartlyRefused)]
    [TestCase("422 Bad", """{"code":"unprocessable entity","message":"failure writing points","op":"x","err":"y"}""", WriteOutcome.PartlyRefused)]
    [TestCase("400 Bad", """{"code":"invalid","message":"unable to parse","line":7}""", WriteOutcome.Refused)]
    [TestCase("400 Bad", """{"code":400,"message":"invalid"}""", WriteOutcome.Unavailable)]
    [TestCase("400 Bad", """{"code":"ERR_7","message":"invalid"}""", WriteOutcome.Unavailable)]
    [TestCase("400 Bad", """{"error":"Bad Request","status":400,"path":"/write"}""", WriteOutcome.Unavailable)]
    [TestCase("400 Bad", """{"error":{"reason":"x"}}""", WriteOutcome.Unavailable)]
    [TestCase("400 Bad", """["error"]""", WriteOutcome.Unavailable)]
    [TestCase("400 Bad", "", WriteOutcome.Unavailable)]
    [TestCase("422 Bad", "partial write", WriteOutcome.Unavailable)]
    public async Task Only_what_InfluxDB_marks_is_final(string head, string body, WriteOutcome expected)
    {
        using ScriptedServer server = ScriptedServer.Of(head, body);
        using InfluxHttp http = new(new InfluxOptions { Host = server.Address }, TimeProvider.System);
        Assert.That((await http.WriteAsync("m v=1i 1\n"u8.ToArray(), 0, CancellationToken.None)).Outcome, Is.EqualTo(expected));
    }

    private static Task AdvanceUntilAsync(FakeTimeProvider clock, Func<bool> condition) => Eventually.IsTrueAsync(() =>
    {
        clock.Advance(TimeSpan.FromMilliseconds(500));
        return condition();
    });
}
