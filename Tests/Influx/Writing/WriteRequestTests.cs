using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>One write through InfluxDB.Client: what is sent, and what each response or fault becomes.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class WriteRequestTests
{
    private const int Megabyte = 1 << 20;
    private const string Secret = "secret-of-the-writer";

    private static readonly InfluxCredentials _password = new("", "writer", Secret);

    [TestCase(InfluxWriteApi.V1, "", "POST /proxy/write?db=a%26b%20c&precision=ns HTTP/1.1")]
    [TestCase(InfluxWriteApi.V1, "w\u00e9ek", "POST /proxy/write?db=a%26b%20c&rp=w%C3%A9ek&precision=ns HTTP/1.1")]
    [TestCase(InfluxWriteApi.V2, "", "POST /proxy/api/v2/write?org=my%20org&bucket=a%26b%20c&precision=ns HTTP/1.1")]
    [TestCase(InfluxWriteApi.V2, "w\u00e9ek", "POST /proxy/api/v2/write?org=my%20org&bucket=a%26b%20c%2Fw%C3%A9ek&precision=ns HTTP/1.1")]
    public async Task Each_endpoint_has_its_own_address(InfluxWriteApi api, string policy, string expected)
    {
        using ScriptedServer server = ScriptedServer.Of("204 Said\r\nX-Influxdb-Version: 1.6.7", "");
        await WriteAsync(
            new InfluxOptions { Host = new Uri(server.Address, "proxy"), Database = "a&b c", RetentionPolicy = policy, Org = "my org", WriteApi = api });

        // The digits of an escape may be of either case.
        Assert.That(server.Request.Split("\r\n")[0], Is.EqualTo(expected).IgnoreCase);
    }

    [Test]
    public async Task Lines_are_sent_as_plain_text_of_exactly_their_bytes()
    {
        using ScriptedServer server = ScriptedServer.Of("204 Said\r\nX-Influxdb-Version: 1.6.7", "");
        await WriteAsync(new InfluxOptions { Host = server.Address }, "m v=\"\u20ac\" 1\n");
        Assert.That(server.Request, Does.Contain("\r\nContent-Type: text/plain; charset=utf-8\r\n").And.Contain("\r\nAccept: application/json\r\n"));
        Assert.That(server.Request, Does.EndWith("\r\n\r\nm v=\"\u20ac\" 1\n"));
        Assert.That(server.Request, Does.Not.Contain("Content-Encoding").And.Not.Contain("Authorization").And.Not.Contain("Cookie").And.Not.Contain("Expect"));
    }

    [TestCase(InfluxAuthScheme.Token, "Token " + Secret)]
    [TestCase(InfluxAuthScheme.Bearer, "Bearer " + Secret)]
    [TestCase(InfluxAuthScheme.Basic, "Basic OnNlY3JldC1vZi10aGUtd3JpdGVy")]
    public async Task A_token_is_sent_in_one_header_and_nowhere_else(InfluxAuthScheme scheme, string expected)
    {
        using ScriptedServer server = ScriptedServer.Of("204 Said\r\nX-Influxdb-Version: 1.6.7", "");
        await WriteAsync(new InfluxOptions { Host = server.Address, Credentials = new InfluxCredentials(Secret, scheme: scheme) });
        string header = $"\r\nAuthorization: {expected}\r\n";
        Assert.That(server.Request, Does.Contain(header));
        Assert.That(server.Request.Replace(header, "", StringComparison.Ordinal), Does.Not.Contain(Secret).And.Not.Contain("Authorization"));
    }

    [TestCase("17", 17)]
    [TestCase("Sun, 01 Mar 2020 12:00:42 GMT", 0)]
    [TestCase("1.5", 1.5)]
    [TestCase("soon", null)]
    [TestCase("-3", null)]
    [TestCase(null, null)]
    public async Task A_throttled_write_waits_as_the_server_says_where_that_can_be_read(string? header, double? seconds)
    {
        string line = header is null ? "" : $"Retry-After: {header}\r\n";
        using ScriptedServer server = ScriptedServer.Saying($"HTTP/1.1 429 Said\r\n{line}Content-Length: 0\r\n\r\n");
        WriteReply reply = await WriteAsync(new InfluxOptions { Host = server.Address });
        Assert.That((reply.Outcome, reply.RetryAfter),
            Is.EqualTo((WriteOutcome.Unavailable, seconds is { } wait ? TimeSpan.FromSeconds(wait) : (TimeSpan?)null)));
    }

    [Test]
    public async Task Of_a_long_error_page_only_the_start_is_read()
    {
        // The rest never comes: who wants it all runs into the time-out.
        string start = "<html>bad gateway " + new string('x', 8_000);
        using ScriptedServer server = ScriptedServer.Saying(
            $"HTTP/1.1 502 Said\r\nContent-Type: text/html; charset=nonsense\r\nContent-Length: 5000000\r\n\r\n{start}");
        WriteReply reply = await WriteAsync(new InfluxOptions { Host = server.Address, Timeout = TimeSpan.FromSeconds(30) });
        Assert.That((reply.Outcome, reply.Reason), Is.EqualTo((WriteOutcome.Unavailable, ("502 " + start)[..1_000])));
    }

    [Test]
    public async Task An_error_that_is_cut_off_still_has_its_outcome_and_reason()
    {
        string body = """{"error":"partial write of line protocol occurred","data":[{"original_line":" """ + new string('x', 10_000) + "\"}]}";
        using ScriptedServer server = ScriptedServer.Of(400, body);
        WriteReply reply = await WriteAsync(new InfluxOptions { Host = server.Address });
        Assert.That((reply.Outcome, reply.Reason), Is.EqualTo((WriteOutcome.PartlyRefused, "400 partial write of line protocol occurred")));
    }

    [TestCase("""{"error":"database not found: \"apm\""}""", WriteOutcome.NoDatabase, "404 database not found: \"apm\"")]
    [TestCase("""{"code":"not found","message":"bucket \"apm\" not found"}""", WriteOutcome.NoDatabase, "404 bucket \"apm\" not found")]
    [TestCase("404 page not found", WriteOutcome.Misconfigured, "404 404 page not found")]
    [TestCase("", WriteOutcome.Misconfigured, "404 ")]
    public async Task The_reason_is_what_the_server_says(string body, WriteOutcome outcome, string reason)
    {
        using ScriptedServer server = ScriptedServer.Of(404, body);
        WriteReply reply = await WriteAsync(new InfluxOptions { Host = server.Address });
        Assert.That((reply.Outcome, reply.Reason), Is.EqualTo((outcome, reason)));
    }

    [Test]
    public async Task A_redirect_is_not_followed_and_so_gives_no_credentials_away()
    {
        using ScriptedServer other = ScriptedServer.Of("204 Said\r\nX-Influxdb-Version: 1.6.7", "");
        using ScriptedServer server = ScriptedServer.Saying($"HTTP/1.1 307 Said\r\nLocation: {other.Address}write\r\nContent-Length: 0\r\n\r\n");
        WriteReply reply = await WriteAsync(new InfluxOptions { Host = server.Address, Credentials = _password });
        Assert.That((reply.Outcome, other.Request), Is.EqualTo((WriteOutcome.Misconfigured, "")));
    }

    [Test]
    public async Task A_refused_connection_is_tried_again()
    {
        WriteReply reply = await WriteAsync(new InfluxOptions { Host = new Uri("http://127.0.0.1:1"), Credentials = _password }, new string('x', 2 * Megabyte));
        Assert.That((reply.Outcome, reply.Reason), Is.EqualTo((WriteOutcome.Unavailable, "Connection refused (127.0.0.1:1)")));
    }

    [TestCase(1_000, WriteOutcome.Unavailable)]
    [TestCase(2 * Megabyte, WriteOutcome.TooLarge)]
    public async Task A_connection_that_is_reset_means_too_large_where_the_body_was(int bytes, WriteOutcome expected)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task resetting = ResetAsync(listener);
        Uri address = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));
        WriteReply reply = await WriteAsync(new InfluxOptions { Host = address, Credentials = _password }, new string('x', bytes));
        await resetting;
        Assert.That((reply.Outcome, reply.Reason.Contains(Secret, StringComparison.Ordinal)), Is.EqualTo((expected, false)));
    }

    [TestCase("", TestName = "A_server_that_says_nothing_runs_into_the_time_out")]
    [TestCase("HTTP/1.1 500 Said\r\nContent-Length: 100\r\n\r\nbegun", TestName = "An_error_that_breaks_off_runs_into_the_time_out")]
    public async Task No_response_in_time_is_tried_again(string head)
    {
        using ScriptedServer server = ScriptedServer.Saying(head);
        WriteReply reply = await WriteAsync(new InfluxOptions { Host = server.Address, Timeout = TimeSpan.FromSeconds(2) });
        await server.HungUp;
        Assert.That((reply.Outcome, reply.Reason), Is.EqualTo((WriteOutcome.Unavailable, "no response in time")));
    }

    [TestCase("")]
    [TestCase("HTTP/1.1 500 Said\r\nContent-Length: 100\r\n\r\nbegun")]
    public async Task Who_cancels_gets_the_cancellation_and_the_connection_is_closed(string head)
    {
        using ScriptedServer server = ScriptedServer.Saying(head);
        using InfluxHttp http = new(new InfluxOptions { Host = server.Address }, TimeProvider.System);
        using CancellationTokenSource stop = new();
        Task<WriteReply> writing = http.WriteAsync("m v=1i 1\n"u8.ToArray(), 0, stop.Token);
        await Eventually.IsTrueAsync(() => server.Request.Length > 0);
        await stop.CancelAsync();
        await Assert.ThatAsync(() => writing, Throws.InstanceOf<OperationCanceledException>());
        await server.HungUp;
    }

    [Test]
    public async Task A_real_server_counts_a_tail_of_line_feeds_as_nothing([Values] bool gzip)
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        StringBuilder lines = new();
        for (int i = 1; i <= 5_000; i++)
        {
            lines.Append(CultureInfo.InvariantCulture, $"m,e=1 n={i}i,text=\"some text that makes the line longer\" {i}\n");
        }

        using InfluxHttp http = new(new InfluxOptions { Host = server.Address, Gzip = gzip }, TimeProvider.System);
        WriteReply reply = await http.WriteAsync(Encoding.UTF8.GetBytes(lines.ToString()), Megabyte, CancellationToken.None);
        Assert.That((reply.Outcome, reply.Reason), Is.EqualTo((WriteOutcome.Stored, "204 ")));
        Assert.That((await server.NumberAsync("SELECT count(n) FROM m", "apm"), await server.NumberAsync("SELECT sum(n) FROM m", "apm")),
            Is.EqualTo((5_000, 5_000 * 5_001 / 2)));
    }

    [Test]
    public async Task A_bad_line_before_a_tail_is_refused_alone()
    {
        await using RealInfluxd server = await RealInfluxd.StartWithDatabaseAsync();
        string lines = string.Concat(Enumerable.Range(1, 2_000)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"m,e=1,tag=some_tag_that_makes_it_longer n={i}i {i}\n")));
        using InfluxHttp http = new(new InfluxOptions { Host = server.Address }, TimeProvider.System);
        WriteReply reply = await http.WriteAsync(Encoding.UTF8.GetBytes(lines + "m n=\n"), Megabyte, CancellationToken.None);
        Assert.That((reply.Outcome, await server.NumberAsync("SELECT count(n) FROM m", "apm")), Is.EqualTo((WriteOutcome.PartlyRefused, 2_000)));
    }

    [TestCase(Secret, WriteOutcome.Stored)]
    [TestCase("wrong", WriteOutcome.Denied)]
    public async Task A_real_server_that_asks_for_names_gets_them(string password, WriteOutcome expected)
    {
        await using RealInfluxd server = await RealInfluxd.StartAsync(new InfluxdSettings { Auth = true });
        await server.QueryAsync($"CREATE DATABASE apm; CREATE USER writer WITH PASSWORD '{Secret}'; GRANT WRITE ON apm TO writer");
        WriteReply reply = await WriteAsync(new InfluxOptions { Host = server.Address, Credentials = new InfluxCredentials("", "writer", password) });
        Assert.That((reply.Outcome, reply.Reason.Contains(password, StringComparison.Ordinal)), Is.EqualTo((expected, false)));
    }

    private static async Task<WriteReply> WriteAsync(InfluxOptions options, string lines = "m v=1i 1\n")
    {
        using InfluxHttp http = new(options, TimeProvider.System);
        return await http.WriteAsync(Encoding.UTF8.GetBytes(lines), 0, CancellationToken.None);
    }

    // Reads the start of a request, and resets.
    private static async Task ResetAsync(TcpListener listener)
    {
        using Socket socket = await listener.AcceptSocketAsync();
        await socket.ReceiveAsync(new byte[512]);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }
}
