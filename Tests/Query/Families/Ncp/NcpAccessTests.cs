using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Families.Ncp;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.Ncp;

/// <summary>Who may search for events: signatures v2, right and wrong; and the shape of every refusal.</summary>
public sealed class NcpAccessTests
{
    private const string Path = "/dashboards/events/search";
    private const string LongPath = "/api/v1/dashboards/events/search";
    private const string Body = """{"timeZone":"Z","from":"2023-01-01","to":"2023-01-31"}""";

    // The vector of the vendor's contract.
    private const long PublishedTime = 1_505_290_625_682;
    private const string PublishedSignature = "ILXEDCR9P1NP/v7NTvXOM3OUfXOVkejrvd78OcB2aDI=";

    private QueryTestHost _host = null!;

    [SetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public void The_published_signature_is_made() => Assert.That(
        NcpSignature.Sign(QueryTestHost.Secret, NcpSignature.TextToSign("POST", LongPath, "1505290625682", QueryTestHost.AccessKey)),
        Is.EqualTo(PublishedSignature));

    [TestCase(PublishedSignature, true)]
    [TestCase("ILXEDCR9P1NP/v7NTvXOM3OUfXOVkejrvd78OcB2aDI", false)]
    [TestCase("JLXEDCR9P1NP/v7NTvXOM3OUfXOVkejrvd78OcB2aDI=", false)]
    [TestCase("", false)]
    [TestCase("no base 64 at all, \u00E9", false)]
    public void A_signature_is_compared_whole(string signature, bool expected) => Assert.That(
        NcpSignature.IsOf(signature, QueryTestHost.Secret,
            NcpSignature.TextToSign("POST", LongPath, "1505290625682", QueryTestHost.AccessKey)), Is.EqualTo(expected));

    [TestCase(0, 200)]
    [TestCase(300_000, 200)]
    [TestCase(-300_000, 200)]
    [TestCase(300_001, 401)]
    [TestCase(-300_001, 401)]
    public async Task The_published_signature_opens_for_five_minutes_around_its_time(long after, int status)
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync();
        ((FakeTimeProvider)host.Services.GetRequiredService<TimeProvider>()).AdjustTime(DateTimeOffset.FromUnixTimeMilliseconds(PublishedTime + after));
        JsonElement response = await GetAsync(host, LongPath, Headers($"{PublishedTime}", QueryTestHost.AccessKey, PublishedSignature), status);
        if (status == 401)
        {
            NcpEventTests.AssertError(response, "200", "Authentication Failed", after > 0 ? "too old" : "too new");
        }
    }

    [TestCase(Path)]
    [TestCase(LongPath)]
    [TestCase(Path + "?")]
    [TestCase(Path + "?a=1&b=%20c")]
    [TestCase(Path + "/")]
    [TestCase("/dashboards/events/sear%63h")]
    public async Task The_path_is_signed_as_it_is_sent(string path)
    {
        using HttpResponseMessage response = await _host.NcpAsync(Body, path);
        await QueryTestHost.ReadAsync(response, HttpStatusCode.OK);
    }

    [TestCase(Path + "?", Path, 200, TestName = "A_bare_question_mark_need_not_be_signed")]
    [TestCase(Path, Path + "?", 401, TestName = "A_question_mark_that_is_not_sent_is_not_signed")]
    [TestCase(Path + "?a", Path, 401, TestName = "A_query_string_is_signed")]
    [TestCase(LongPath, Path, 401, TestName = "The_short_path_is_no_signature_of_the_long_one")]
    [TestCase(Path, LongPath, 401, TestName = "The_long_path_is_no_signature_of_the_short_one")]
    [TestCase("/dashboards/events/sear%63h", Path, 401, TestName = "A_path_is_not_decoded_before_it_is_compared")]
    public async Task Only_the_path_that_is_sent_may_be_signed(string sent, string signed, int status)
    {
        JsonElement response = await GetAsync(_host, sent,
            RequestSignature.Headers("POST", signed, QueryTestHost.Now, QueryTestHost.AccessKey, QueryTestHost.Secret), status);
        if (status == 401)
        {
            NcpEventTests.AssertError(response, "200", "Authentication Failed", $"POST {sent}\n{QueryTestHost.Now}\n{QueryTestHost.AccessKey}");
        }
    }

