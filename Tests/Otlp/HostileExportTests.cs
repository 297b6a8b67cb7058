using System.Net;
using System.Text;
using Google.Protobuf;
using NUnit.Framework;
using TimeSeries.Fuzzing.Otlp.Messages;
using static TimeSeries.Tests.Otlp.Exports;

namespace TimeSeries.Tests.Otlp;

/// <summary>Exports that no exporter sends: each costs no more than its bytes, and its neighbours nothing.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class HostileExportTests
{
    private OtlpServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await OtlpServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    // A group within groups; the last is one deeper than is taken.
    [TestCase(100, HttpStatusCode.OK)]
    [TestCase(101, HttpStatusCode.BadRequest)]
    public async Task Groups_are_passed_over_as_deep_as_100(int depth, HttpStatusCode expected)
    {
        byte[] body = [.. Enumerable.Repeat((byte)0x13, depth), .. Enumerable.Repeat((byte)0x14, depth)];
        using HttpResponseMessage response = await _server.PostAsync("/v1/traces", body);
        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task Values_nested_5000_deep_are_passed_over_in_protobuf_and_refused_in_JSON()
    {
        AnyValue value = new() { IntValue = 1 };
        for (int i = 0; i < 5_000; i++)
        {
            value = new AnyValue { ArrayValue = new ArrayValue { Values = { value } }.ToByteString() };
        }

        ExportResponse taken = await _server.ExportAsync(Traces(Span(ServerKind, 1, trace: 50, attributes: [("x", value), ("http.route", value)])));
        Assert.That(taken.PartialSuccess, Is.Null);
        string json = """{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":"""
            + string.Concat(Enumerable.Repeat("""{"arrayValue":{"values":[""", 100)) + string.Concat(Enumerable.Repeat("]}}", 100)) + "}]}}]}";
        using HttpResponseMessage refused = await _server.PostAsync("/v1/traces", Encoding.UTF8.GetBytes(json), OtlpServer.Json);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task A_million_spans_of_two_bytes_are_rejected_in_one_pass()
    {
        const int Spans = 1_000_000;
        byte[] spans = new byte[2 * Spans];
        for (int i = 0; i < spans.Length; i += 2)
        {
            spans[i] = 0x12;
        }

        TraceExport export = new() { ResourceSpans = { new ResourceSpans { ScopeSpans = { ScopeSpans.Parser.ParseFrom(spans) } } } };
        ExportResponse response = await _server.ExportAsync(export);
        Assert.That(response.PartialSuccess.Rejected, Is.EqualTo(Spans));
        Assert.That(response.PartialSuccess.ErrorMessage,
            Is.EqualTo("1000000 spans rejected: 1000000 × invalid trace id; first: resourceSpans[0].scopeSpans[0].spans[0]"));
    }

    [Test]
    public async Task Huge_keys_and_values_and_many_attributes_cost_their_bytes_only()
    {
        string huge = new('x', 1 << 20);
        IEnumerable<(string, object)> many = Enumerable.Range(0, 100_000).Select(i => ($"k{i}", (object)"v"));
        Span span = Span(ServerKind, 1, trace: 51, name: huge, attributes: [(huge, "v"), ("user.id", huge), .. many]);
        await _server.ExportAsync(Traces(span));
        string service = (await _server.SamplesAsync("transaction")).Single(sample => sample.GetProperty("txid").GetString() == $"{51:x32}")
            .GetProperty("service").GetString()!;
        Assert.That(service, Has.Length.EqualTo(2_048));
    }

    [TestCase(0UL, 5UL, "start time missing")]
    [TestCase(1UL, 1UL, "time too old")]
    [TestCase(1UL, 1UL << 63, "time too far ahead")]
    [TestCase(1UL, ulong.MaxValue, "time too far ahead")]
    [TestCase(Start, 4_000_000_000_000_000_000UL, "time too far ahead")]
    public async Task Times_that_no_sample_has_are_rejected(ulong start, ulong end, string reason)
    {
        Span span = Span(ServerKind, 1);
        (span.StartTimeUnixNano, span.EndTimeUnixNano) = (start, end);
        ExportResponse response = await _server.ExportAsync(Traces(span));
        Assert.That(response.PartialSuccess.ErrorMessage, Does.StartWith($"1 span rejected: 1 × {reason};"));
    }

    [Test]
    public async Task A_text_that_is_not_UTF_8_costs_its_span_with_its_exceptions_and_no_other()
    {
        byte[] wrong = [0x61, 0xFF, 0x62];
        Span bad = Span(ServerKind, 1, trace: 60, attributes: [("user.id", wrong)]);
        bad.Events.Add(Exception("E60", "m"));
        Span badEvent = Span(ServerKind, 1, trace: 61);
        badEvent.Events.Add(new Event { Name = ByteString.CopyFromUtf8("exception"), Attributes = { All([("exception.type", wrong)]) } });
        Span unused = Span(ServerKind, 1, trace: 62, attributes: [("not.read", wrong)]);
        Span nul = Span(ServerKind, 1, trace: 63, name: "a\0b");
        ExportResponse response = await _server.ExportAsync(Traces(bad, badEvent, unused, nul));
        Assert.That(response.PartialSuccess.Rejected, Is.EqualTo(2));
        Assert.That(response.PartialSuccess.ErrorMessage, Does.Contain("2 × invalid UTF-8"));
        string?[] txids = [.. (await _server.SamplesAsync("transaction")).Select(sample => sample.GetProperty("txid").GetString())];
        Assert.That(txids, Does.Contain($"{62:x32}").And.Contain($"{63:x32}").And.Not.Contain($"{60:x32}").And.Not.Contain($"{61:x32}"));
        Assert.That((await _server.SamplesAsync("exception")).Select(sample => sample.GetProperty("class").GetString()), Does.Not.Contain("E60"));
    }

    [Test]
    public async Task Lone_surrogates_in_JSON_are_refused_and_ids_that_are_not_hexadecimal_rejected()
    {
        using HttpResponseMessage refused = await PostJsonAsync("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"\ud800"}]}]}]}""");
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        using HttpResponseMessage rejected = await PostJsonAsync(
            """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"xyz","spanId":"00f067aa0ba902b7"}]}]}]}""");
        Assert.That(rejected.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await rejected.Content.ReadAsStringAsync(),
            Does.StartWith("""{"partialSuccess":{"rejectedSpans":"1","errorMessage":"1 span rejected: 1 """));
    }

    [TestCase("[]")]
    [TestCase("{")]
    [TestCase("{} {}")]
    [TestCase("{\"resourceSpans\":{}}")]
    [TestCase("{\"resourceSpans\":[null]}")]
    [TestCase("{\"resourceSpans\":[{}],}")]
    [TestCase("// no\n{}")]
    [TestCase("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"-1"}]}]}]}""")]
    [TestCase("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":1.5}]}]}]}""")]
    public async Task JSON_that_is_no_export_is_refused(string json)
    {
        using HttpResponseMessage response = await PostJsonAsync(json);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.StartWith("""{"code":3,"message":"""));
    }

    [Test]
    public async Task Of_a_key_that_stands_twice_in_JSON_the_last_wins()
    {
        using HttpResponseMessage response = await PostJsonAsync(
            """
            {"resourceSpans":[{"scopeSpans":[]}],"resourceSpans":[
            {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"old"}},{"key":"host.name","value":{"stringValue":"gone"}}]},
            "resource":{"attributes":[{"key":"service.name","value":{"intValue":"1","stringValue":"twice"}}]},
            "scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000046","spanId":"00f067aa0ba902b7","name":"first","kind":1,"kind":"SPAN_KIND_SERVER",
            "status":{"code":2,"message":"m"},"status":{},"name":"last","startTimeUnixNano":1767225600000e6,"endTimeUnixNano":"1767225600001000000"}]}]}]}
            """);
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("{}"));
        System.Text.Json.JsonElement sample = (await _server.SamplesAsync("transaction")).Single(row => row.GetProperty("txid").GetString() == $"{70:x32}");
        Assert.That((sample.GetProperty("oname").GetString(), sample.GetProperty("service").GetString(), sample.GetProperty("error").GetBoolean(),
            sample.GetProperty("elapsed").GetDouble()), Is.EqualTo(("twice", "last", false, 1.0)));
    }

    [Test]
    public async Task Points_that_are_no_counts_are_rejected_or_unmapped_and_the_preferred_metric_counts()
    {
        NumberPoint[] points =
        [
            new() { TimeUnixNano = Start, AsDouble = double.NaN }, new() { TimeUnixNano = Start, AsInt = -1 },
            new() { TimeUnixNano = Start, AsInt = 7, Flags = 1 }, new() { TimeUnixNano = Start, AsDouble = 2.5 },
        ];
        Metric preferred = Named("process.thread.count", new NumberData { DataPoints = { points } });
        Metric second = Named("jvm.thread.count", new NumberData { DataPoints = { new NumberPoint { TimeUnixNano = Start, AsInt = 99 } } });
        Metric histogram = new() { Name = ByteString.CopyFromUtf8("process.threads"), Histogram = new OtherData { DataPoints = { ByteString.Empty } } };
        ExportResponse response = await _server.ExportAsync(Metrics(second, preferred, histogram));
        Assert.That(response.PartialSuccess.ErrorMessage, Is.EqualTo(
            "2 data points rejected: 1 × negative value, 1 × not a number; first: resourceMetrics[0].scopeMetrics[0].metrics[1].dataPoints[0]"));
        Assert.That((await _server.SamplesAsync("thread")).Single().GetProperty("count").GetDouble(), Is.EqualTo(2.5));
        foreach ((string reason, int count) in new[] { ("metric_second", 1), ("metric_type", 1), ("no_value", 1), ("negative", 1), ("not_a_number", 1) })
        {
            Assert.That(await _server.MetricAsync("timeseries_otlp_items_total", $"reason=\"{reason}\""), Is.EqualTo(count), reason);
        }
    }

    // .NET itself counts the threads of its pool in a sum that it calls monotonic.
    [TestCase(2, true, true)]
    [TestCase(2, false, true)]
    [TestCase(0, true, true)]
    [TestCase(1, true, false)]
    [TestCase(1, false, false)]
    public async Task A_sum_counts_threads_whether_called_monotonic_or_not_but_no_differences(int temporality, bool isMonotonic, bool expected)
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        NumberData sum = new() { AggregationTemporality = temporality, IsMonotonic = isMonotonic };
        sum.DataPoints.Add(new NumberPoint { TimeUnixNano = Start, AsInt = 7 });
        await server.ExportAsync(Metrics(new Metric { Name = ByteString.CopyFromUtf8("dotnet.thread_pool.thread.count"), Sum = sum }));
        Assert.That((await server.SamplesAsync("thread")).Select(row => row.GetProperty("count").GetInt32()), expected ? Is.EqualTo((int[])[7]) : Is.Empty);
        Assert.That(await server.MetricAsync("timeseries_otlp_items_total", "reason=\"metric_delta\""), Is.EqualTo(expected ? 0 : 1));
    }

    private static Metric Named(string name, NumberData gauge) => new() { Name = ByteString.CopyFromUtf8(name), Gauge = gauge };

    private Task<HttpResponseMessage> PostJsonAsync(string json) => _server.PostAsync("/v1/traces", Encoding.UTF8.GetBytes(json), OtlpServer.Json);
}
