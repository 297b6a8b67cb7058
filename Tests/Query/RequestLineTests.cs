using System.Net;
using System.Net.Sockets;
using System.Text;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query;

/// <summary>Requests that ordinary clients do not send.</summary>
public sealed class RequestLineTests
{
    [Test]
    public async Task A_request_line_with_a_whole_url_is_understood()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        string response = await SendRawAsync(
            host,
            $"GET http://somewhere/open/api/json/sql/1674990000000?etime=1674990000009 HTTP/1.1\r\nHost: somewhere\r\nConnection: close\r\n"
            + $"x-whatap-token: {QueryTestHost.Token}\r\nx-whatap-pcode: {Row.Project}\r\n\r\n");
        Assert.That(response, Does.StartWith("HTTP/1.1 200 OK\r\n"));
        Assert.That(response, Does.Contain("x-effective-etime: 1674990000009\r\n"));
    }

    [Test]
    public async Task A_body_that_is_too_large_is_refused_in_the_familys_shape()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        string response = await SendRawAsync(
            host, "POST /open/api/json/sql HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 999999999\r\nExpect: 100-continue\r\n\r\n");
        Assert.That(response, Does.StartWith("HTTP/1.1 413 "));
        Assert.That(response, Does.Contain("""{"code":413,"message":"""));
    }

    [Test]
    public async Task A_long_response_is_compressed_when_asked_for()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            [.. Enumerable.Range(0, 100).Select(i => new Row(Core.Schema.Kind.Sql, QueryTestHost.Now - 1).With("sql", $"select {i}").With("elapsed", i))]);
        using HttpResponseMessage response = await host.SendAsync(
            HttpMethod.Get, "/open/api/json/sql",
            ("x-whatap-token", QueryTestHost.Token), ("x-whatap-pcode", $"{Row.Project}"), ("Accept-Encoding", "gzip"));
        Assert.That(response.Content.Headers.ContentEncoding, Is.EqualTo(new[] { "gzip" }));
    }

    private static async Task<string> SendRawAsync(QueryTestHost host, string request)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync();
    }
}