    [Test]
    public async Task A_request_line_with_a_whole_url_is_signed_by_its_path()
    {
        StringBuilder request = new($"POST http://somewhere{Path}?x=1 HTTP/1.1\r\nHost: somewhere\r\nConnection: close\r\nContent-Length: {Body.Length}\r\n");
        foreach ((string name, string value) in RequestSignature.Headers("POST", Path + "?x=1", QueryTestHost.Now,
            QueryTestHost.AccessKey, QueryTestHost.Secret))
        {
            request.Append($"{name}: {value}\r\n");
        }

        Assert.That(await SendRawAsync(request.Append("\r\n").Append(Body).ToString()), Does.StartWith("HTTP/1.1 200 "));
    }

    [TestCase("GET", QueryTestHost.Secret)]
    [TestCase("post", QueryTestHost.Secret)]
    [TestCase("POST", "ANOTHERSECRET")]
    [TestCase("POST", QueryTestHost.Secret + "\n")]
    public async Task A_signature_with_another_method_or_secret_is_refused(string method, string secret)
    {
        JsonElement response = await GetAsync(_host, Path, RequestSignature.Headers(method, Path, QueryTestHost.Now, QueryTestHost.AccessKey, secret), 401);
        NcpEventTests.AssertError(response, "200", "Authentication Failed", "The signature does not match");
        Assert.That(response.GetRawText(), Does.Not.Contain(QueryTestHost.Secret));
    }

    [Test]
    public async Task An_unknown_access_key_is_told()
    {
        JsonElement response = await GetAsync(_host, Path, RequestSignature.Headers("POST", Path, QueryTestHost.Now, "NOBODY", QueryTestHost.Secret), 401);
        NcpEventTests.AssertError(response, "200", "Authentication Failed", "The access key \"NOBODY\" is unknown");
    }

    [TestCase("accesskeyexample")]
    [TestCase("ACCESSKEYEXAMPLE'--")]
    public async Task Access_keys_are_compared_exactly(string key) =>
        await GetAsync(_host, Path, RequestSignature.Headers("POST", Path, QueryTestHost.Now, key, QueryTestHost.Secret), 401);

    [TestCase("x-ncp-apigw-timestamp")]
    [TestCase("x-ncp-iam-access-key")]
    [TestCase("x-ncp-apigw-signature-v2")]
    public async Task A_missing_header_is_named(string missing)
    {
        (string Name, string Value)[] headers = RequestSignature.Headers("POST", Path, QueryTestHost.Now, QueryTestHost.AccessKey, QueryTestHost.Secret);
        JsonElement response = await GetAsync(_host, Path, [.. headers.Where(header => header.Name != missing)], 401);
        NcpEventTests.AssertError(response, "200", "Authentication Failed", missing);
    }

    [TestCase("now")]
    [TestCase("-1")]
    [TestCase("1674993723.456")]
    [TestCase("9223372036854775808")]
    [TestCase("0", "too old")]
    [TestCase("9223372036854775807", "too new")]
    public async Task A_timestamp_that_is_none_is_told(string timestamp, string details = "milliseconds")
    {
        JsonElement response = await GetAsync(_host, Path, Headers(timestamp, QueryTestHost.AccessKey, "x"), 401);
        NcpEventTests.AssertError(response, "200", "Authentication Failed", details);
    }

