using NUnit.Framework;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Startup;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Influx;

/// <summary>Whatever a server, or a proxy before it, responds is an outcome. None of it throws, which would end a loop of the host.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class OddResponseTests
{
    private const string Page = "<html><body>Bad gateway</body></html>";
    private const string Version = "X-Influxdb-Version: 1.6.7\r\n";

    // A status with headers, and a body.
    private static readonly object[] _responses =
    [
        new object[] { "502 Bad\r\nContent-Type: text/html; charset=utf8", Page },
        new object[] { "503 Away\r\nContent-Type: text/html; charset=euc-kr", Page },
        new object[] { "502 Bad\r\nContent-Type: text/html; charset=windows-1252", Page },
        new object[] { "502 Bad\r\nContent-Type: text/html; charset=\"\"", Page },
        new object[] { "502 Bad\r\nContent-Type: ;;;", Page },
        new object[] { "502 Bad\r\nContent-Encoding: gzip\r\nContent-Type: text/html", Page },
        new object[] { "502 Bad\r\nContent-Encoding: br\r\nContent-Type: text/html", Page },
        new object[] { "200 OK\r\nContent-Encoding: gzip\r\nContent-Type: application/json", """{"results":[{}]}""" },
        new object[] { "200 OK\r\nContent-Type: text/html", Page },
        new object[] { "200 OK\r\nContent-Type: application/json", "" },
        new object[] { "200 OK\r\nContent-Type: application/json", "{}" },
        new object[] { "200 OK\r\nContent-Type: application/json; charset=utf8", "{}" },
        new object[] { "200 OK\r\nContent-Type: application/json", "null" },
        new object[] { "200 OK\r\nContent-Type: application/json", "[]" },
        new object[] { "200 OK\r\nContent-Type: application/json", "[1,2]" },
        new object[] { "200 OK\r\nContent-Type: application/json", """{"error":"timeout"}""" },
        new object[] { "200 OK\r\nContent-Type: application/json", """{"error":7}""" },
        new object[] { "200 OK\r\nContent-Type: application/json", """{"error":"\ud800"}""" },
        new object[] { "400 Bad\r\nContent-Type: application/json", """{"error":"\ud800"}""" },
        new object[] { "200 OK\r\nContent-Type: application/json", """{"results":[]}""" },
        new object[] { "200 OK\r\nContent-Type: application/json", """{"results":{}}""" },
        new object[] { "200 OK\r\nContent-Type: application/json", """{"results":[{"series":[]}]}""" },
        new object[] { "200 OK\r\nContent-Type: application/json", """{"results":[{"series":[{"columns":["name"],"values":[[]]}]}]}""" },
        new object[] { "200 OK\r\nContent-Type: application/json", """{"results":[{"series":[{"values":[["autogen","1h","2","x"]]}]}]}""" },
        new object[] { "200 OK\r\nContent-Type: application/json", """{"results":[{"series":[{"values":[["autogen",1,true]]}]}]}""" },
        new object[] { "200 OK\r\nContent-Type: application/json", """{"results":[{"series":[{"values":[["autogen","99999999999999999999h",true]]}]}]}""" },
        new object[] { "200 OK\r\nContent-Type: application/json", """{"results":[{"series":[{"values":[["autogen","9000000000000000000h",true]]}]}]}""" },
        new object[] { "206 Part\r\nContent-Type: application/json", "{}" },
        new object[] { "299 Odd", "" },
        new object[] { "999 Odd", "" },
        new object[] { "400 Bad\r\nContent-Type: text/html; charset=utf8", Page },
        new object[] { "429 Slow\r\nRetry-After: 99999999999999999999999999999999999", "" },
        new object[] { "429 Slow\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT", "" },
        new object[] { "302 Found\r\nLocation: ::", "" },
        new object[] { "101 Switching", "" },
        new object[] { "100 Continue", "" },
        new object[] { "nonsense", Page },
    ];

    [TestCaseSource(nameof(_responses))]
    public async Task A_write_has_an_outcome(string head, string body)
    {
        using ScriptedServer server = ScriptedServer.Of(head, body);
        using InfluxHttp http = new(Options(server), TimeProvider.System);
        Assert.That((await http.WriteAsync("m v=1i 1\n"u8.ToArray(), 0, CancellationToken.None)).Outcome, Is.Not.EqualTo(WriteOutcome.Stored));
    }

    [TestCaseSource(nameof(_responses))]
    public async Task The_creation_of_a_database_has_an_outcome(string head, string body)
    {
        using ScriptedServer server = ScriptedServer.Of(head, body);
        using InfluxHttp http = new(Options(server), TimeProvider.System);
        string? fault = await http.CreateDatabaseAsync(CancellationToken.None);
        bool isResult = head.StartsWith("200", StringComparison.Ordinal) && body.StartsWith("{\"results\":[{\"", StringComparison.Ordinal);
        Assert.That(fault is null, Is.EqualTo(isResult), fault);
    }

    [TestCaseSource(nameof(_responses))]
    public async Task A_check_has_an_outcome(string head, string body)
    {
        using ScriptedServer server = ScriptedServer.Of(head, body);
        ProbeResult result = await CheckAsync(server);
        Assert.That(result.Unreachable ?? result.Faults.FirstOrDefault(), Is.Not.Null);
    }

    // As of an InfluxDB whose ping a proxy lets through.
    [TestCaseSource(nameof(_responses))]
    public async Task A_check_of_what_says_that_it_is_InfluxDB_has_an_outcome(string head, string body)
    {
        int end = head.IndexOf("\r\n", StringComparison.Ordinal);
        string marked = end < 0 ? $"{head}\r\n{Version.TrimEnd()}" : $"{head[..end]}\r\n{Version}{head[(end + 2)..]}";
        using ScriptedServer server = ScriptedServer.Of(marked, body);
        Assert.That(await CheckAsync(server), Is.Not.Null);
    }

    private static Task<ProbeResult> CheckAsync(ScriptedServer server) =>
        new InfluxProbe(Options(server), InfluxRoles.Writer | InfluxRoles.Reader, TimeSpan.FromDays(1), TimeProvider.System).RunAsync(CancellationToken.None);

    private static InfluxOptions Options(ScriptedServer server) =>
        new() { Host = server.Address, Database = "apm", CreateDatabase = false, Timeout = TimeSpan.FromSeconds(2) };
}
