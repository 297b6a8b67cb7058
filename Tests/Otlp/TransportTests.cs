using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using NUnit.Framework;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Tests.Support.Hosts;
using static TimeSeries.Tests.Otlp.Exports;

namespace TimeSeries.Tests.Otlp;

/// <summary>OTLP over HTTP: who may, in which forms, and each refusal with its status, type and code.</summary>
[Parallelizable(ParallelScope.Self)]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class TransportTests
{
    private static readonly byte[] _export = Traces(Span(ServerKind, 1)).ToByteArray();

    private OtlpServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await OtlpServer.StartAsync("--Otlp:MaxRequestBytes=64KiB");

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [TestCase(null)]
    [TestCase("identity")]
    [TestCase("gzip")]
    [TestCase("br")]
    [TestCase("deflate")]
    public async Task Each_encoding_is_taken(string? encoding)
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/traces", Compress(_export, encoding), encoding: encoding);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/x-protobuf"));
    }

    [Test]
    public async Task The_main_address_and_a_trailing_slash_and_parameters_of_the_type_are_taken()
    {
        using HttpResponseMessage response =
            await _server.PostAsync("/v1/traces/", _export, "application/x-protobuf; charset=utf-8", address: _server.Server.Client.Address);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_token_is_taken_bare_with_Bearer_and_as_WhaTap_sends_it_and_names_its_project()
    {
        string second = TestProjects.TokenOf(TestProjects.Second);
        using HttpResponseMessage bare = await _server.PostAsync("/v1/traces", Traces(Span(ServerKind, 2, trace: 7)).ToByteArray(), token: second);
        Assert.That(bare.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        foreach (bool hasPcode in (bool[])[true, false])
        {
            using HttpRequestMessage request = new(HttpMethod.Post, new Uri(_server.HttpAddress, "/v1/traces")) { Content = new ByteArrayContent(_export) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(OtlpServer.Protobuf);
            request.Headers.Add("x-whatap-token", second);
            if (hasPcode)
            {
                request.Headers.Add("x-whatap-pcode", $"{TestProjects.Second}");
            }

            using HttpResponseMessage response = await _server.Http.SendAsync(request);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        Assert.That(await _server.SamplesAsync("transaction", TestProjects.Second), Has.Length.EqualTo(2));
    }

    [TestCase("", 401, 16)]
    [TestCase("Bearer nonsense", 401, 16)]
    [TestCase("Bearer " + TestProjects.ReadOnlyToken, 403, 7)]
    public async Task Without_a_good_token_it_is_refused(string token, int status, int code)
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/traces", _export, token: token);
        await CheckAsync(response, status, code);
    }

    [TestCase("POST", "/v1/nothing", 404)]
    [TestCase("POST", "/v1development/profiles", 404)]
    [TestCase("POST", "/ingest/v1/batch", 404)]
    [TestCase("GET", "/v1/traces", 405)]
    [TestCase("PUT", "/v1/logs/", 405)]
    public async Task Another_path_or_method_is_refused_in_JSON_where_no_type_is_known(string method, string path, int status)
    {
        using HttpRequestMessage request = new(HttpMethod.Parse(method), new Uri(_server.HttpAddress, path));
        using HttpResponseMessage response = await _server.Http.SendAsync(request);
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/json"));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.StartWith("""{"code":12,"message":"""));
        Assert.That(response.Content.Headers.Allow, status == 405 ? Is.EqualTo(new[] { "POST" }) : Is.Empty);
    }

    [Test]
    public async Task Profiles_are_said_not_to_be_taken()
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1development/profiles", _export);
        RpcStatus status = await CheckAsync(response, 404, 12);
        Assert.That(status.Message, Is.EqualTo("profiles are not taken"));
    }

    [TestCase("text/plain")]
    [TestCase("application/msgpack")]
    [TestCase(null)]
    public async Task Another_type_is_415_in_JSON(string? type)
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/traces", _export, type);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/json"));
    }

    [TestCase("zstd")]
    [TestCase("gzip, br")]
    public async Task Another_encoding_is_415_and_those_that_are_known_are_told(string encoding)
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/traces", _export, encoding: encoding);
        await CheckAsync(response, 415, 12);
        Assert.That(response.Headers.GetValues("Accept-Encoding").Single(), Is.EqualTo("gzip, deflate, br"));
    }

    [TestCase("gzip", 0)]
    [TestCase("gzip", 12)]
    [TestCase("br", 3)]
    public async Task A_compressed_body_that_is_cut_short_is_400(string encoding, int kept)
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/traces", Compress(_export, encoding)[..kept], encoding: encoding);
        await CheckAsync(response, 400, 3);
    }

    [Test]
    public async Task A_second_member_of_gzip_is_read_and_what_is_no_member_refused()
    {
        byte[] two = [.. Compress(_export, "gzip"), .. Compress(Traces(Span(ServerKind, 3, trace: 9)).ToByteArray(), "gzip")];
        using HttpResponseMessage members = await _server.PostAsync("/v1/traces", two, encoding: "gzip");
        Assert.That(members.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        using HttpResponseMessage garbage = await _server.PostAsync("/v1/traces", [.. Compress(_export, "gzip"), 1, 2, 3], encoding: "gzip");
        await CheckAsync(garbage, 400, 3);
    }

    [Test]
    public async Task A_body_over_the_limit_is_413_as_sent_and_inflated_and_the_connection_goes_on()
    {
        using HttpResponseMessage sent = await _server.PostAsync("/v1/traces", new byte[(64 << 10) + 1]);
        await CheckAsync(sent, 413, 8);
        using HttpResponseMessage inflated = await _server.PostAsync("/v1/traces", Compress(new byte[4 << 20], "gzip"), encoding: "gzip");
        await CheckAsync(inflated, 413, 8);
        using HttpRequestMessage chunked = new(HttpMethod.Post, new Uri(_server.HttpAddress, "/v1/traces"));
        chunked.Content = new StreamContent(new MemoryStream(new byte[256 << 10]));
        chunked.Content.Headers.ContentType = new MediaTypeHeaderValue(OtlpServer.Protobuf);
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Headers.TryAddWithoutValidation("Authorization", "Bearer " + TestProjects.TokenOf(TestProjects.First));
        using HttpResponseMessage passed = await _server.Http.SendAsync(chunked);
        await CheckAsync(passed, 413, 8);
        using HttpResponseMessage next = await _server.PostAsync("/v1/traces", _export);
        Assert.That(next.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_malformed_body_is_refused_in_its_own_type_with_the_place()
    {
        using HttpResponseMessage response = await _server.PostAsync("/v1/traces", [0x0a, 0x05, 0x0a]);
        RpcStatus status = await CheckAsync(response, 400, 3);
        Assert.That(status.Details.Single().TypeUrl, Is.EqualTo("type.googleapis.com/google.rpc.BadRequest"));
        using HttpResponseMessage json = await _server.PostAsync(
            "/v1/traces", Encoding.UTF8.GetBytes("""{"resourceSpans":[{"scopeSpans":[{"spans":[{},{"name":7}]}]}]}"""), OtlpServer.Json);
        Assert.That(json.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await json.Content.ReadAsStringAsync(), Does.Contain("resourceSpans[0].scopeSpans[0].spans[1].name"));
    }

    private static async Task<RpcStatus> CheckAsync(HttpResponseMessage response, int status, int code)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.That((int)response.StatusCode, Is.EqualTo(status), Encoding.UTF8.GetString(body));
        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/x-protobuf"));
        RpcStatus read = RpcStatus.Parser.ParseFrom(body);
        Assert.That(read.Code, Is.EqualTo(code));
        return read;
    }

    private static byte[] Compress(byte[] body, string? encoding)
    {
        using MemoryStream output = new();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(output, CompressionLevel.Fastest),
            "br" => new BrotliStream(output, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(output, CompressionLevel.Fastest),
            _ => new MemoryStream(),
        })
        {
            stream.Write(body);
        }

        return encoding is null or "identity" ? body : output.ToArray();
    }
}
