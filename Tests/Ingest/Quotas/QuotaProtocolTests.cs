using System.Net;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using MessagePack;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Tests.Otlp;
using TimeSeries.Tests.Support.Hosts;
using static TimeSeries.Tests.Otlp.Exports;

namespace TimeSeries.Tests.Ingest.Quotas;

/// <summary>How each protocol refuses a push over a quota: the first project may push once a second, the second store two samples a day.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class QuotaProtocolTests
{
    private const long Requests = TestProjects.First;
    private const long Samples = TestProjects.Second;
    private const string RequestsMessage = "The project may push once a second (Projects:n:Limits:RequestsPerSecond). Send it again later.";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds((long)(Start / 1_000_000)));
    private OtlpServer _server = null!;
    private int _trace;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await OtlpServer.StartAsync(
            services => services.AddSingleton<TimeProvider>(_clock), "--Projects:0:Limits:RequestsPerSecond=1", "--Projects:1:Limits:SamplesPerDay=2");
        await TakenAsync(Samples);
        await TakenAsync(Samples);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [SetUp]
    public async Task UseUpAsync()
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        await TakenAsync(Requests);
    }

    [TestCase("application/json")]
    [TestCase("application/msgpack")]
    public async Task The_projects_own_format_has_problem_details(string type)
    {
        using HttpResponseMessage requests = await NativeAsync(Requests, type);
        await AssertAsync(requests, 1, "application/problem+json", body => Assert.That(Text(body, "detail"), Is.EqualTo(RequestsMessage)));
        using HttpResponseMessage samples = await NativeAsync(Samples, type);
        await AssertAsync(samples, 3_600, "application/problem+json", body => Assert.That(Text(body, "detail"), Is.EqualTo(SamplesMessage)));
    }

    [TestCase("/write", "error")]
    [TestCase("/api/v2/write", "message")]
    public async Task Line_protocol_has_the_errors_of_its_version(string path, string member)
    {
        using HttpResponseMessage requests = await LineAsync(Requests, path);
        await AssertAsync(requests, 1, "application/json", body => Assert.That(Text(body, member), Is.EqualTo(RequestsMessage)));
        using HttpResponseMessage samples = await LineAsync(Samples, path);
        await AssertAsync(samples, 3_600, "application/json", body =>
        {
            Assert.That(Text(body, member), Is.EqualTo(SamplesMessage));
            string? expected = member == "error" ? null : "too many requests";
            Assert.That(body.TryGetProperty("code", out JsonElement code) ? code.GetString() : null, Is.EqualTo(expected));
        });
    }

    // Exporters drop what they are to hold for more than seconds.
    [TestCase(Requests, 1, RequestsMessage)]
    [TestCase(Samples, 5, SamplesMessage)]
    public async Task OTLP_in_protobuf_has_a_status_with_seconds_that_exporters_wait(long pcode, int seconds, string message)
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/traces", Export().ToByteArray(), token: Bearer(pcode));
        RpcStatus status = RpcStatus.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync());
        Assert.That((response.StatusCode, response.Headers.RetryAfter!.Delta), Is.EqualTo((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(seconds))));
        Assert.That((status.Code, status.Message), Is.EqualTo(((int)StatusCode.Unavailable, message)));
        AssertRetry(status, seconds);
    }

    [Test]
    public async Task OTLP_in_JSON_has_the_same()
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/traces", "{}"u8.ToArray(), OtlpServer.Json, token: Bearer(Requests));
        await AssertAsync(response, 1, "application/json", body =>
        {
            Assert.That((body.GetProperty("code").GetInt32(), Text(body, "message")), Is.EqualTo(((int)StatusCode.Unavailable, RequestsMessage)));
            Assert.That(Text(body.GetProperty("details")[0], "retryDelay"), Is.EqualTo("1s"));
        });
    }

    [TestCase(Requests, 1, RequestsMessage)]
    [TestCase(Samples, 5, SamplesMessage)]
    public async Task OTLP_over_gRPC_is_unavailable_with_RetryInfo(long pcode, int seconds, string message)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(_server.GrpcAddress);
        Method<TraceExport, ExportResponse> method = new(
            MethodType.Unary, "opentelemetry.proto.collector.trace.v1.TraceService", "Export",
            Marshallers.Create(export => export.ToByteArray(), TraceExport.Parser.ParseFrom),
            Marshallers.Create(response => response.ToByteArray(), ExportResponse.Parser.ParseFrom));
        using AsyncUnaryCall<ExportResponse> call = channel.CreateCallInvoker()
            .AsyncUnaryCall(method, null, new CallOptions([new Metadata.Entry("authorization", Bearer(pcode))]), Export());
        RpcException refused = (await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync))!;
        Assert.That((refused.StatusCode, refused.Status.Detail), Is.EqualTo((StatusCode.Unavailable, message)));
        AssertRetry(RpcStatus.Parser.ParseFrom(refused.Trailers.GetValueBytes("grpc-status-details-bin")), seconds);
        Assert.That(await _server.MetricAsync("timeseries_otlp_items_in_flight"), Is.Zero);
    }

    private const string SamplesMessage =
        "The project may store 2 samples a UTC day (Projects:n:Limits:SamplesPerDay) and has 2; the push has 1. Send it again later.";

    private static string Bearer(long pcode) => "Bearer " + TestProjects.TokenOf(pcode);

    private static string? Text(JsonElement body, string member) => body.GetProperty(member).GetString();

    // google.rpc.RetryInfo { retry_delay = 1: Duration { seconds = 1 } }, in an Any.
    private static void AssertRetry(RpcStatus status, int seconds)
    {
        byte[] type = Encoding.ASCII.GetBytes("type.googleapis.com/google.rpc.RetryInfo");
        byte[] any = [0x0A, (byte)type.Length, .. type, 0x12, 4, 0x0A, 2, 0x08, (byte)seconds];
        Assert.That(status.ToByteArray().AsSpan().IndexOf(any), Is.Positive);
    }

    private static async Task AssertAsync(HttpResponseMessage response, int seconds, string type, Action<JsonElement> assert)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests), text);
        Assert.That(response.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(seconds)));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo(type));
        using JsonDocument document = JsonDocument.Parse(text);
        assert(document.RootElement);
    }

    private TraceExport Export() => Traces(Span(ServerKind, 1, trace: (ulong)++_trace));

    private async Task TakenAsync(long pcode)
    {
        using HttpResponseMessage response = await NativeAsync(pcode, "application/json");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), await response.Content.ReadAsStringAsync());
    }

    private async Task<HttpResponseMessage> NativeAsync(long pcode, string type)
    {
        long now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        string json = $$"""{"event":[{"time":{{now}},"level":"EVENT","type":"ES010","message":"m"}]}""";
        byte[] body = type == "application/json" ? Encoding.UTF8.GetBytes(json) : MessagePackSerializer.ConvertFromJson(json);
        return await _server.PostAsync("/ingest/v1/batch", body, type, token: Bearer(pcode), address: _server.Server.Client.Address);
    }

    private Task<HttpResponseMessage> LineAsync(long pcode, string path)
    {
        byte[] line = Encoding.UTF8.GetBytes($"thread,host=a count=4 {_clock.GetUtcNow().ToUnixTimeMilliseconds()}000000");
        return _server.PostAsync(path, line, "text/plain", token: "Token " + TestProjects.TokenOf(pcode), address: _server.Server.Client.Address);
    }
}
