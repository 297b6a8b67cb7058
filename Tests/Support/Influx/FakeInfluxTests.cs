using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using NUnit.Framework;

namespace TimeSeries.Tests.Support.Influx;

/// <summary>The stand-ins of 2.x, 3.x and the cloud refuse what those refuse: a faulty writer or reader is seen, not let through.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class FakeInfluxTests
{
    private static readonly FakeProduct[] _all = [FakeProduct.Version2, FakeProduct.Version3, FakeProduct.Cloud];

    [TestCaseSource(nameof(_all))]
    public async Task A_good_batch_is_204_and_stored_on_both_write_paths(FakeProduct product)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(product);
        HttpStatusCode first = (await WriteAsync(server, "m,a=1 v=1i 1\nm,a=1 v=2i 2")).Status;
        HttpStatusCode second = (await WriteAsync(server, "m,a=1 v=2i 2\nm,a=1 v=3i 3", V1)).Status;
        Assert.That((first, second, server.Points().Count), Is.EqualTo((HttpStatusCode.NoContent, HttpStatusCode.NoContent, 3)));
    }

    [TestCaseSource(nameof(_all))]
    public async Task A_gzipped_batch_is_read(FakeProduct product)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(product);
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("m v=1i 1"u8);
        }

        using ByteArrayContent content = new(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        Assert.That((await SendAsync(server, content, V2, "Token")).Status, Is.EqualTo(HttpStatusCode.NoContent));
    }

    [TestCase(FakeProduct.Version2)]
    [TestCase(FakeProduct.Cloud)]
    public async Task In_2_x_one_bad_line_refuses_the_whole_batch(FakeProduct product)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(product);
        (HttpStatusCode status, JsonElement body) = await WriteAsync(server, "m v=1i 1\nm v= 2\nm v=3i 3");
        Assert.That((status, body.GetProperty("code").GetString(), server.Points().Count), Is.EqualTo((HttpStatusCode.BadRequest, "invalid", 0)));
    }

    [Test]
    public async Task In_2_x_a_conflict_of_types_is_422_and_the_rest_is_stored()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        await WriteAsync(server, "m v=1i 1");
        (HttpStatusCode status, JsonElement body) = await WriteAsync(server, "m v=2i 2\nm v=1.5 3");
        Assert.That((status, server.Points().Count), Is.EqualTo((HttpStatusCode.UnprocessableEntity, 2)));
        Assert.That(body.GetProperty("message").GetString(), Does.Contain("partial write").And.Contain("dropped=1"));
    }

    [Test]
    public async Task In_3_x_bad_lines_are_named_and_the_rest_is_stored()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version3);
        (HttpStatusCode status, JsonElement body) = await WriteAsync(server, "m v=1i 1\nm v= 2\nm v=1.5 3\nm v=4i 4");
        Assert.That((status, server.Points().Count), Is.EqualTo((HttpStatusCode.BadRequest, 2)));
        Assert.That(body.GetProperty("data").EnumerateArray().Select(line => line.GetProperty("line_number").GetInt32()), Is.EqualTo(new[] { 2, 3 }));
    }

    [TestCase("m,a=1,b=1 v=1i 2", TestName = "In_3_x_a_table_takes_no_further_tag")]
    [TestCase("m v=1i 2", TestName = "In_3_x_a_table_misses_no_tag")]
    [TestCase("other,v=1 v=1i 2", TestName = "In_3_x_no_field_is_called_like_a_tag")]
    public async Task In_3_x_tags_are_fixed(string line)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version3);
        await WriteAsync(server, "m,a=1 v=1i 1");
        Assert.That((await WriteAsync(server, line)).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [TestCase(FakeProduct.Version2, "", 401)]
    [TestCase(FakeProduct.Version2, "Bearer", 401)]
    [TestCase(FakeProduct.Version2, "Basic", 401)]
    [TestCase(FakeProduct.Version2, "Token", 204)]
    [TestCase(FakeProduct.Version3, "", 401)]
    [TestCase(FakeProduct.Version3, "Bearer", 204)]
    [TestCase(FakeProduct.Version3, "Token", 204)]
    [TestCase(FakeProduct.Cloud, "", 401)]
    public async Task Who_has_no_token_writes_nothing(FakeProduct product, string scheme, int status)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(product);
        using StringContent line = new("m v=1i 1");
        Assert.That(((int)(await SendAsync(server, line, V1, scheme)).Status, server.Points().Count), Is.EqualTo((status, status == 204 ? 1 : 0)));
    }

    [TestCase(FakeProduct.Version3, "", 400)]
    [TestCase(FakeProduct.Version3, "application/json, */*", 400)]
    [TestCase(FakeProduct.Version3, "text/html", 400)]
    [TestCase(FakeProduct.Version3, "application/json", 200)]
    [TestCase(FakeProduct.Version2, "text/html", 200)]
    public async Task In_3_x_a_query_must_accept_exactly_one_known_type(FakeProduct product, string accept, int status)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(product);
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server.Address, "/query"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Token", FakeInflux.Token);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Content = new FormUrlEncodedContent([new("q", "SELECT v FROM m"), new("db", FakeInflux.Database)]);
        using HttpResponseMessage response = await http.SendAsync(request);
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task Whoever_asks_without_a_token_is_told_nothing()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        using HttpClient http = new();
        using HttpResponseMessage response = await http.GetAsync(new Uri(server.Address, "/query?q=SELECT+v+FROM+m"));
        Assert.That((response.StatusCode, server.Queries.Count), Is.EqualTo((HttpStatusCode.Unauthorized, 0)));
    }

    [TestCase("?bucket=other&org=org", TestName = "An_unknown_bucket_is_404")]
    [TestCase("?bucket=apm&org=other", TestName = "An_unknown_organisation_is_404")]
    [TestCase("?bucket=apm", TestName = "A_missing_organisation_is_404")]
    public async Task An_unknown_place_is_404(string place)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        Assert.That((await WriteAsync(server, "m v=1i 1", "/api/v2/write" + place)).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_precision_that_2_x_does_not_know_is_400()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Version2);
        Assert.That((await WriteAsync(server, "m v=1i 1", V2 + "&precision=n")).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task A_body_over_the_limit_is_413_and_stores_nothing()
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Cloud);
        server.BodyLimit = 20;
        HttpStatusCode status = (await WriteAsync(server, "m v=1i 1\nm v=2i 2\nm v=3i 3")).Status;
        Assert.That((status, server.Points().Count), Is.EqualTo((HttpStatusCode.RequestEntityTooLarge, 0)));
    }

    [TestCase(429, "3")]
    [TestCase(429, "Wed, 21 Oct 2026 07:28:00 GMT")]
    [TestCase(503, null)]
    public async Task A_refusal_stores_nothing_and_the_next_write_is_taken(int status, string? later)
    {
        await using FakeInflux server = await FakeInflux.StartAsync(FakeProduct.Cloud);
        server.Refusals.Enqueue(new FakeRefusal(status, later));
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server.Address, V1)) { Content = new StringContent("m v=1i 1") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Token", FakeInflux.Token);
        using HttpResponseMessage response = await http.SendAsync(request);
        string? told = response.Headers.TryGetValues("Retry-After", out IEnumerable<string>? values) ? values.Single() : null;
        HttpStatusCode next = (await WriteAsync(server, "m v=2i 2")).Status;
        Assert.That(((int)response.StatusCode, told, next, server.Points().Count), Is.EqualTo((status, later, HttpStatusCode.NoContent, 1)));
    }

    private static string V1 => $"/write?db={FakeInflux.Database}";

    private static string V2 => string.Create(CultureInfo.InvariantCulture, $"/api/v2/write?org={FakeInflux.Organisation}&bucket={FakeInflux.Database}");

    private static async Task<(HttpStatusCode Status, JsonElement Body)> WriteAsync(FakeInflux server, string lines, string? path = null)
    {
        using StringContent content = new(lines, Encoding.UTF8);
        return await SendAsync(server, content, path ?? V2, "Token");
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(FakeInflux server, HttpContent content, string path, string scheme)
    {
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server.Address, path)) { Content = content };
        if (scheme.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(scheme, FakeInflux.Token);
        }

        using HttpResponseMessage response = await http.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        using JsonDocument document = JsonDocument.Parse(body.Length > 0 ? body : "{}");
        return (response.StatusCode, document.RootElement.Clone());
    }
}
