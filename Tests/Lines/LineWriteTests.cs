using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Lines;

/// <summary>Line protocol, written as InfluxDB's clients do, and read back over the API.</summary>
internal sealed class LineWriteTests
{
    private const string Transaction = "transaction,oname=a service=\"/x\",elapsed=12.5 1767225600000000000";
    private static readonly string _token = TestProjects.TokenOf(TestProjects.First);

    private TemporaryFolder _folder = null!;
    private RunningServer _server = null!;
    private HttpClient _http = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        _server = await RunningServer.StartAsync(_folder["data"]);
        _http = new HttpClient { BaseAddress = _server.Client.Address };
    }

    [TearDown]
    public async Task StopAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase("/write?db=x")]
    [TestCase("/api/v2/write?bucket=b&org=o&precision=ns")]
    public async Task A_line_is_a_sample(string target)
    {
        await TakenAsync(Transaction, target);
        JsonElement sample = (await SamplesAsync("transaction")).Single();
        Assert.That((sample.GetProperty("time").GetInt64(), sample.GetProperty("oname").GetString(), sample.GetProperty("elapsed").GetDouble()),
            Is.EqualTo((1767225600000, "a", 12.5)));
    }

    [TestCase("ns", "1767225600123456789", 1767225600123)]
    [TestCase("n", "1767225600123456789", 1767225600123)]
    [TestCase("us", "1767225600123456", 1767225600123)]
    [TestCase("u", "1767225600123456", 1767225600123)]
    [TestCase("ms", "1767225600123", 1767225600123)]
    [TestCase("s", "1767225600", 1767225600000)]
    public async Task The_precision_says_what_times_count(string precision, string written, long expected)
    {
        await TakenAsync($"thread,oname=a count=4i {written}", $"/write?precision={precision}");
        Assert.That((await SamplesAsync("thread")).Single().GetProperty("time").GetInt64(), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_line_without_time_is_of_its_arrival_and_equal_ones_are_not_one()
    {
        long before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await TakenAsync("thread,host=a count=4");
        await TakenAsync("thread,host=a count=4");
        long after = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        JsonElement[] samples = await SamplesAsync("thread");
        Assert.That(samples, Has.Length.EqualTo(2));
        Assert.That(samples.Select(sample => sample.GetProperty("time").GetInt64()), Is.All.InRange(before, after));
        Assert.That(samples.Select(sample => sample.GetProperty("oname").GetString()), Is.All.EqualTo("a"));
    }

    [Test]
    public async Task Equal_writes_with_times_are_one_and_another_path_or_query_makes_another()
    {
        await TakenAsync(Transaction);
        await TakenAsync(Transaction, $"/write?u=x&p={_token}");
        Assert.That(await SamplesAsync("transaction"), Has.Length.EqualTo(1));
        await TakenAsync(Transaction, "/write?db=other");
        await TakenAsync(Transaction, "/api/v2/write");
        Assert.That(await SamplesAsync("transaction"), Has.Length.EqualTo(3));
    }

    [Test]
    public async Task Comments_empty_lines_and_CR_LF_are_passed_over_and_values_have_their_types()
    {
        await TakenAsync(
            "# a \"comment\n\r\n  \n"
            + "transaction,oname=a,okind=k,onode=n,status=200 service=\"/a\",elapsed=3i,error=t,sql_count=2u,method=\"GET\" 1767225600000000000\r\n"
            + "transaction,oname=a,oid=7 service=\"/b\",elapsed=1e2,error=FALSE 1767225600001000000");
        JsonElement[] samples = await SamplesAsync("transaction");
        Assert.That(samples.Select(sample => (
            sample.GetProperty("service").GetString(), sample.GetProperty("elapsed").GetDouble(), sample.GetProperty("error").GetBoolean())),
            Is.EquivalentTo(new[] { ("/a", 3.0, true), ("/b", 100.0, false) }));
        JsonElement first = samples.Single(sample => sample.GetProperty("service").GetString() == "/a");
        Assert.That((first.GetProperty("status").GetInt32(), first.GetProperty("sql_count").GetInt32(), first.GetProperty("okind").GetString(),
            first.GetProperty("onode").GetString()), Is.EqualTo((200, 2, "k", "n")));
        Assert.That(samples.Single(sample => sample.GetProperty("service").GetString() == "/b").GetProperty("oid").GetInt32(), Is.EqualTo(7));
    }

    [TestCase("transaction,oname=a\\ b\\,c\\=d\\x service=\"/x\",elapsed=1 1767225600000000000", "a b,c=d\\x", "/x")]
    [TestCase("transaction,oname=a service=\"a\\\"b\\\\c\\d, e=f\",elapsed=1 1767225600000000000", "a", "a\"b\\c\\d, e=f")]
    [TestCase("transaction,oname=a service=\"two\nlines\",elapsed=1 1767225600000000000", "a", "two\nlines")]
    public async Task Escapes_are_those_of_InfluxDB(string line, string oname, string service)
    {
        await TakenAsync(line);
        JsonElement sample = (await SamplesAsync("transaction")).Single();
        Assert.That((sample.GetProperty("oname").GetString(), sample.GetProperty("service").GetString()), Is.EqualTo((oname, service)));
    }

    [TestCase("oname=a\"b service=\"/x\",elapsed=1", "a\"b")]
    [TestCase("oname=a service=\"/x\",elapsed=1,odd\"key=2", "a")]
    [TestCase("oname=a,odd\"tag=2 service=\"/x\",elapsed=1", "a")]
    public async Task A_quote_in_a_key_or_a_tag_is_a_letter_and_the_line_ends_where_it_ends(string line, string oname)
    {
        await TakenAsync($"transaction,{line} 1767225600000000000\n{Transaction}");
        Assert.That((await SamplesAsync("transaction")).Select(sample => (sample.GetProperty("oname").GetString(), sample.GetProperty("elapsed").GetDouble())),
            Is.EquivalentTo(new[] { (oname, 1), ("a", 12.5) }));
    }

    [Test]
    public async Task Other_measurements_and_unknown_fields_are_named_and_counted()
    {
        using HttpResponseMessage response = await WriteAsync(
            "cpu,host=a usage=1\nmy\\ disk used=2\ntransaction,oname=a,zone=z service=\"/x\",elapsed=1,elapsd=2 1767225600000000000");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(response.Headers.GetValues("X-Unmapped-Measurements").Single(), Is.EqualTo("cpu,my%20disk"));
        Assert.That(response.Headers.GetValues("X-Unknown-Fields").Single(), Is.EqualTo("transaction.zone,transaction.elapsd"));
        string metrics = await _server.Client.GetAsync("/metrics");
        Assert.That(metrics, Does.Contain("timeseries_lines_unmapped_total{measurement=\"cpu\"} 1"));
    }

    [TestCase("/write", """{"error":"partial write: unable to parse 'transaction,oname=a service=': missing field value dropped=1"}""")]
    [TestCase("/api/v2/write",
        """{"code":"invalid","message":"partial write: unable to parse 'transaction,oname=a service=': missing field value dropped=1"}""")]
    public async Task A_bad_line_costs_itself_and_is_told_in_the_version_s_shape(string path, string expected)
    {
        using HttpResponseMessage response = await WriteAsync("transaction,oname=a service=\n" + Transaction, path);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(JsonElement.DeepEquals(Parse(await response.Content.ReadAsStringAsync()), Parse(expected)), Is.True,
            await response.Content.ReadAsStringAsync());
        Assert.That(await SamplesAsync("transaction"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_sample_that_breaks_a_rule_is_a_bad_line()
    {
        using HttpResponseMessage response = await WriteAsync("\n" + Transaction + "\ntransaction,oname=a service=\"/y\",elapsed=-1 1767225600000000000");
        Assert.That(Parse(await response.Content.ReadAsStringAsync()).GetProperty("error").GetString(),
            Is.EqualTo("partial write: unable to parse 'line 3': transaction.elapsed must be a number ≥ 0 dropped=1"));
        Assert.That(await SamplesAsync("transaction"), Has.Length.EqualTo(1));
    }

    [TestCase(",a=b c=1", "missing measurement")]
    [TestCase("thread", "missing fields")]
    [TestCase("thread,oname=a", "missing fields")]
    [TestCase("thread,=a count=1", "missing tag key")]
    [TestCase("thread,oname count=1", "missing tag value")]
    [TestCase("thread,oname= count=1", "missing tag value")]
    [TestCase("thread,oname=a count", "missing field value")]
    [TestCase("thread,oname=a count=abc", "invalid field value")]
    [TestCase("thread,oname=a count=+1", "invalid field value")]
    [TestCase("thread,oname=a count=\"abc", "unbalanced quotes")]
    [TestCase("thread,oname=a count=1 soon", "bad timestamp")]
    [TestCase("{\"not\":\"lines\"}", "missing fields")]
    public async Task What_is_no_line_is_refused_with_the_reason(string line, string reason)
    {
        using HttpResponseMessage response = await WriteAsync(line);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(Parse(await response.Content.ReadAsStringAsync()).GetProperty("error").GetString(), Is.EqualTo($"unable to parse '{line}': {reason}"));
    }

    [Test]
    public async Task A_token_comes_in_each_of_the_ways_of_the_clients()
    {
        string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("any:" + _token));
        foreach (string authorization in (string[])["Token " + _token, "Bearer " + _token, "Basic " + basic])
        {
            using HttpResponseMessage response = await WriteAsync(Transaction, authorization: authorization);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent), authorization.Split(' ')[0]);
        }

        using HttpResponseMessage byQuery = await WriteAsync(Transaction, "/write?u=any&p=" + _token, "");
        Assert.That(byQuery.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
    }

    [TestCase("/write", "", 401, """{"error":"authorization failed"}""")]
    [TestCase("/api/v2/write", "Token nonsense", 401, """{"code":"unauthorized","message":"unauthorized access"}""")]
    [TestCase("/api/v2/write", "Token " + TestProjects.ReadOnlyToken, 403, """{"code":"forbidden","message":"the token lacks the scope ingest"}""")]
    public async Task Without_a_good_token_it_is_refused_in_the_version_s_shape(string path, string authorization, int status, string body)
    {
        using HttpResponseMessage response = await WriteAsync(Transaction, path, authorization);
        Assert.That(((int)response.StatusCode, await response.Content.ReadAsStringAsync()), Is.EqualTo((status, body)));
    }

    [Test]
    public async Task Gzip_is_taken_and_an_unknown_precision_refused()
    {
        using MemoryStream gzip = new();
        using (GZipStream stream = new(gzip, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(Encoding.UTF8.GetBytes(Transaction));
        }

        using HttpRequestMessage request = new(HttpMethod.Post, "/write") { Content = new ByteArrayContent(gzip.ToArray()) };
        request.Headers.TryAddWithoutValidation("Authorization", "Token " + _token);
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        using HttpResponseMessage response = await _http.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        using HttpResponseMessage bad = await WriteAsync(Transaction, "/write?precision=h");
        Assert.That(bad.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Ping_health_and_ready_are_those_of_InfluxDB()
    {
        foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            using HttpRequestMessage request = new(method, "/ping");
            using HttpResponseMessage ping = await _http.SendAsync(request);
            Assert.That((ping.StatusCode, ping.Headers.GetValues("X-Influxdb-Version").Single()), Is.EqualTo((HttpStatusCode.NoContent, "1.8.10-timeseries")));
        }

        foreach (string path in (string[])["/health", "/ready"])
        {
            using HttpRequestMessage request = new(HttpMethod.Head, path);
            using HttpResponseMessage head = await _http.SendAsync(request);
            Assert.That((head.StatusCode, head.Content.Headers.ContentType?.MediaType), Is.EqualTo((HttpStatusCode.OK, "application/json")));
        }

        Assert.That(await _http.GetStringAsync("/health"), Is.EqualTo("""{"name":"influxdb","message":"ready for queries and writes","status":"pass"}"""));
    }

    private static JsonElement Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private async Task TakenAsync(string lines, string target = "/write")
    {
        using HttpResponseMessage response = await WriteAsync(lines, target);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent), await response.Content.ReadAsStringAsync());
    }

    private async Task<HttpResponseMessage> WriteAsync(string lines, string target = "/write", string? authorization = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, target) { Content = new StringContent(lines, Encoding.UTF8, "text/plain") };
        request.Headers.TryAddWithoutValidation("Authorization", authorization ?? "Token " + _token);
        return await _http.SendAsync(request);
    }

    private async Task<JsonElement[]> SamplesAsync(string kind)
    {
        string body = await _server.Client.GetAsync($"/api/v1/samples?kind={kind}&from=1000000000000&to=9000000000000");
        return [.. Parse(body).GetProperty("samples").EnumerateArray()];
    }
}
