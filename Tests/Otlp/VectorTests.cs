using System.Net;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Ingest.Protocols.Otlp.Transport;

namespace TimeSeries.Tests.Otlp;

/// <summary>The test vectors of the receiver's contract, sent over HTTP and read back over the API.</summary>
internal sealed class VectorTests
{
    private const string Txid = "0102030405060708090a0b0c0d0e0f10";
    private const string Job = """{"time":1767225600000,"service":"job","elapsed":12.5,"txid":"0102030405060708090a0b0c0d0e0f10","error":false}""";

    private OtlpServer _server = null!;

    [SetUp]
    public async Task StartAsync() => _server = await OtlpServer.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [TestCase("")]
    [TestCase("0a00")]
    [TestCase("0a021200")]
    [TestCase("1314")]
    [TestCase("1001")]
    [TestCase("0801")]
    public async Task T0_what_holds_no_span_is_taken_and_nothing_stored(string body)
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/traces", Convert.FromHexString(body));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await response.Content.ReadAsByteArrayAsync(), Is.Empty);
        Assert.That(await _server.SamplesAsync("transaction"), Is.Empty);
    }

    [TestCase("0a")]
    [TestCase("0a050a")]
    [TestCase("0affffffff07")]
    [TestCase("0affffffffffffffffff01")]
    [TestCase("10ffffffffffffffffffff01")]
    [TestCase("0000")]
    [TestCase("0f")]
    [TestCase("0e")]
    [TestCase("0c")]
    [TestCase("13")]
    [TestCase("131c")]
    public async Task T0_what_is_malformed_is_refused(string body)
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/traces", Convert.FromHexString(body));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        RpcStatus status = RpcStatus.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync());
        Assert.That((status.Code, status.Message), Is.EqualTo((3, status.Message)));
        Assert.That(status.Message, Does.Match(@" at byte \d+$"));
    }

    [TestCase(Vectors.T1)]
    [TestCase(Vectors.T2)]
    public async Task T1_T2_a_root_span_of_a_server_is_a_transaction(string vector)
    {
        await ExportAsync("/v1/traces", vector);
        await CheckAsync("transaction", Job);
        Assert.That((await _server.SamplesAsync("transaction")).Single().GetProperty("sql_count").GetInt32(), Is.Zero);
    }

    [Test]
    public async Task T1_T2_other_bytes_are_no_resend_and_equal_ones_are()
    {
        await ExportAsync("/v1/traces", Vectors.T1);
        await ExportAsync("/v1/traces", Vectors.T2);
        await ExportAsync("/v1/traces", Vectors.T1);
        Assert.That(await _server.SamplesAsync("transaction"), Has.Length.EqualTo(2));
        Assert.That(await _server.MetricAsync("timeseries_otlp_items_total", "outcome=\"duplicate\""), Is.EqualTo(1));
    }

    [Test]
    public async Task T3_older_names_of_attributes()
    {
        await ExportAsync("/v1/traces", Vectors.T3);
        await CheckAsync("sql",
            """{"time":1767225599997,"sql":"SELECT * FROM cart WHERE id = #","elapsed":7.25,"db":"postgresql://db1:5432/shop","service":"/cart/{id}"}""");
        await CheckAsync("transaction",
            """
            {"elapsed":12.5,"method":"GET","status":500,"error":true,"error_class":"System.TimeoutException","error_message":"too slow","sql_count":1,
            "sql_time":7.25,"service":"/cart/{id}"}
            """);
        await CheckAsync("exception",
            """{"time":1767225599999,"class":"System.TimeoutException","message":"too slow","service":"/cart/{id}"}""");
    }

    [Test]
    public async Task T4_a_call_that_came_before_is_in_the_sums_of_its_transaction()
    {
        await ExportAsync("/v1/traces", Vectors.T4First);
        Assert.That((await _server.SamplesAsync("sql")).Single().TryGetProperty("service", out _), Is.False);
        await ExportAsync("/v1/traces", Vectors.T4Second);
        await CheckAsync("transaction", """{"sql_count":1,"sql_time":7.25,"httpc_count":0,"status":200,"remote_ip":"10.0.0.9","error":false}""");
        Assert.That(await _server.MetricAsync("timeseries_otlp_join_total", "earlier_request"), Is.EqualTo(1));
    }

    [Test]
    public async Task T5_a_call_of_HTTP()
    {
        await ExportAsync("/v1/traces", Vectors.T5);
        await CheckAsync("httpc",
            """{"time":1767225599996,"url":"/api/pay/{id}","host":"pay","port":8080,"method":"GET","status":503,"error":true,"elapsed":5}""");
    }

    [Test]
    public async Task T6_points_of_one_time_are_one_count_of_threads()
    {
        await ExportAsync("/v1/metrics", Vectors.T6);
        await CheckAsync("thread", """{"time":1767225600000,"oname":"shop-h1","count":42}""");
    }

    [Test]
    public async Task T7_a_log_record_with_an_exception()
    {
        await ExportAsync("/v1/logs", Vectors.T7);
        await CheckAsync("exception",
            """{"time":1767225600000,"class":"java.io.IOException","message":"Broken pipe","txid":"0102030405060708090a0b0c0d0e0f10"}""");
    }

    [Test]
    public async Task T8_a_span_without_end_is_rejected_in_a_partial_success()
    {
        // Without its last field, and with lengths that are 9 less.
        string vector = "0a5d" + Vectors.T1[4..^18].Replace("12371235", "122e122c", StringComparison.Ordinal);
        ExportResponse response = await ExportAsync("/v1/traces", vector);
        Assert.That(response.PartialSuccess.Rejected, Is.EqualTo(1));
        Assert.That(response.PartialSuccess.ErrorMessage,
            Is.EqualTo("1 span rejected: 1 × end time missing; first: resourceSpans[0].scopeSpans[0].spans[0]"));
        Assert.That(await _server.SamplesAsync("transaction"), Is.Empty);

        System.Buffers.ArrayBufferWriter<byte> message = new();
        new PartialSuccess(1, "1 span: end time missing").WriteProto(message);
        Assert.That(Convert.ToHexStringLower(message.WrittenSpan), Is.EqualTo("0a1c0801121831207370616e3a20656e642074696d65206d697373696e67"));
    }

    [Test]
    public async Task T8_a_trace_id_of_zeros_is_rejected_and_an_end_before_the_start_is_a_duration_of_0()
    {
        ExportResponse zeros = await ExportAsync("/v1/traces", Vectors.T1.Replace(Txid, new string('0', 32), StringComparison.Ordinal));
        Assert.That(zeros.PartialSuccess.Rejected, Is.EqualTo(1));
        await ExportAsync("/v1/traces", Vectors.T1.Replace("39e0433bed51728618", "39e803faed51728618", StringComparison.Ordinal));
        await CheckAsync("transaction", """{"elapsed":0,"time":1767225600000}""");
        Assert.That(await _server.MetricAsync("timeseries_otlp_clock_backwards_total"), Is.EqualTo(1));
    }

    [Test]
    public void T9_the_status_of_a_full_queue()
    {
        OtlpStatus status = OtlpStatus.Of(TimeSeries.Ingest.Receive.IngestProblem.QueueFull);
        System.Buffers.ArrayBufferWriter<byte> message = new();
        status.WriteProto(message);
        Assert.That(Convert.ToHexStringLower(message.WrittenSpan), Is.EqualTo(
            "080e120a71756575652066756c6c1a300a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e5265747279496e666f12040a020802"));
        Assert.That((status.HttpStatus, status.RetrySeconds), Is.EqualTo((429, 2)));

        message.Clear();
        new OtlpStatus(GrpcCode.InvalidArgument, "truncated message at byte 40").WriteProto(message);
        Assert.That(Convert.ToHexStringLower(message.WrittenSpan), Is.EqualTo("0803121c7472756e6361746564206d6573736167652061742062797465203430"));
    }

    [Test]
    public async Task T10_JSON_gives_the_same_sample()
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/traces", Encoding.UTF8.GetBytes(Vectors.T10), OtlpServer.Json);
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("{}"));
        await CheckAsync("transaction", Job);
    }

    private async Task<ExportResponse> ExportAsync(string path, string vector)
    {
        using HttpResponseMessage response = await _server.PostAsync(path, Convert.FromHexString(vector));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return ExportResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync());
    }

    // The only sample of a kind has these values, and the agent of all vectors.
    private async Task CheckAsync(string kind, string expected)
    {
        JsonElement sample = (await _server.SamplesAsync(kind)).Single();
        using JsonDocument document = JsonDocument.Parse(expected);
        Assert.Multiple(() =>
        {
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                Assert.That(sample.TryGetProperty(property.Name, out JsonElement found) ? found.ToString() : null, Is.EqualTo(property.Value.ToString()),
                    $"{kind}.{property.Name}");
            }

            Assert.That(sample.GetProperty("oid").GetInt32(), Is.EqualTo(410643673));
            Assert.That((sample.GetProperty("okind").GetString(), sample.GetProperty("onode").GetString()), Is.EqualTo(("shop", "h1")));
        });
    }
}
