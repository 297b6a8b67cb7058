using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ingest;

public sealed class PushStatusTests
{
    private IngestTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await IngestTestHost.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task The_response_to_a_batch_has_its_counts()
    {
        JsonElement response = await _host.TakenAsync(_host.Batch(null, "counts", "/a", "/b"));

        Assert.That(response.GetProperty("accepted").GetInt32(), Is.EqualTo(2));
        Assert.That(response.GetProperty("rejected").GetInt32(), Is.Zero);
        Assert.That(response.GetProperty("duplicate").GetBoolean(), Is.False);
        Assert.That(response.GetProperty("errors").GetArrayLength(), Is.Zero);
        Assert.That(response.GetProperty("position").GetString(), Does.Match("^[0-9a-f]{16}-[0-9]+$"));
    }

    [Test]
    public async Task A_bad_sample_is_listed_and_its_neighbour_kept()
    {
        string body = $$"""
            {"agent":{"oname":"a"},"transaction":[{"time":{{_host.Now}},"service":"/good","elapsed":1},
            {"time":{{_host.Now}},"service":"/bad","elapsed":"x"}],"metrics":[]}
            """;
        JsonElement response = await _host.TakenAsync(body);

        Assert.That(response.GetProperty("accepted").GetInt32(), Is.EqualTo(1));
        Assert.That(response.GetProperty("rejected").GetInt32(), Is.EqualTo(1));
        JsonElement error = response.GetProperty("errors")[0];
        Assert.That((error.GetProperty("kind").GetString(), error.GetProperty("index").GetInt32(), error.GetProperty("field").GetString()),
            Is.EqualTo(("transaction", 1, "elapsed")));
        Assert.That(response.GetProperty("unknown")[0].GetString(), Is.EqualTo("metrics"));
    }

    [Test]
    public async Task A_batch_without_a_usable_sample_is_400_with_its_counts()
    {
        string body = $$"""{"agent":{"oname":"a"},"transaction":[{"time":{{_host.Now}},"service":"/bad"}]}""";
        JsonElement problem = await IngestTestHost.ReadAsync(await _host.PushAsync(body), HttpStatusCode.BadRequest);

        Assert.That(problem.GetProperty("accepted").GetInt32(), Is.Zero);
        Assert.That(problem.GetProperty("rejected").GetInt32(), Is.EqualTo(1));
        Assert.That(problem.GetProperty("errors").GetArrayLength(), Is.EqualTo(1));
    }

    [TestCase("application/msgpack")]
    [TestCase("application/x-msgpack")]
    [TestCase("application/json;q=0.5, application/vnd.msgpack")]
    public async Task The_response_is_MessagePack_when_asked_for(string accept)
    {
        using HttpResponseMessage response = await _host.PushAsync(Encoding.UTF8.GetBytes(_host.Batch()), accept: accept);
        byte[] body = await response.Content.ReadAsByteArrayAsync();

        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/msgpack"));
        byte[] expected =
        [
            0x88, 0xA8, .. "accepted"u8, 1, 0xA8, .. "rejected"u8, 0, 0xAA, .. "duplicates"u8, 0, 0xA9, .. "truncated"u8, 0, 0xA9, .. "duplicate"u8, 0xC2,
            0xA6, .. "errors"u8, 0x90, 0xA7, .. "unknown"u8, 0x90, 0xA8, .. "position"u8,
        ];
        Assert.That(body.Take(expected.Length), Is.EqualTo(expected));
    }

    [TestCase(null)]
    [TestCase("*/*")]
    [TestCase("application/json, application/msgpack;q=0.9")]
    public async Task The_response_is_JSON_otherwise(string? accept)
    {
        using HttpResponseMessage response = await _host.PushAsync(Encoding.UTF8.GetBytes(_host.Batch()), accept: accept);

        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/json"));
    }

