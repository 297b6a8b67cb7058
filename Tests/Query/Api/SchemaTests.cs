using System.Net;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Query.Api;

/// <summary><c>/api/v1/schema</c>, against the tables of the ingest contract.</summary>
public sealed class SchemaTests
{
    private JsonElement _kinds;

    [OneTimeSetUp]
    public async Task ReadAsync()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        using HttpResponseMessage response = await host.OwnAsync("/api/v1/schema");
        _kinds = (await QueryTestHost.ReadAsync(response, HttpStatusCode.OK)).GetProperty("kinds");
    }

    [Test]
    public void All_seven_kinds_are_told() => Assert.That(
        _kinds.EnumerateArray().Select(kind => kind.GetProperty("name").GetString()),
        Is.EqualTo(new[] { "transaction", "sql", "httpc", "exception", "thread", "alert", "event" }));

    [TestCase("transaction", "time service elapsed")]
    [TestCase("sql", "time sql elapsed")]
    [TestCase("httpc", "time url elapsed")]
    [TestCase("exception", "time class")]
    [TestCase("thread", "time count")]
    [TestCase("alert", "time severity source title")]
    [TestCase("event", "time level type message")]
    public void Required_fields_are_those_of_the_ingest_contract(string kind, string expected) => Assert.That(
        Kind(kind).GetProperty("fields").EnumerateArray()
            .Where(field => field.GetProperty("required").GetBoolean())
            .Select(field => field.GetProperty("name").GetString()),
        Is.EqualTo(expected.Split(' ')));

    [TestCase("transaction", "time", """{"name":"time","type":"time","unit":"ms","required":true,"from":"sample","digits":13}""")]
    [TestCase("transaction", "onode", """{"name":"onode","type":"string","unit":"","required":false,"from":"agent","max_bytes":1024,"over_limit":"reject"}""")]
    [TestCase("transaction", "elapsed",
        """{"name":"elapsed","type":"duration","unit":"ms","required":true,"from":"sample","minimum":0,"maximum":1000000000000}""")]
    [TestCase("transaction", "malloc",
        """{"name":"malloc","type":"integer","unit":"By","required":false,"from":"sample","minimum":0,"maximum":9007199254740992}""")]
    [TestCase("transaction", "error", """{"name":"error","type":"boolean","unit":"","required":false,"from":"sample"}""")]
    [TestCase("transaction", "user_agent",
        """{"name":"user_agent","type":"string","unit":"","required":false,"from":"sample","max_bytes":1024,"over_limit":"cut"}""")]
    [TestCase("sql", "sql", """{"name":"sql","type":"string","unit":"","required":true,"from":"sample","max_bytes":32768,"over_limit":"reject"}""")]
    [TestCase("thread", "count", """{"name":"count","type":"number","unit":"1","required":true,"from":"sample","minimum":0,"maximum":9000000000}""")]
    [TestCase("alert", "severity",
        """{"name":"severity","type":"string","unit":"","required":true,"from":"sample","allowed":["Info","Warning","Critical"],"any_case":true}""")]
    [TestCase("alert", "id", """{"name":"id","type":"string","unit":"","required":false,"from":"sample","format":"guid"}""")]
    [TestCase("alert", "labels",
        """{"name":"labels","type":"map","unit":"","required":false,"from":"sample","max_bytes":1024,"over_limit":"reject","max_entries":64}""")]
    public void A_field_tells_type_unit_and_limits(string kind, string field, string expected) => Assert.That(
        Kind(kind).GetProperty("fields").EnumerateArray().Single(told => told.GetProperty("name").GetString() == field).GetRawText(),
        Is.EqualTo(expected));

    private JsonElement Kind(string name) => _kinds.EnumerateArray().Single(kind => kind.GetProperty("name").GetString() == name);
}
