using System.Net;
using System.Text;
using System.Text.Json;
using NUnit.Framework;

namespace TimeSeries.Tests.Ingest;

/// <summary>What a refused push is told, so that whoever wrote it finds the mistake.</summary>
public sealed class MisspelledPushTests
{
    private IngestTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await IngestTestHost.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase("{\"transactions\":[{\"time\":1}]}", "transactions", "transaction")]
    [TestCase("{\"agnet\":{},\"event\":[]}", "agnet", "agent")]
    [TestCase("{\"agent\":{\"oname\":\"a\",\"onme\":\"b\"},\"thread\":[]}", "agent.onme", "agent.oname")]
    [TestCase("{\"agent\":{\"oname\":\"a\"},\"transaction\":[{\"Time\":1,\"service\":\"/x\",\"elapsed\":1}]}", "transaction.Time", "transaction.time")]
    [TestCase("{\"agent\":{\"oname\":\"a\"},\"sql\":{\"time\":[1],\"sql\":[\"x\"],\"elapsd\":[1]}}", "sql.elapsd", "sql.elapsed")]
    [TestCase("{\"agent\":{\"oname\":\"a\"},\"httpc\":{\"fields\":[\"tyme\"],\"rows\":[[1]]}}", "httpc.tyme", "httpc.time")]
    [TestCase("{\"agent\":{\"oname\":1},\"threads\":[]}", "threads", "thread")]
    public async Task A_refused_push_names_what_is_unknown_and_what_is_nearest(string body, string name, string nearest)
    {
        JsonElement problem = await IngestTestHost.ReadAsync(await _host.PushAsync(body), HttpStatusCode.BadRequest);

        Assert.That(problem.GetProperty("unknown").EnumerateArray().Select(entry => entry.GetString()), Does.Contain(name));
        Assert.That(problem.GetProperty("nearest").GetProperty(name).GetString(), Is.EqualTo(nearest));
    }

    [TestCase("transaction", "\"time\":1,\"service\":\"/x\",\"elapsed\":1")]
    [TestCase("thread", "\"time\":1,\"count\":5")]
    [TestCase("alert", "\"time\":1,\"severity\":\"Info\",\"source\":\"s\",\"title\":\"t\",\"labels\":{\"a\":\"b\"}")]
    public async Task One_sample_in_no_array_is_told(string kind, string fields)
    {
        JsonElement problem = await IngestTestHost.ReadAsync(
            await _host.PushAsync($"{{\"agent\":{{\"oname\":\"a\"}},\"{kind}\":{{{fields}}}}}"), HttpStatusCode.BadRequest);

        Assert.That((problem.GetProperty("detail").GetString(), problem.GetProperty("field").GetString()),
            Is.EqualTo(($"{kind} must be an array of samples; found one alone.", kind)));
    }

    [TestCase("5")]
    [TestCase("\"x\"")]
    [TestCase("true")]
    public async Task What_is_no_samples_at_all_is_told(string value)
    {
        JsonElement problem = await IngestTestHost.ReadAsync(await _host.PushAsync($"{{\"sql\":{value}}}"), HttpStatusCode.BadRequest);

        Assert.That(problem.GetProperty("detail").GetString(), Does.StartWith("sql must be an array of samples"));
    }

    [TestCase("{\"a\":]}", "The body is not JSON: ']' is an invalid start of a value.")]
    [TestCase("{\"a\":1", "The body is not JSON: ")]
    [TestCase("x", "The body is not JSON: 'x' is an invalid start of a value.")]
    public async Task Bad_JSON_is_told_with_what_was_found(string body, string detail)
    {
        JsonElement problem = await IngestTestHost.ReadAsync(await _host.PushAsync(body), HttpStatusCode.BadRequest);

        Assert.That(problem.GetProperty("detail").GetString(), Does.StartWith(detail));
    }

    [TestCase("[", "]")]
    [TestCase("{\"a\":", "}")]
    [TestCase("[1 ,", "]")]
    public async Task Nesting_that_is_too_deep_is_no_bad_JSON(string open, string close)
    {
        string value = string.Concat(Enumerable.Repeat(open, 40)) + "1" + string.Concat(Enumerable.Repeat(close, 40));
        JsonElement problem = await IngestTestHost.ReadAsync(await _host.PushAsync($"{{\"x\":{value}}}"), HttpStatusCode.BadRequest);

        Assert.That(problem.GetProperty("detail").GetString(), Is.EqualTo("The body is nested deeper than 32 levels."));
    }

    [TestCase("application/json")]
    [TestCase("application/msgpack")]
    public async Task A_gzip_body_without_its_header_is_recognised(string contentType)
    {
        byte[] body = PushStatusTests.Compress(Encoding.UTF8.GetBytes(_host.Batch()), "gzip");
        JsonElement problem = await IngestTestHost.ReadAsync(await _host.PushAsync(body, contentType), HttpStatusCode.BadRequest);

        Assert.That(problem.GetProperty("detail").GetString(), Does.Contain("Content-Encoding: gzip"));
    }
}
