using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Query.Families.Tyk;

/// <summary>Who may ask for activity and how: tokens, dates, parameters, pages, CSV, and the shape of every refusal.</summary>
public sealed class TykRequestTests
{
    // 2023-01-29 00:00 UTC.
    private const long Day = 1_674_950_400_000;
    private const string Today = "/keys/endpoint/k/29/1/2023/29/1/2023";

    private QueryTestHost _host = null!;

    // 23 paths, /00 with the most hits.
    [OneTimeSetUp]
    public async Task StartAsync() => _host = await QueryTestHost.StartAsync(
        [.. Enumerable.Range(0, 23).SelectMany(path => Enumerable.Range(0, 23 - path).Select(_ => Hit($"/{path:00}")))]);

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase(QueryTestHost.Token, 200)]
    [TestCase("Bearer " + QueryTestHost.Token, 200)]
    [TestCase("bearer  " + QueryTestHost.Token, 200)]
    [TestCase(null, 401)]
    [TestCase("Bearer", 401)]
    [TestCase("nobody's", 401)]
    [TestCase("Basic " + QueryTestHost.Token, 401)]
    [TestCase(QueryTestHost.PushOnlyToken, 403)]
    public async Task The_token_comes_bare_or_as_a_bearer(string? authorization, int status)
    {
        using HttpResponseMessage response = await _host.SendAsync(
            HttpMethod.Get, "/api/activity" + Today, authorization is null ? [] : [("authorization", authorization)]);
        JsonElement body = await QueryTestHost.ReadAsync(response, (HttpStatusCode)status);
        if (status != 200)
        {
            AssertError(body, status == 401 ? "Not authorised" : "The token may not read.");
        }
    }

    [Test]
    public async Task A_wrong_token_is_told_before_anything_else()
    {
        using HttpResponseMessage response = await _host.SendAsync(HttpMethod.Get, "/api/activity/nonsense");
        AssertError(await QueryTestHost.ReadAsync(response, HttpStatusCode.Unauthorized), "Not authorised");
    }

    [TestCase("")]
    [TestCase("/")]
    [TestCase("/keys")]
    [TestCase("/keys/endpoint/k")]
    [TestCase("/keys/endpoint/k/29/1/2023/29/1")]
    [TestCase("/keys/endpoint/k/29/1/2023/29/1/2023/7")]
    [TestCase("/keys/endpoint//29/1/2023/29/1/2023")]
    [TestCase("/Keys/endpoint/k/29/1/2023/29/1/2023")]
    [TestCase("/apis/endpoint/k/29/1/2023/29/1/2023")]
    public async Task Another_path_is_not_found(string path) => AssertError(await GetAsync(path, HttpStatusCode.NotFound), "There are keys/endpoint/");

    [TestCase("POST")]
    [TestCase("DELETE")]
    public async Task Another_method_is_refused(string method)
    {
        using HttpResponseMessage response = await _host.SendAsync(new HttpMethod(method), "/api/activity" + Today);
        AssertError(await QueryTestHost.ReadAsync(response, HttpStatusCode.MethodNotAllowed), "Only GET and HEAD");
        Assert.That(response.Content.Headers.Allow, Is.EqualTo(new[] { "GET", "HEAD" }));
    }

    [TestCase("32/1/2023/29/1/2023", "start")]
    [TestCase("0/1/2023/29/1/2023", "start")]
    [TestCase("29/2/2023/1/3/2023", "start")]
    [TestCase("29/13/2023/29/1/2023", "start")]
    [TestCase("29/0/2023/29/1/2023", "start")]
    [TestCase("29/1/0/29/1/2023", "start")]
    [TestCase("29/1/20233/29/1/2023", "start")]
    [TestCase("1/1/2023/31/4/2023", "end")]
    [TestCase("1/1/2023/-1/4/2023", "end")]
    [TestCase("1/1/2023/+1/4/2023", "end")]
    [TestCase("1/1/2023/%20/4/2023", "end")]
    [TestCase("1/1/2023/x/4/2023", "end")]
    [TestCase("1/1/2023/%D9%A2/4/2023", "end")]
    [TestCase("30/1/2023/29/1/2023", "must not be after")]
    public async Task Dates_that_are_none_or_reversed_are_refused(string dates, string named) =>
        AssertError(await GetAsync("/keys/endpoint/k/" + dates, HttpStatusCode.BadRequest), named);

    [TestCase("res=week", "res")]
    [TestCase("by=Path", "by")]
    [TestCase("sort=2", "sort")]
    [TestCase("type=xml", "type")]
    [TestCase("p=0", "p must")]
    [TestCase("p=one", "p must")]
    [TestCase("p=1.5", "p must")]
    [TestCase("p=9223372036854775808", "p must")]
    [TestCase("page_size=0", "page_size")]
    [TestCase("page_size=-1", "page_size")]
    [TestCase("p=1&page_size=ten", "page_size")]
    public async Task Wrong_parameters_are_refused_by_name(string parameters, string named) =>
        AssertError(await GetAsync($"{Today}?{parameters}", HttpStatusCode.BadRequest), named);

    [TestCase("", 0, 23, 1)]
    [TestCase("?p=-1", 0, 23, 1)]
    [TestCase("?p=-9223372036854775808", 0, 23, 1)]
    [TestCase("?page_size=5", 0, 23, 1)]
    [TestCase("?p=1", 0, 10, 3)]
    [TestCase("?p=3", 20, 3, 3)]
    [TestCase("?p=4", 0, 0, 3)]
    [TestCase("?p=9223372036854775807", 0, 0, 3)]
    [TestCase("?p=9223372036854775807&page_size=9223372036854775807", 0, 0, 1)]
    [TestCase("?p=1&page_size=9223372036854775807", 0, 23, 1)]
    [TestCase("?p=2&page_size=5", 5, 5, 5)]
    [TestCase("?p=1&page_size=23", 0, 23, 1)]
    [TestCase("?p=1&p=2", 0, 10, 3)]
    [TestCase("?p=&page_size=&res=&by=&sort=&type=", 0, 23, 1)]
    public async Task Rows_come_in_pages(string parameters, int first, int count, int pages)
    {
        JsonElement body = await GetAsync(Today + parameters, HttpStatusCode.OK);
        Assert.That(
            body.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("id").GetProperty("path").GetString()),
            Is.EqualTo(Enumerable.Range(first, count).Select(path => $"/{path:00}")));
        Assert.That(body.GetProperty("pages").GetInt64(), Is.EqualTo(pages));
    }

    [TestCase("?res=month&p=1", "1:/a 1:/b")]
    [TestCase("?res=month&p=2", "1:/c 2:/b")]
    [TestCase("?res=month&p=3", "2:/a 3:/c")]
    [TestCase("?res=month&p=4", "")]
    [TestCase("?res=month&p=-1", "1:/a 1:/b 1:/c 2:/b 2:/a 3:/c")]
    public async Task Pages_go_on_from_month_to_month(string parameters, string expected)
    {
        const long February = 3L * 86_400_000;
        const long March = 31L * 86_400_000;
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            Hit("/a", 3), Hit("/b", 2), Hit("/c", 1), Hit("/b", February + 7), Hit("/a", February + 6), Hit("/c", March));
        using HttpResponseMessage response = await host.TykAsync($"/keys/endpoint/k/1/1/2023/31/12/2023{parameters}&page_size=2");
        JsonElement body = await QueryTestHost.ReadAsync(response, HttpStatusCode.OK);
        Assert.That(
            string.Join(' ', body.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("id"))
                .Select(id => $"{id.GetProperty("month")}:{id.GetProperty("path")}")),
            Is.EqualTo(expected));
        Assert.That(body.GetProperty("pages").GetInt64(), Is.EqualTo(parameters.EndsWith("-1", StringComparison.Ordinal) ? 1 : 3));
    }

    [TestCase("")]
    [TestCase("?p=1")]
    [TestCase("?p=7&res=month")]
    public async Task An_unknown_caller_has_no_rows_and_no_pages(string parameters)
    {
        using HttpResponseMessage response = await _host.TykAsync("/keys/endpoint/nobody/1/1/2023/31/12/2023" + parameters);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("""{"data":[],"pages":0}"""));
    }

    [Test]
    public async Task Csv_has_a_line_of_names_and_one_a_row()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            Hit("/plain").With("api_name", "Orders"), Hit("/a,\"b\"\n", 1).With("status", 200).With("upstream_latency", 500));
        using HttpResponseMessage response = await host.TykAsync(Today + "?type=csv&res=hour");
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/csv"));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(string.Join("\r\n",
            "id.day,id.month,id.year,id.hour,id.code,id.path,id.key,id.alias,id.url,id.iso_country,id.api_id,id.api_name,"
            + "hits,success,error,last_hit,request_time,latency,upstream_latency,max_upstream_latency,min_upstream_latency,max_latency,min_latency,p95_latency",
            "29,1,2023,0,0,\"/a,\"\"b\"\"\n\",,,,,api,,1,1,0,2023-01-29T00:00:00.001Z,1.5,1.5,0.5,0,0,1,1,1.5",
            "29,1,2023,0,0,/plain,,,,,api,Orders,1,0,0,2023-01-29T00:00:00.000Z,1.5,1.5,0,0,0,1,1,1.5",
            "")));
    }

    [Test]
    public async Task Csv_of_nothing_is_the_line_of_names()
    {
        using HttpResponseMessage response = await _host.TykAsync("/keys/endpoint/nobody/1/1/2023/31/12/2023?type=csv");
        Assert.That(await response.Content.ReadAsStringAsync(), Does.StartWith("id.day,").And.EndsWith(",p95_latency\r\n"));
    }

    [TestCase(QueryTestHost.Now, 422)]
    [TestCase(-1, 500)]
    public async Task What_goes_wrong_inside_is_told_in_the_vendors_shape(long limit, int status)
    {
        RowReader reader = new([])
        {
            Before = (_, _) => limit > 0 ? throw new QueryLimitException("Query:MaxRows", limit) : throw new InvalidOperationException("secret"),
        };
        await using QueryTestHost host = await QueryTestHost.StartAsync(reader);
        using HttpResponseMessage response = await host.TykAsync(Today);
        JsonElement body = await QueryTestHost.ReadAsync(response, (HttpStatusCode)status);
        AssertError(body, status == 422 ? "Query:MaxRows" : "failed");
        Assert.That(body.GetRawText(), Does.Not.Contain("secret"));
    }

    [Test]
    public async Task A_body_that_is_too_large_is_refused_in_the_vendors_shape()
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _host.Address.Port);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "GET /api/activity/keys HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 999999999\r\n\r\n"));
        using StreamReader reader = new(stream);
        string response = await reader.ReadToEndAsync();
        Assert.That(response, Does.StartWith("HTTP/1.1 413 ").And.Contain("""{"Status":"Error","Message":"""));
    }

    private static Row Hit(string path, long after = 0) =>
        new Row(Kind.Transaction, Day + after).With("service", path).With("elapsed", 1_500).With("api_key", "k").With("api_id", "api");

    private static void AssertError(JsonElement body, string message)
    {
        Assert.That(body.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "Status", "Message", "Meta" }));
        Assert.That(body.GetProperty("Status").GetString(), Is.EqualTo("Error"));
        Assert.That(body.GetProperty("Message").GetString(), Does.Contain(message));
        Assert.That(body.GetProperty("Meta").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    private async Task<JsonElement> GetAsync(string path, HttpStatusCode status)
    {
        using HttpResponseMessage response = await _host.TykAsync(path);
        return await QueryTestHost.ReadAsync(response, status);
    }
}
