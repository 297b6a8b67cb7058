using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.Ncp;

/// <summary>Bodies of the search whose texts are no Unicode, or that do not arrive as they should.</summary>
public sealed class NcpBodyTests
{
    private const string Path = "/dashboards/events/search";

    private QueryTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase("timeZone", "\"\\ud800\"")]
    [TestCase("timeZone", "\"\u00FF\"")]
    [TestCase("from", "\"\\udc00\\ud800\"")]
    [TestCase("to", "\"2023-01-0\\ud800\"")]
    [TestCase("level", "[\"EVENT\",\"\\ud800\"]")]
    [TestCase("type", "[\"\u00FF\"]")]
    [TestCase("offset", "\"\\ud800\"")]
    [TestCase("unheard", "{\"a\":[{\"b\":\"\\ud800\"}]}")]
    [TestCase("unheard", "{\"\\ud800\":1}")]
    [TestCase("unheard", "{\"\u00FF\":1}")]
    public async Task A_text_that_is_no_Unicode_is_400_and_its_field_named(string field, string value) => await IsRefusedAsync(
        $"{{\"{field}\":{value},\"timeZone\":\"Z\",\"from\":\"2023-01-01\",\"to\":\"2023-01-02\"}}", $"{field} has a text that is no valid Unicode.");

    [TestCase("\"\\ud800\"")]
    [TestCase("\"\u00FF\"")]
    public async Task A_name_that_is_no_Unicode_is_400(string name) => await IsRefusedAsync(
        $"{{{name}:1,\"timeZone\":\"Z\",\"from\":\"2023-01-01\",\"to\":\"2023-01-02\"}}", "The name of a field is no valid Unicode.");

    [Test]
    public async Task A_long_value_is_shown_cut_whatever_it_is_cut_in()
    {
        // Cut in the middle of a surrogate pair.
        string value = "\"" + new string('a', 98) + "\U0001F600\"";
        using HttpResponseMessage response = await SendAsync(Encoding.UTF8.GetBytes($"{{\"timeZone\":{value},\"from\":\"2023-01-01\",\"to\":\"2023-01-02\"}}"));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task A_byte_order_mark_is_passed_over()
    {
        using HttpResponseMessage response = await SendAsync(
            [0xEF, 0xBB, 0xBF, .. "{\"timeZone\":\"Z\",\"from\":\"2023-01-01\",\"to\":\"2023-01-02\"}"u8]);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("80000000")]
    [TestCase("ffffffffffffffffff")]
    [TestCase("zz")]
    public async Task A_chunk_that_is_none_is_400(string size) => Assert.That(
        await RawAsync(_host, $"Transfer-Encoding: chunked\r\n\r\n{size}\r\n{{}}\r\n"), Does.StartWith("HTTP/1.1 400").And.Contain("\"errorCode\":\"100\""));

    [Test]
    public async Task A_body_that_pauses_too_long_is_to_be_sent_again()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(new RowReader([]), "--Http:BodyPause=2s");
        Assert.That(await RawAsync(host, "Content-Length: 5000\r\n\r\n{"),
            Does.StartWith("HTTP/1.1 408").And.Contain("\r\nRetry-After: 1\r\n").And.Contain("\"errorCode\":\"100\""));
    }

    private async Task IsRefusedAsync(string body, string details)
    {
        // In Latin-1 a letter above ASCII is a byte that is no UTF-8.
        using HttpResponseMessage response = await SendAsync(Encoding.Latin1.GetBytes(body));
        JsonElement error = (await QueryTestHost.ReadAsync(response, HttpStatusCode.BadRequest)).GetProperty("error");
        Assert.That((error.GetProperty("errorCode").GetString(), error.GetProperty("details").GetString()), Is.EqualTo(("100", details)));
    }

    private Task<HttpResponseMessage> SendAsync(byte[] body) => _host.SendAsync(
        HttpMethod.Post, Path, new ByteArrayContent(body),
        RequestSignature.Headers("POST", Path, QueryTestHost.Now, QueryTestHost.AccessKey, QueryTestHost.Secret));

    private static async Task<string> RawAsync(QueryTestHost host, string rest)
    {
        using TcpClient client = new();
        await client.ConnectAsync(host.Address.Host, host.Address.Port);
        string headers = string.Concat(RequestSignature.Headers("POST", Path, QueryTestHost.Now, QueryTestHost.AccessKey, QueryTestHost.Secret)
            .Select(header => $"{header.Name}: {header.Value}\r\n"));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {Path} HTTP/1.1\r\nHost: x\r\n{headers}{rest}"));
        using StreamReader reader = new(client.GetStream());
        char[] text = new char[4_096];
        int length = await reader.ReadAsync(text);
        return new string(text, 0, length);
    }
}
