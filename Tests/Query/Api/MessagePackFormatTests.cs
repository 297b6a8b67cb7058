using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using MessagePack;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Rows;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Query.Api;

/// <summary><c>/api/v1</c> in MessagePack: read with the package's reader, it holds what JSON holds.</summary>
public sealed class MessagePackFormatTests
{
    private const long Start = QueryTestHost.Now - 3_000_000;
    private const int Queries = 60;

    private static readonly string[] _functions = ["avg", "min", "max", "sum", "stddev", "p50", "p95", "p999"];
    private static readonly string[] _texts = ["", "a", "GET", "two\r\nlines", "\u0000\u007f", "한국어", "😀", new string('x', 300)];

    private QueryTestHost _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Random random = new(20261128);
        _host = await QueryTestHost.StartAsync([.. SampleSchema.All.SelectMany(kind => Enumerable.Range(0, 60).Select(_ => RandomRow(kind, random)))]);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [Test]
    public async Task Random_aggregates_equal_their_JSON_value_by_value([Range(0, 6)] int kind)
    {
        Random random = new(kind);
        int found = 0;
        for (int i = 0; i < Queries; i++)
        {
            found += await CompareAsync("/api/v1/aggregate?" + RandomAggregate(SampleSchema.All[kind], random)) == HttpStatusCode.OK ? 1 : 0;
        }

        Assert.That(found, Is.GreaterThan(Queries / 4));
    }

    [TestCase("transaction")]
    [TestCase("sql")]
    [TestCase("httpc")]
    [TestCase("exception")]
    [TestCase("thread")]
    [TestCase("alert")]
    [TestCase("event")]
    public async Task Samples_equal_their_JSON_value_by_value(string kind) =>
        Assert.That(await CompareAsync($"/api/v1/samples?kind={kind}&limit=50"), Is.EqualTo(HttpStatusCode.OK));

    [TestCase("/api/v1/agents")]
    [TestCase("/api/v1/schema")]
    public async Task Agents_and_schema_equal_their_JSON_value_by_value(string path) => Assert.That(await CompareAsync(path), Is.EqualTo(HttpStatusCode.OK));