    [TestCase("gzip")]
    [TestCase("br")]
    [TestCase("deflate")]
    [TestCase("raw deflate")]
    public async Task A_compressed_body_is_inflated(string encoding)
    {
        byte[] body = Compress(Encoding.UTF8.GetBytes(_host.Batch(null, "zipped", "/" + encoding.Replace(' ', '-'))), encoding);
        using HttpResponseMessage response = await _host.PushAsync(body, encoding: encoding.Split(' ')[^1]);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), await response.Content.ReadAsStringAsync());
    }

    [TestCase("gzip")]
    [TestCase("br")]
    [TestCase("deflate")]
    public async Task A_truncated_compressed_body_is_400_and_names_the_byte(string encoding)
    {
        byte[] whole = Compress(Encoding.UTF8.GetBytes(_host.Batch(null, "cut", "/a", "/b", "/c", "/d")), encoding);
        JsonElement problem = await IngestTestHost.ReadAsync(
            await _host.PushAsync(whole[..(whole.Length / 2)], encoding: encoding), HttpStatusCode.BadRequest);

        Assert.That(problem.GetProperty("byteOffset").GetInt64(), Is.EqualTo(whole.Length / 2));
    }

    [TestCase("zstd")]
    [TestCase("gzip, br")]
    [TestCase("compress")]
    public async Task An_unknown_encoding_is_415(string encoding)
    {
        using HttpResponseMessage response = await _host.PushAsync(Encoding.UTF8.GetBytes(_host.Batch()), encoding: encoding);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
    }

    [TestCase("")]
    [TestCase("text/plain")]
    [TestCase("application/json; charset=iso-8859-1")]
    public async Task An_unknown_content_type_is_415(string type)
    {
        using HttpResponseMessage response = await _host.PushAsync(Encoding.UTF8.GetBytes(_host.Batch()), contentType: type);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
    }

    [TestCase("?wait=durable", HttpStatusCode.OK)]
    [TestCase("?wait=stored", HttpStatusCode.OK)]
    [TestCase("?wait=never", HttpStatusCode.BadRequest)]
    public async Task Wait_is_durable_or_stored(string query, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await _host.PushAsync(Encoding.UTF8.GetBytes(_host.Batch()), query: query);

        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task A_body_that_can_not_be_parsed_is_400_and_names_the_byte()
    {
        JsonElement problem = await IngestTestHost.ReadAsync(await _host.PushAsync("""{"agent":{"oname":"a"},]"""), HttpStatusCode.BadRequest);

        Assert.That(problem.TryGetProperty("byteOffset", out _), Is.True, problem.ToString());
    }

    [Test]
    public async Task A_body_cut_by_a_Content_Length_that_is_too_small_is_400_and_names_the_byte()
    {
        using TcpClient client = await SendRawAsync("Connection: close\r\nContent-Length: 10\r\n\r\n{\"agent\":1}");
        using StreamReader reader = new(client.GetStream());
        string response = await reader.ReadToEndAsync();

        Assert.That(response, Does.StartWith("HTTP/1.1 400").And.Contain("\"byteOffset\":10"));
    }

    [Test]
    public async Task A_body_that_ends_before_its_Content_Length_is_counted_as_400_and_stores_nothing()
    {
        int stored = _host.Store.Batches.Count;
        using TcpClient client = await SendRawAsync("Content-Length: 100000\r\n\r\n" + _host.Batch());
        string before = await RequestsOf400Async();
        client.Client.Shutdown(SocketShutdown.Send);
        await Eventually.IsTrueAsync(async () => await RequestsOf400Async() != before);

        Assert.That(_host.Store.Batches, Has.Count.EqualTo(stored));
    }

    [TestCase(null, HttpStatusCode.Unauthorized)]
    [TestCase("Bearer nobody-has-this-token", HttpStatusCode.Unauthorized)]
    [TestCase("Bearer " + TestProjects.ReadOnlyToken, HttpStatusCode.Forbidden)]
    [TestCase("Basic Zm9vOmJhcg==", HttpStatusCode.Unauthorized)]
    public async Task A_push_needs_a_token_of_scope_ingest(string? authorization, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await SendAsync(authorization is null ? [] : [("Authorization", authorization)]);

        Assert.That(response.StatusCode, Is.EqualTo(expected));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
    }

    [TestCase("1", HttpStatusCode.OK)]
    [TestCase("2", HttpStatusCode.Forbidden)]
    [TestCase("99", HttpStatusCode.Forbidden)]
    [TestCase("one", HttpStatusCode.BadRequest)]
    [TestCase(null, HttpStatusCode.BadRequest)]
    public async Task The_WhaTap_headers_must_name_the_tokens_project(string? pcode, HttpStatusCode expected)
    {
        List<(string, string)> headers = [("x-whatap-token", TestProjects.TokenOf(TestProjects.First))];
        if (pcode is not null)
        {
            headers.Add(("x-whatap-pcode", pcode));
        }

        using HttpResponseMessage response = await SendAsync([.. headers]);

        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    [TestCase("GET", IngestTestHost.Path, HttpStatusCode.MethodNotAllowed)]
    [TestCase("GET", "/ingest/v1/nothing", HttpStatusCode.NotFound)]
    public async Task Errors_of_the_framework_are_problems_too(string method, string path, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await _host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.That(response.StatusCode, Is.EqualTo(expected));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
    }

    [Test]
    public async Task No_response_names_the_server_software()
    {
        using HttpResponseMessage response = await _host.PushAsync(_host.Batch());

        Assert.That(response.Headers.Contains("Server"), Is.False);
    }

    internal static byte[] Compress(byte[] body, string encoding)
    {
        using MemoryStream output = new();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(output, CompressionLevel.Fastest),
            "br" => new BrotliStream(output, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(output, CompressionLevel.Fastest),
            _ => new DeflateStream(output, CompressionLevel.Fastest),
        })
        {
            stream.Write(body);
        }

        return output.ToArray();
    }

    private async Task<string> RequestsOf400Async() =>
        (await _host.Client.GetStringAsync("/metrics")).Split('\n').FirstOrDefault(line => line.Contains("status=\"400\"", StringComparison.Ordinal)) ?? "";

    private async Task<TcpClient> SendRawAsync(string rest)
    {
        TcpClient client = new();
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port);
        string head = $"POST {IngestTestHost.Path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestProjects.TokenOf(TestProjects.First)}\r\n"
            + "Content-Type: application/json\r\n" + rest;
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        return client;
    }

    private Task<HttpResponseMessage> SendAsync(params (string Name, string Value)[] headers)
    {
        HttpRequestMessage request = new(HttpMethod.Post,
            IngestTestHost.Path)
        { Content = new StringContent(_host.Batch(), Encoding.UTF8, "application/json") };
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _host.Client.SendAsync(request);
    }
}
