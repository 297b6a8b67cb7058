using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Ingest;

/// <summary>What becomes of a push whose body does not arrive as it should, or not in the plainest form.</summary>
public sealed class BodyReadingTests
{
    private IngestTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await IngestTestHost.StartAsync("--Http:BodyPause=2s");

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase("80000000")]
    [TestCase("ffffffffffffffffff")]
    [TestCase("zz")]
    [TestCase("-1")]
    [TestCase("")]
    public async Task A_chunk_that_is_none_is_400(string size) =>
        Assert.That(await RawAsync($"Transfer-Encoding: chunked\r\n\r\n{size}\r\n{{}}\r\n"), Does.StartWith("HTTP/1.1 400").And.Contain("\"byteOffset\":0"));

    [TestCase("Content-Length: 5000\r\n\r\n{")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n1000\r\n{")]
    public async Task A_body_that_pauses_too_long_is_to_be_sent_again(string rest) =>
        Assert.That(await RawAsync(rest), Does.StartWith("HTTP/1.1 408").And.Contain("\r\nRetry-After: 1\r\n").And.Contain("Http:BodyPause"));

    [TestCase("gzip", 1)]
    [TestCase("gzip", 300)]
    [TestCase("br", 1)]
    [TestCase("br", 300)]
    [TestCase("deflate", 1)]
    [TestCase("deflate", 300)]
    [TestCase("raw deflate", 1)]
    [TestCase("raw deflate", 300)]
    public async Task Whatever_follows_compressed_data_is_400(string encoding, int garbage)
    {
        byte[] body = [.. PushStatusTests.Compress(Encoding.UTF8.GetBytes(_host.Batch()), encoding), .. Enumerable.Repeat((byte)0xA7, garbage)];
        JsonElement problem = await IngestTestHost.ReadAsync(await _host.PushAsync(body, encoding: encoding.Split(' ')[^1]), HttpStatusCode.BadRequest);

        Assert.That(problem.GetProperty("byteOffset").GetInt64(), Is.LessThanOrEqualTo(body.Length));
    }

    [TestCase("application/json; charset=\"utf-8\"")]
    [TestCase("application/json;charset=\"UTF-8\"")]
    [TestCase("Application/JSON; charset=utf-8")]
    public async Task A_charset_may_be_quoted(string contentType)
    {
        using HttpResponseMessage response = await _host.PushAsync(Encoding.UTF8.GetBytes(_host.Batch()), contentType);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase(null)]
    [TestCase("gzip")]
    public async Task A_byte_order_mark_before_JSON_is_passed_over(string? encoding)
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(_host.Batch())];
        using HttpResponseMessage response = await _host.PushAsync(encoding is null ? body : PushStatusTests.Compress(body, encoding), encoding: encoding);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Places_behind_a_byte_order_mark_count_it()
    {
        JsonElement problem = await IngestTestHost.ReadAsync(await _host.PushAsync([0xEF, 0xBB, 0xBF, .. "{]"u8]), HttpStatusCode.BadRequest);

        Assert.That(problem.GetProperty("byteOffset").GetInt64(), Is.EqualTo(4));
    }

    [Test]
    public async Task A_key_that_is_no_text_shows_no_value()
    {
        MessagePackBytes body = new MessagePackBytes().Map(3).Text("agent").Map(2).Text("oname").Text("secret-one").Int(5).Int(1)
            .Text("transaction").Array(1).Map(4).Text("time").Int(_host.Now).Text("elapsed").Int(1).Text("service").Text("/secret-two").Int(5).Int(1)
            .Int(7).Text("x");
        using HttpResponseMessage response = await _host.PushAsync(body.ToArray(), "application/msgpack");
        string text = await response.Content.ReadAsStringAsync();

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), text);
        Assert.That(text, Does.Contain("\"unknown\":[\"agent.\",\"transaction.\",\"\"]"));
    }

    [TestCase(100, null)]
    [TestCase(101, 101)]
    [TestCase(5_000, 5_000)]
    public async Task Unknown_names_that_are_not_listed_are_counted(int names, int? expected)
    {
        string fields = string.Concat(Enumerable.Range(0, names).Select(i => $",\"f{i}\":1,\"f{i}\":2"));
        string body = $"{{\"agent\":{{\"oname\":\"a\"}},\"transaction\":[{{\"time\":{_host.Now},\"service\":\"/x\",\"elapsed\":1{fields}}}]}}";
        JsonElement response = await _host.TakenAsync(body);
        using HttpResponseMessage packed = await _host.PushAsync(Encoding.UTF8.GetBytes(body), accept: "application/msgpack");
        JsonElement same = JsonSerializer.SerializeToElement(MessagePackReading.Read(await packed.Content.ReadAsByteArrayAsync()));

        foreach (JsonElement told in (JsonElement[])[response, same])
        {
            Assert.That(told.GetProperty("unknown").GetArrayLength(), Is.EqualTo(100));
            Assert.That(told.TryGetProperty("unknownCount", out JsonElement count) ? count.GetInt32() : (int?)null, Is.EqualTo(expected));
        }
    }

    private async Task<string> RawAsync(string rest)
    {
        using TcpClient client = new();
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port);
        string head = $"POST {IngestTestHost.Path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestProjects.TokenOf(TestProjects.First)}\r\n"
            + "Content-Type: application/json\r\n" + rest;
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        using StreamReader reader = new(client.GetStream());
        char[] text = new char[4_096];
        int length = await reader.ReadAsync(text);
        return new string(text, 0, length);
    }
}