    [Test]
    public async Task Fractions_are_float_64_also_without_decimals_and_counts_are_integers()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            new Row(Kind.Sql, Start).With("sql", "s").With("elapsed", 2_000).With("fetch_count", 3));
        byte[] body = await BodyAsync(host, "/api/v1/aggregate?kind=sql&measures=count,avg(elapsed),max(elapsed),avg(fetch_count),max(fetch_count),min(time)");
        var row = (List<object?>)((List<object?>)((Dictionary<string, object?>)MessagePackReading.Read(body)!)["rows"]!)[0]!;
        Assert.That(row, Is.EqualTo(new object[] { 1L, 2.0, 2.0, 3.0, 3L, Start }));
    }

    [Test]
    public async Task A_sum_beyond_64_bits_is_a_float_64()
    {
        await using QueryTestHost host = await QueryTestHost.StartAsync(
            [.. Enumerable.Range(0, 2).Select(_ => new Row(Kind.Exception, Start).With("class", "E").With("snap_seq", long.MaxValue))]);
        byte[] body = await BodyAsync(host, "/api/v1/aggregate?kind=exception&measures=sum(snap_seq)");
        var response = (Dictionary<string, object?>)MessagePackReading.Read(body)!;
        Assert.That(((List<object?>)response["rows"]!)[0], Is.EqualTo(new object[] { 18_446_744_073_709_551_616.0 }));
    }

    [TestCase("application/msgpack", "application/msgpack")]
    [TestCase("application/x-msgpack", "application/msgpack")]
    [TestCase("application/vnd.msgpack, */*;q=0.1", "application/msgpack")]
    [TestCase("application/json;q=0.5, application/msgpack;q=0.6", "application/msgpack")]
    [TestCase("application/json, application/msgpack", "application/msgpack")]
    [TestCase("application/json, application/msgpack;q=0.9", "application/json")]
    [TestCase("application/msgpack;q=0", "application/json")]
    [TestCase("*/*", "application/json")]
    [TestCase("text/html", "application/json")]
    public async Task The_quality_in_Accept_chooses(string accept, string expected)
    {
        foreach (string path in (string[])["aggregate?kind=sql", "samples?kind=sql", "agents", "schema"])
        {
            using HttpResponseMessage response = await _host.OwnAsync("/api/v1/" + path, ("Accept", accept));
            Assert.That((response.Content.Headers.ContentType!.MediaType, response.Headers.Vary.Contains("Accept")), Is.EqualTo((expected, true)), path);
        }
    }

    [TestCase("csv", "text/csv")]
    [TestCase("ndjson", "application/x-ndjson")]
    [TestCase("json", "application/json")]
    public async Task A_format_in_the_query_string_wins_over_Accept(string format, string expected)
    {
        foreach (string path in (string[])["aggregate?kind=sql", "samples?kind=sql"])
        {
            using HttpResponseMessage response = await _host.OwnAsync($"/api/v1/{path}&format={format}", ("Accept", "application/msgpack"));
            Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo(expected), path);
        }
    }

    [TestCase("/api/v1/aggregate?kind=sql")]
    [TestCase("/api/v1/samples?kind=sql")]
    [TestCase("/api/v1/agents")]
    [TestCase("/api/v1/schema")]
    public async Task A_HEAD_has_the_same_type_and_no_body(string path)
    {
        using HttpResponseMessage response = await _host.SendAsync(
            HttpMethod.Head, path, ("Authorization", "Bearer " + QueryTestHost.Token), ("Accept", "application/msgpack"));
        Assert.That(
            (response.StatusCode, response.Content.Headers.ContentType!.MediaType, (await response.Content.ReadAsByteArrayAsync()).Length),
            Is.EqualTo((HttpStatusCode.OK, "application/msgpack", 0)));
    }

    [TestCase("/api/v1/aggregate?kind=sql&by=sql")]
    [TestCase("/api/v1/samples?kind=sql")]
    [TestCase("/api/v1/schema")]
    public async Task A_compressed_response_inflates_to_the_plain_one(string path)
    {
        byte[] plain = await BodyAsync(_host, path);
        using HttpResponseMessage response = await _host.OwnAsync(path, ("Accept", "application/msgpack"), ("Accept-Encoding", "gzip"));
        await using GZipStream inflating = new(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using MemoryStream inflated = new();
        await inflating.CopyToAsync(inflated);
        Assert.That(inflated.ToArray(), Is.EqualTo(plain));
        Assert.That(response.Headers.Vary, Is.SupersetOf(new[] { "Accept", "Accept-Encoding" }));
    }

    [Test]
    public async Task Cursors_lead_through_all_pages()
    {
        List<long> times = [];
        string? next = null;
        do
        {
            byte[] body = await BodyAsync(_host, $"/api/v1/samples?kind=thread&limit=7{(next is null ? "" : "&cursor=" + next)}");
            var page = (Dictionary<string, object?>)MessagePackReading.Read(body)!;
            times.AddRange(((List<object?>)page["samples"]!).Select(sample => (long)((Dictionary<string, object?>)sample!)["time"]!));
            next = (string?)page["next"];
        }
        while (next is not null);

        Assert.That(times, Has.Count.EqualTo(60).And.Ordered.Descending);
    }

    private static Row RandomRow(KindSchema kind, Random random)
    {
        Row row = new(kind.Kind, Start + random.Next(2_900_000));
        if (random.Next(5) > 0)
        {
            row.Of(random.Next(-3, 3), Pick(_texts, random));
        }

        IEnumerable<Field> others = kind.Fields.Where(field => field.Type != FieldType.Time && field.Name is not ("oid" or "oname"));
        foreach (Field field in others.Where(field => field.Required || random.Next(3) > 0))
        {
            _ = field.Type switch
            {
                FieldType.Map => row.With(field.Name, RandomMap(random)),
                FieldType.Text when field.IsGuid => row.With(field.Name, new Guid(random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).ToString()),
                FieldType.Text => row.With(field.Name, field.Allowed.IsEmpty ? Pick(_texts, random) : Pick([.. field.Allowed], random)),
                FieldType.Boolean => row.With(field.Name, random.Next(2)),
                _ => row.With(field.Name, RandomNumber(field, random)),
            };
        }

        return row;
    }

    private static string RandomMap(Random random) =>
        JsonSerializer.Serialize(new Dictionary<string, string> { ["a\"b"] = Pick(_texts, random), [Pick(_texts, random) + "k"] = "/\\" });

    // Mostly small ones, some up to the greatest.
    private static long RandomNumber(Field field, Random random) =>
        random.NextInt64(field.Minimum, random.Next(4) == 0 ? field.Maximum : Math.Min(field.Maximum, field.Minimum + 1_000_000));

    private static string RandomAggregate(KindSchema kind, Random random)
    {
        IEnumerable<Field> names = kind.Fields.Where(field => field.Type == FieldType.Text && field.Name is not ("message" or "stack" or "description"));
        string[] groups = [.. names.Select(field => field.Name)];
        string[] numbers = [.. kind.Fields.Where(field => !field.IsText).Select(field => field.Name)];
        IEnumerable<string> calls = Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"{Pick(_functions, random)}({Pick(numbers, random)})");
        string[] measures = [.. calls.Append(Pick(["count", "rate"], random)).Distinct()];
        string query = $"kind={kind.Name}&measures={string.Join(',', measures)}";
        query += random.Next(3) == 0 ? "" : $"&by={Pick(groups, random)}";
        query += random.Next(2) == 0 ? "" : $"&window={Pick(["1m", "10m", "1d"], random)}";
        query += random.Next(2) == 0 ? "" : $"&order=-{Pick(measures, random)}";
        query += random.Next(4) == 0 ? $"&where={Pick(groups, random)}:a" : "";
        return query + string.Create(CultureInfo.InvariantCulture, $"&limit={random.Next(1, 200)}&from={Start}&to={QueryTestHost.Now}");
    }

    private static T Pick<T>(T[] choices, Random random) => choices[random.Next(choices.Length)];

    private static async Task<byte[]> BodyAsync(QueryTestHost host, string path)
    {
        using HttpResponseMessage response = await host.OwnAsync(path, ("Accept", "application/msgpack"));
        Assert.That((response.StatusCode, response.Content.Headers.ContentType!.ToString()), Is.EqualTo((HttpStatusCode.OK, "application/msgpack")));
        return await response.Content.ReadAsByteArrayAsync();
    }

    // Asks for both formats. Errors are problem details in both.
    private async Task<HttpStatusCode> CompareAsync(string path)
    {
        using HttpResponseMessage json = await _host.OwnAsync(path);
        using HttpResponseMessage packed = await _host.OwnAsync(path, ("Accept", "application/msgpack"));
        Assert.That(packed.StatusCode, Is.EqualTo(json.StatusCode), path);
        if (json.StatusCode == HttpStatusCode.OK)
        {
            Compare(path, await json.Content.ReadAsStringAsync(), await packed.Content.ReadAsByteArrayAsync());
        }
        else
        {
            Assert.That(packed.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
            Assert.That(await packed.Content.ReadAsStringAsync(), Is.EqualTo(await json.Content.ReadAsStringAsync()));
        }

        return json.StatusCode;
    }

    private static void Compare(string path, string json, byte[] packed)
    {
        using var document = JsonDocument.Parse(json);
        MessagePackReader reader = new(packed);
        Compare(path, document.RootElement, ref reader);
        Assert.That(reader.End, Is.True, path);
    }

    // In the same order, and with integers as such: a fraction may only be a float.
    private static void Compare(string path, JsonElement json, ref MessagePackReader packed)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.That(packed.ReadMapHeader(), Is.EqualTo(json.GetPropertyCount()), path);
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    Assert.That(packed.ReadString(), Is.EqualTo(property.Name), path);
                    Compare($"{path}.{property.Name}", property.Value, ref packed);
                }

                break;
            case JsonValueKind.Array:
                Assert.That(packed.ReadArrayHeader(), Is.EqualTo(json.GetArrayLength()), path);
                foreach (JsonElement value in json.EnumerateArray())
                {
                    Compare(path + "[]", value, ref packed);
                }

                break;
            case JsonValueKind.String:
                Assert.That(packed.ReadString(), Is.EqualTo(json.GetString()), path);
                break;
            case JsonValueKind.Number when packed.NextMessagePackType == MessagePackType.Integer:
                Assert.That(packed.ReadInt64(), Is.EqualTo(json.GetInt64()), path);
                break;
            case JsonValueKind.Number:
                Assert.That(packed.NextCode, Is.EqualTo(MessagePackCode.Float64), path);
                Assert.That(packed.ReadDouble(), Is.EqualTo(json.GetDouble()), path);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                Assert.That(packed.ReadBoolean(), Is.EqualTo(json.GetBoolean()), path);
                break;
            case JsonValueKind.Null:
                Assert.That(packed.TryReadNil(), Is.True, path);
                break;
            default:
                throw new FormatException($"{json.ValueKind} at {path}");
        }
    }
}
