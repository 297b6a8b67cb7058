using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Tests.Support.Influx;

namespace TimeSeries.Tests.Influx.Reading;

/// <summary>What is no whole response is an error that says which, and never a smaller number.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ReadFailureTests
{
    private const string Row = """{"results":[{"statement_id":0,"series":[{"name":"thread","columns":["time","n","count"],"values":[[1000000,1,5]]}]}]}""";
    private const string PartialRow =
        """{"results":[{"statement_id":0,"series":[{"name":"thread","columns":["time","n","count"],"values":[[1000000,1,5]]"""
        + ""","partial":true}],"partial":true}]}""";

    private static readonly SampleQuery _query = new()
    {
        Pcode = 1,
        Kind = Kind.Thread,
        Range = new TimeRange(0, 60_000),
        Measures = [new Measure(MeasureKind.Sum, SampleSchema.Of(Kind.Thread).Ordinal("count"))],
        UseRollups = false,
    };

    private static readonly object[] _responses =
    [
        new object[] { 200, PartialRow, InfluxQueryFailure.Partial },
        new object[] { 200, Row + "\n" + PartialRow, InfluxQueryFailure.Partial },
        new object[] { 200, """{"results":[{"statement_id":0,"series":[{"name":"thread","columns":["time","n"],"values":[[1,1]],"partial":true}]}]}""",
            InfluxQueryFailure.Partial },
        new object[] { 200, "", InfluxQueryFailure.Partial },
        new object[] { 200, """{"results":[{"statement_id":0,"error":"database not found: nodb"}]}""", InfluxQueryFailure.Statement },
        new object[] { 200, PartialRow + "\n" + """{"results":[{"statement_id":0,"error":"timeout"}]}""", InfluxQueryFailure.Statement },
        new object[] { 200, """{"error":"engine: cursor failed"}""", InfluxQueryFailure.Statement },
        new object[] { 200, Row[..60], InfluxQueryFailure.Malformed },
        new object[] { 200, "[1,2]", InfluxQueryFailure.Malformed },
        new object[] { 200, "{}", InfluxQueryFailure.Malformed },
        new object[] { 200, Row + "\n{}", InfluxQueryFailure.Malformed },
        new object[] { 200, """{"results":[]}""", InfluxQueryFailure.Malformed },
        new object[] { 200, """{"results":{}}""", InfluxQueryFailure.Malformed },
        new object[] { 200, """{"status":{"a":[{"b":[]}]}}""", InfluxQueryFailure.Malformed },
        new object[] { 200, """{"error":"\ud800"}""", InfluxQueryFailure.Malformed },
        new object[] { 200, Row.Replace("[1000000,1,5]", "[1000000,1]", StringComparison.Ordinal), InfluxQueryFailure.Malformed },
        new object[] { 204, "", InfluxQueryFailure.Malformed },
        new object[] { 302, "", InfluxQueryFailure.Malformed },
        new object[] { 400, """{"error":"error parsing query"}""", InfluxQueryFailure.Refused },
        new object[] { 401, "{}", InfluxQueryFailure.Unauthorized },
        new object[] { 403, "{}", InfluxQueryFailure.Unauthorized },
        new object[] { 404, "{}", InfluxQueryFailure.NotFound },
        new object[] { 408, "", InfluxQueryFailure.Busy },
        new object[] { 429, "", InfluxQueryFailure.Busy },
        new object[] { 503, "", InfluxQueryFailure.Busy },
        new object[] { 500, "", InfluxQueryFailure.ServerError },
    ];

    [TestCaseSource(nameof(_responses))]
    public async Task What_is_no_whole_response_is_an_error_by_name(int status, string body, InfluxQueryFailure expected)
    {
        using ScriptedServer server = ScriptedServer.Of(status, body);
        Assert.That((await FailureOfAsync(server)).Failure, Is.EqualTo(expected));
    }

    [Test]
    public async Task A_response_in_several_objects_is_taken_whole()
    {
        using ScriptedServer server = ScriptedServer.Of(200, PartialRow + "\n" + PartialRow + "\n" + Row + "\n");
        using InfluxReader reader = Reader(server);
        QueryResult result = await reader.QueryAsync(_query, CancellationToken.None);
        Assert.That(result.Sum(0, 0), Is.EqualTo((Int128)15));
    }

    [TestCase("5.5")]
    [TestCase("99999999999999999999")]
    [TestCase("\"text\"")]
    [TestCase("null")]
    public async Task A_value_of_another_type_is_none_and_costs_no_other(string value)
    {
        string rows = $"[1000000,1,5],[2000000,2,{value}],[3000000,3,7]";
        using ScriptedServer server = ScriptedServer.Of(200, Row.Replace("[1000000,1,5]", rows, StringComparison.Ordinal));
        using InfluxReader reader = Reader(server);
        QueryResult result = await reader.QueryAsync(_query, CancellationToken.None);
        Assert.That(result.Sum(0, 0), Is.EqualTo((Int128)12));
    }

    [Test]
    public async Task A_path_in_the_address_stands_before_that_of_queries()
    {
        using ScriptedServer server = ScriptedServer.Of(200, Row);
        using InfluxReader reader = new(ReadSetup.Options(new Uri(server.Address, "/proxy/influx")), _ => null, TimeProvider.System);
        await reader.QueryAsync(_query, CancellationToken.None);
        Assert.That(server.Request, Does.StartWith("POST /proxy/influx/query HTTP/1.1\r\n"));
    }

    [Test]
    public async Task Responses_are_not_asked_for_compressed()
    {
        using ScriptedServer server = ScriptedServer.Of(200, Row);
        using InfluxReader reader = Reader(server);
        await reader.QueryAsync(_query, CancellationToken.None);
        Assert.That(server.Request, Does.Not.Contain("Accept-Encoding").IgnoreCase);
    }

    [Test]
    public async Task A_page_of_another_server_is_no_response()
    {
        using ScriptedServer server = ScriptedServer.Of(200, Row, "text/html");
        Assert.That((await FailureOfAsync(server)).Failure, Is.EqualTo(InfluxQueryFailure.Malformed));
    }

    [Test]
    public async Task A_connection_that_breaks_within_a_response_is_an_error()
    {
        using ScriptedServer server = ScriptedServer.BreakingOff(PartialRow);
        Assert.That((await FailureOfAsync(server)).Failure, Is.EqualTo(InfluxQueryFailure.Unreachable));
    }

    [Test]
    public async Task A_server_that_falls_silent_is_a_time_out_and_its_connection_is_dropped()
    {
        using ScriptedServer server = ScriptedServer.Silent(PartialRow);
        InfluxQueryException failure = await FailureOfAsync(server);
        Assert.That((failure.Failure, server.HungUp.Wait(TimeSpan.FromSeconds(10))), Is.EqualTo((InfluxQueryFailure.TimedOut, true)));
    }

    [Test]
    public async Task A_server_that_is_not_there_is_unreachable()
    {
        ScriptedServer gone = ScriptedServer.Of(200, Row);
        using InfluxReader reader = Reader(gone);
        gone.Dispose();
        InfluxQueryException failure = (await Assert.ThrowsAsync<InfluxQueryException>(async () => await reader.QueryAsync(_query, CancellationToken.None)))!;
        Assert.That(failure.Failure, Is.EqualTo(InfluxQueryFailure.Unreachable));
    }

    [Test]
    public async Task Who_leaves_drops_the_connection()
    {
        using ScriptedServer server = ScriptedServer.Silent(PartialRow);
        using InfluxReader reader = new(Options(server, TimeSpan.FromMinutes(1)), _ => null, TimeProvider.System);
        using CancellationTokenSource leave = new();
        Task reading = reader.QueryAsync(_query, leave.Token).AsTask();
        leave.CancelAfter(TimeSpan.FromMilliseconds(200));
        Assert.That(async () => await reading, Throws.InstanceOf<OperationCanceledException>());
        await server.HungUp.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task More_rows_than_a_query_may_read_are_its_limit_s_error()
    {
        using ScriptedServer server = ScriptedServer.Of(200, PartialRow + PartialRow + Row);
        using InfluxReader reader = Reader(server);
        QueryLimitException limit = (await Assert.ThrowsAsync<QueryLimitException>(
            async () => await reader.QueryAsync(_query with { MaxRows = 2 }, CancellationToken.None)))!;
        Assert.That(limit.Option, Is.EqualTo("Query:MaxRows"));
    }

    [Test]
    public async Task A_request_asks_for_exactly_json_and_only_for_what_the_query_needs()
    {
        using ScriptedServer server = ScriptedServer.Of(200, Row);
        using InfluxReader reader = Reader(server);
        await reader.QueryAsync(_query, CancellationToken.None);
        string[] lines = server.Request.Split("\r\n");
        string statement = Uri.UnescapeDataString(lines[^1].Replace('+', ' '));
        Assert.Multiple(() =>
        {
            Assert.That(lines[0], Is.EqualTo("POST /query HTTP/1.1"));
            Assert.That(lines, Has.Some.EqualTo("Accept: application/json"));
            Assert.That(statement, Does.Contain(
                """q=SELECT "n","count" FROM "thread" WHERE "pcode" = $p0 AND time >= 0 AND time < 60000000000&params={"p0":"1"}"""));
        });
    }

    private static async Task<InfluxQueryException> FailureOfAsync(ScriptedServer server)
    {
        using InfluxReader reader = Reader(server);
        return (await Assert.ThrowsAsync<InfluxQueryException>(async () => await reader.QueryAsync(_query, CancellationToken.None)))!;
    }

    private static InfluxReader Reader(ScriptedServer server) => new(Options(server, TimeSpan.FromSeconds(2)), _ => null, TimeProvider.System);

    private static InfluxOptions Options(ScriptedServer server, TimeSpan timeout) => new() { Host = server.Address, Database = "apm", Timeout = timeout };
}