    [Test]
    public async Task An_access_key_opens_its_own_project_only()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            new Row(Kind.Event, QueryTestHost.Now) { Pcode = QueryTestHost.OtherProject }.With("level", "EVENT").With("type", "ES010")
                .With("message", "not yours"));
        using HttpResponseMessage response = await host.NcpAsync(Body);
        Assert.That((await QueryTestHost.ReadAsync(response, HttpStatusCode.OK)).GetProperty("events").GetProperty("total").GetInt32(), Is.Zero);
    }

    [TestCase("/dashboards")]
    [TestCase("/dashboards/events")]
    [TestCase("/dashboards/events/search/7")]
    [TestCase("/dashboards/Events/search")]
    [TestCase("/dashboards/events%2Fsearch")]
    [TestCase("/api/v1/dashboards/nonsense")]
    public async Task Another_path_is_not_found(string path)
    {
        JsonElement response = await GetAsync(_host, path,
            RequestSignature.Headers("POST", path, QueryTestHost.Now, QueryTestHost.AccessKey, QueryTestHost.Secret), 404);
        NcpEventTests.AssertError(response, "300", "Not Found Exception", Path);
    }

    [TestCase("GET")]
    [TestCase("PUT")]
    public async Task Another_method_is_refused(string method)
    {
        using HttpResponseMessage response = await _host.SendAsync(new HttpMethod(method), Path);
        NcpEventTests.AssertError(await QueryTestHost.ReadAsync(response, HttpStatusCode.MethodNotAllowed), "300", "Not Found Exception", "Only POST");
        Assert.That(response.Content.Headers.Allow, Is.EqualTo(new[] { "POST" }));
    }

    [Test]
    public async Task A_body_that_says_it_is_too_large_is_refused()
    {
        string response = await SendRawAsync($"POST {Path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 999999999\r\n\r\n");
        Assert.That(response, Does.StartWith("HTTP/1.1 413 ").And.Contain("""{"error":{"errorCode":"430","message":"Request Entity Too Large","details":"""));
    }

    [Test]
    public async Task A_body_that_turns_out_too_large_is_refused()
    {
        const int Chunk = 65_536;
        StringBuilder request = new($"POST {Path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n");
        foreach ((string name, string value) in RequestSignature.Headers("POST", Path, QueryTestHost.Now, QueryTestHost.AccessKey, QueryTestHost.Secret))
        {
            request.Append($"{name}: {value}\r\n");
        }

        request.Append("\r\n");
        for (int i = 0; i < 17; i++)
        {
            request.Append($"{Chunk:x}\r\n").Append(' ', Chunk).Append("\r\n");
        }

        string response = await SendRawAsync(request.ToString());
        Assert.That(response, Does.StartWith("HTTP/1.1 413 ").And.Contain("""{"error":{"errorCode":"430","""));
    }

    [TestCase(true, 422, "100", "Bad Request Exception", "Query:MaxRows = 5")]
    [TestCase(false, 500, "900", "Unexpected Error", "failed")]
    public async Task What_goes_wrong_inside_is_told_in_the_vendors_shape(bool isLimit, int status, string code, string message, string details)
    {
        RowReader reader = new([])
        {
            BeforeList = (_, _) => isLimit ? throw new QueryLimitException("Query:MaxRows", 5) : throw new InvalidOperationException("inner"),
        };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader);
        using HttpResponseMessage response = await host.NcpAsync(Body);
        JsonElement body = await QueryTestHost.ReadAsync(response, (HttpStatusCode)status);
        NcpEventTests.AssertError(body, code, message, details);
        Assert.That(body.GetRawText(), Does.Not.Contain("inner"));
    }

    private static (string Name, string Value)[] Headers(string timestamp, string accessKey, string signature) =>
        [("x-ncp-apigw-timestamp", timestamp), ("x-ncp-iam-access-key", accessKey), ("x-ncp-apigw-signature-v2", signature)];

    private static async Task<JsonElement> GetAsync(QueryTestHost host, string path, (string Name, string Value)[] headers, int status)
    {
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, path, new StringContent(Body), headers);
        return await QueryTestHost.ReadAsync(response, (HttpStatusCode)status);
    }

    private async Task<string> SendRawAsync(string request)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _host.Address.Port);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync();
    }
}
