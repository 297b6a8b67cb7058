using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Compression;
using NUnit.Framework;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Tests.Support.Hosts;
using static TimeSeries.Tests.Otlp.Exports;

namespace TimeSeries.Tests.Otlp;

/// <summary>OTLP over gRPC: with a real client, and with frames that no client sends.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class GrpcTests
{
    private const string TraceMethod = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    private static readonly byte[] _export = Traces(Span(ServerKind, 1)).ToByteArray();

    private OtlpServer _server = null!;
    private GrpcChannel _channel = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await OtlpServer.StartAsync("--Otlp:MaxRequestBytes=64KiB");
        _channel = GrpcChannel.ForAddress(_server.GrpcAddress, new GrpcChannelOptions
        {
            MaxSendMessageSize = null,
            CompressionProviders = [new GzipCompressionProvider(CompressionLevel.Fastest)],
        });
        _http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _channel.Dispose();
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [TestCase(null)]
    [TestCase("gzip")]
    public async Task A_client_exports_each_signal(string? encoding)
    {
        ulong trace = encoding is null ? 100UL : 200;
        await CallAsync("trace.v1.TraceService", Traces(Span(ServerKind, 1, trace: trace)), encoding);
        LogRecord log = new() { TimeUnixNano = Start, Attributes = { All([("exception.type", $"E{encoding}")]) } };
        await CallAsync("logs.v1.LogsService", Logs(log), encoding);
        Metric threads = new()
        {
            Name = ByteString.CopyFromUtf8("process.thread.count"),
            Gauge = new NumberData { DataPoints = { new NumberPoint { TimeUnixNano = Start + trace, AsInt = 5 } } },
        };
        await CallAsync("metrics.v1.MetricsService", Metrics(threads), encoding);
        Assert.That((await _server.SamplesAsync("transaction")).Count(row => row.GetProperty("txid").GetString() == $"{trace:x32}"), Is.EqualTo(1));
        Assert.That((await _server.SamplesAsync("exception")).Count(row => row.GetProperty("class").GetString() == $"E{encoding}"), Is.EqualTo(1));
        Assert.That(await _server.SamplesAsync("thread"), Is.Not.Empty);
    }

    [Test]
    public async Task A_partial_success_is_an_OK_with_counts()
    {
        TraceExport export = Traces(Span(ServerKind, 1, trace: 300), Span(ServerKind, 0, trace: 300));
        ExportResponse response = await CallAsync("trace.v1.TraceService", export, null);
        Assert.That(response.PartialSuccess.Rejected, Is.EqualTo(1));
        Assert.That(response.PartialSuccess.ErrorMessage,
            Is.EqualTo("1 span rejected: 1 × invalid span id; first: resourceSpans[0].scopeSpans[0].spans[1]"));
    }

    [Test]
    public void Without_a_good_token_it_is_refused()
    {
        Assert.That(() => CallAsync("trace.v1.TraceService", Traces(Span(ServerKind, 1)), null, "nonsense"), Refused(StatusCode.Unauthenticated));
        Assert.That(
            () => CallAsync("trace.v1.TraceService", Traces(Span(ServerKind, 1)), null, TestProjects.ReadOnlyToken), Refused(StatusCode.PermissionDenied));
    }

    [Test]
    public void A_method_that_there_is_not_is_unimplemented()
    {
        Assert.That(() => CallAsync("trace.v1.NoService", Traces(Span(ServerKind, 1)), null), Refused(StatusCode.Unimplemented));
        Assert.That(
            () => CallAsync("profiles.v1development.ProfilesService", Traces(Span(ServerKind, 1)), null), Refused(StatusCode.Unimplemented));
    }

    [Test]
    public void A_message_over_the_limit_is_refused_for_good()
    {
        TraceExport large = Traces(Enumerable.Range(1, 2_000).Select(i => Span(ServerKind, (ulong)i)));
        Assert.That(() => CallAsync("trace.v1.TraceService", large, null), Refused(StatusCode.ResourceExhausted));
        Assert.That(() => CallAsync("trace.v1.TraceService", large, "gzip"), Refused(StatusCode.ResourceExhausted));
    }

    [TestCase("no message", "", "12")]
    [TestCase("a frame that is cut short", "00000000", "13")]
    [TestCase("a message that is cut short", "0000000005010203", "13")]
    [TestCase("an unknown flag", "0200000000", "13")]
    [TestCase("compressed without saying how", "0100000000", "13")]
    [TestCase("more than one message", "00000000000000000000", "12")]
    [TestCase("a length of 4 GiB", "00ffffffff", "8")]
    [TestCase("a malformed message", "00000000010a", "3")]
    [TestCase("an empty message", "0000000000", "0")]
    public async Task A_frame_is_judged(string what, string frame, string status)
    {
        (HttpResponseMessage response, byte[] body) = await SendAsync(Convert.FromHexString(frame));
        Assert.That(response.TrailingHeaders.GetValues("grpc-status").Single(), Is.EqualTo(status), what);
        Assert.That(body, status == "0" ? Is.EqualTo(new byte[5]) : Is.Empty);
        response.Dispose();
    }

    [Test]
    public async Task Ten_thousand_tiny_frames_are_more_than_one_message()
    {
        (HttpResponseMessage response, _) = await SendAsync(new byte[50_000]);
        Assert.That(response.TrailingHeaders.GetValues("grpc-status").Single(), Is.EqualTo("12"));
        response.Dispose();
    }

    [Test]
    public async Task A_compressed_message_that_is_damaged_is_internal_and_an_unknown_encoding_unimplemented()
    {
        byte[] frame = [1, 0, 0, 0, 3, 1, 2, 3];
        (HttpResponseMessage damaged, _) = await SendAsync(frame, encoding: "gzip");
        Assert.That(damaged.TrailingHeaders.GetValues("grpc-status").Single(), Is.EqualTo("13"));
        (HttpResponseMessage unknown, _) = await SendAsync(frame, encoding: "zstd");
        Assert.That(unknown.TrailingHeaders.GetValues("grpc-status").Single(), Is.EqualTo("12"));
        Assert.That(unknown.Headers.GetValues("grpc-accept-encoding").Single(), Is.EqualTo("identity,gzip"));
        damaged.Dispose();
        unknown.Dispose();
    }

    [Test]
    public async Task The_status_of_an_error_stands_in_the_details_too()
    {
        (HttpResponseMessage response, _) = await SendAsync(Convert.FromHexString("00000000010a"));
        string details = response.TrailingHeaders.GetValues("grpc-status-details-bin").Single();
        Assert.That(details, Does.Not.Contain("="));
        RpcStatus status = RpcStatus.Parser.ParseFrom(Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')));
        Assert.That((status.Code, status.Message), Is.EqualTo((3, "truncated message at byte 1")));
        response.Dispose();
    }

    [TestCase("application/grpc+proto", 200)]
    [TestCase("application/grpc+json", 415)]
    [TestCase("application/x-protobuf", 415)]
    public async Task Another_content_type_is_415(string type, int status)
    {
        (HttpResponseMessage response, _) = await SendAsync(Frame(_export), type: type);
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        response.Dispose();
    }

    [Test]
    public async Task The_port_of_gRPC_takes_nothing_else()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(_server.GrpcAddress, "/api/v1/schema"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage response = await _http.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Refused(StatusCode code) =>
        Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.StatusCode)).EqualTo(code);

    private static byte[] Frame(byte[] message)
    {
        byte[] frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private async Task<ExportResponse> CallAsync(string service, IMessage export, string? encoding, string? token = null)
    {
        Method<byte[], byte[]> method = new(
            MethodType.Unary, "opentelemetry.proto.collector." + service, "Export", Marshallers.Create(bytes => bytes, bytes => bytes),
            Marshallers.Create(bytes => bytes, bytes => bytes));
        Metadata headers = new() { { "authorization", "Bearer " + (token ?? TestProjects.TokenOf(TestProjects.First)) } };
        if (encoding is not null)
        {
            headers.Add("grpc-internal-encoding-request", encoding);
        }

        byte[] response = await _channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(headers), export.ToByteArray());
        return ExportResponse.Parser.ParseFrom(response);
    }

    private async Task<(HttpResponseMessage Response, byte[] Body)> SendAsync(byte[] frames, string? encoding = null, string type = "application/grpc")
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(_server.GrpcAddress, TraceMethod))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frames),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        request.Headers.TryAddWithoutValidation("authorization", "Bearer " + TestProjects.TokenOf(TestProjects.First));
        request.Headers.TryAddWithoutValidation("te", "trailers");
        if (encoding is not null)
        {
            request.Headers.TryAddWithoutValidation("grpc-encoding", encoding);
        }

        HttpResponseMessage response = await _http.SendAsync(request);
        return (response, await response.Content.ReadAsByteArrayAsync());
    }
}
