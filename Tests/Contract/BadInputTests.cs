using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract;

/// <summary>Nothing that a client sends ends the process or gets a failure of ours; what was sound before is still there after.</summary>
internal sealed class BadInputTests
{
    private const int Depth = 200_000;

    private readonly TemporaryFolder _folder = new();
    private ServerProcess _server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await ServerProcess.StartAsync(_folder, "--Ingest:MaxInflatedBytes=8388608");
        await _server.Client.PushAsync(Batch("/sound"), BodyForm.JsonRows);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [TearDown]
    public async Task Is_alive_and_has_kept_what_it_had()
    {
        Assert.That(_server.IsRunning, Is.True, _server.Output);
        string body = await _server.Client.GetAsync($"/open/api/json/transaction/{BatchGenerator.Start}/{BatchGenerator.End}");
        using JsonDocument response = JsonDocument.Parse(body);
        Assert.That(response.RootElement.GetProperty("records").EnumerateArray()
            .Select(record => record.GetProperty("service").GetString()), Has.Member("/sound"));
    }

    [TestCase(BodyForm.MessagePackRows)]
    [TestCase(BodyForm.MessagePackTable)]
    [TestCase(BodyForm.MessagePackColumns)]
    [TestCase(BodyForm.MessagePackPackedColumns)]
    [TestCase(BodyForm.JsonRows)]
    [TestCase(BodyForm.JsonTable)]
    [TestCase(BodyForm.JsonDictionaryColumns)]
    public async Task A_body_cut_at_any_byte_is_refused(BodyForm form)
    {
        byte[] body = form.Write(Batch("/cut"));
        List<string> others = [];
        for (int length = 0; length < body.Length; length++)
        {
            using HttpResponseMessage response = await _server.Client.SendAsync(body[..length], form.ContentType());
            if (response.StatusCode != HttpStatusCode.BadRequest)
            {
                others.Add($"{length} bytes: {response.StatusCode}");
            }
        }

        Assert.That(others, Is.Empty);
    }

    [TestCaseSource(nameof(Lies))]
    public async Task A_length_that_lies_is_refused(byte[] body) => await ExpectAsync(HttpStatusCode.BadRequest, body, "application/msgpack");

    [Test]
    public async Task A_depth_bomb_in_MessagePack_gets_a_response()
    {
        byte[] arrays = [.. Enumerable.Repeat((byte)0x91, Depth), 0xc0];
        await ExpectAsync(HttpStatusCode.BadRequest, arrays, "application/msgpack");
        byte[] unknown = new MessagePackBytes().Map(2).Text("deep").Raw(arrays).Text("transaction").Array(0).ToArray();
        await ExpectAsync(HttpStatusCode.BadRequest, unknown, "application/msgpack");
    }

    [TestCase("[", "]")]
    [TestCase("{\"a\":", "}")]
    public async Task A_depth_bomb_in_JSON_gets_a_response(string open, string close)
    {
        string deep = string.Concat(Enumerable.Repeat(open, Depth)) + "1" + string.Concat(Enumerable.Repeat(close, Depth));
        await ExpectAsync(HttpStatusCode.BadRequest, Encoding.UTF8.GetBytes(deep), "application/json");
        await ExpectAsync(HttpStatusCode.BadRequest, Encoding.UTF8.GetBytes($"{{\"x\":{deep},\"transaction\":[]}}"), "application/json");
    }

    [TestCase("gzip")]
    [TestCase("br")]
    [TestCase("deflate")]
    public async Task A_compression_bomb_is_too_large(string encoding) =>
        await ExpectAsync(HttpStatusCode.RequestEntityTooLarge, Compress(encoding, new byte[200 << 20]), "application/json", encoding);

    [TestCase("gzip")]
    [TestCase("br")]
    [TestCase("deflate")]
    public async Task Compression_that_is_cut_or_garbled_is_refused(string encoding)
    {
        byte[] whole = Compress(encoding, BodyForm.JsonRows.Write(Batch("/compressed")));
        for (int length = 0; length < whole.Length - 8; length += 7)
        {
            await ExpectAsync(HttpStatusCode.BadRequest, whole[..length], "application/json", encoding);
        }

        await ExpectAsync(HttpStatusCode.BadRequest, BodyForm.JsonRows.Write(Batch("/plain")), "application/json", encoding);
    }

    [TestCase("application/json", "zstd", HttpStatusCode.UnsupportedMediaType)]
    [TestCase("application/json", "gzip, br", HttpStatusCode.UnsupportedMediaType)]
    [TestCase("text/plain", null, HttpStatusCode.UnsupportedMediaType)]
    [TestCase("application/xml", null, HttpStatusCode.UnsupportedMediaType)]
    public async Task What_is_not_understood_is_named_so(string type, string? encoding, HttpStatusCode status) =>
        await ExpectAsync(status, BodyForm.JsonRows.Write(Batch("/type")), type, encoding);

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("5")]
    [TestCase("{}")]
    [TestCase("{\"transaction\":[]}")]
    [TestCase("{\"transaction\":{}}")]
    [TestCase("{\"transaction\":5}")]
    [TestCase("{\"agent\":{\"oname\":\"\"},\"transaction\":[{\"time\":1710071400000,\"service\":\"/s\",\"elapsed\":1}]}")]
    [TestCase("{\"agent\":\"a\",\"transaction\":[{\"time\":1710071400000,\"service\":\"/s\",\"elapsed\":1}]}")]
    [TestCase("{\"agent\":{\"oname\":\"a\"},\"transaction\":{\"time\":[1710071400000],\"service\":[\"/s\",\"/t\"],\"elapsed\":[1]}}")]
    [TestCase("{\"agent\":{\"oname\":\"a\"},\"transaction\":[{\"time\":1710071400000,\"service\":\"/s\",\"elapsed\":1}]} x")]
    [TestCase("{\"agent\":{\"oname\":\"a\"},\"transaction\":[{\"time\":NaN,\"service\":\"/s\",\"elapsed\":1}]}")]
    [TestCase("{\"agent\":{\"oname\":\"a\"},\"id\":7,\"transaction\":[{\"time\":1710071400000,\"service\":\"/s\",\"elapsed\":1}]}")]
    [TestCase("{\"transaction\":[{\"time\":1710071400000,\"service\":\"/no agent\",\"elapsed\":1}]}")]
    public async Task A_batch_without_a_usable_sample_or_envelope_is_refused(string body) =>
        await ExpectAsync(HttpStatusCode.BadRequest, Encoding.UTF8.GetBytes(body), "application/json");

    [Test]
    public async Task Neighbours_of_invalid_text_are_kept()
    {
        byte[][] texts = [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0xa6], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0x80]];
        MessagePackBytes body = new MessagePackBytes().Map(2).Text("agent").Map(1).Text("oname").Text("a").Text("transaction").Array(texts.Length + 2);
        body.Map(3).Text("time").Int(BatchGenerator.Start).Text("service").Text("/neighbour").Text("elapsed").Int(1);
        foreach (byte[] text in texts)
        {
            body.Map(3).Text("time").Int(BatchGenerator.Start).Text("service").Text(text).Text("elapsed").Int(1);
        }

        body.Map(3).Text("time").Int(BatchGenerator.Start).Text("service").Text("/neighbour").Text("elapsed").Int(1);
        using HttpResponseMessage response = await _server.Client.SendAsync(body.ToArray(), "application/msgpack");
        using JsonDocument json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.That((json.RootElement.GetProperty("accepted").GetInt32(), json.RootElement.GetProperty("rejected").GetInt32()),
            Is.EqualTo((2, texts.Length)));
    }

    [Test]
    public async Task Garbled_bodies_get_200_or_400()
    {
        Random random = new(99);
        List<string> others = [];
        for (int i = 0; i < 3_000; i++)
        {
            BodyForm form = GeneratedSamples.Form(i);
            byte[] body = form.Write(Batch("/garbled"));
            for (int flips = random.Next(1, 4); flips > 0; flips--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            using HttpResponseMessage response = await _server.Client.SendAsync(body, form.ContentType());
            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.BadRequest))
            {
                others.Add($"{i} {form}: {response.StatusCode}");
            }
        }

        Assert.That(others, Is.Empty);
    }

    private static IEnumerable<TestCaseData> Lies()
    {
        (string Name, byte[] Body)[] lies =
        [
            ("a map of four billion", [0xdf, 0xff, 0xff, 0xff, 0xff]),
            ("an array of four billion rows", new MessagePackBytes().Map(1).Text("transaction").Raw([0xdd, 0xff, 0xff, 0xff, 0xff]).ToArray()),
            ("a text of four gigabytes", new MessagePackBytes().Map(1).Raw([0xdb, 0xff, 0xff, 0xff, 0xff]).ToArray()),
            ("a binary of two gigabytes", new MessagePackBytes().Map(1).Text("id").Raw([0xc6, 0x7f, 0xff, 0xff, 0xff]).ToArray()),
            ("an extension of four gigabytes", new MessagePackBytes().Map(1).Text("x").Raw([0xc9, 0xff, 0xff, 0xff, 0xff, 0x01]).ToArray()),
            ("a column of four billion", new MessagePackBytes().Map(1).Text("transaction").Map(1).Text("time").Raw([0xdd, 0xff, 0xff, 0xff, 0xff]).ToArray()),
            ("a packed column of odd bytes", Packed("i64", new byte[9])),
            ("a packed column of no known width", Packed("i16", new byte[8])),
            ("the byte that means nothing", [0xc1]),
            ("bytes behind the map", [.. BodyForm.MessagePackRows.Write(Batch("/behind")), 0xc0]),
        ];
        return lies.Select(lie => new TestCaseData(lie.Body) { TestName = $"A length that lies is refused: {lie.Name}" });
    }

    private static byte[] Packed(string width, byte[] values) => new MessagePackBytes().Map(2)
        .Text("agent").Map(1).Text("oname").Text("a")
        .Text("thread").Map(2).Text("time").Map(1).Text(width).Binary(values).Text("count").Map(1).Text("f64").Binary(new byte[8]).ToArray();

    private static PushedBatch Batch(string service) => new(TestProjects.First, new AgentName("agent"),
    [
        new("transaction") { ["time"] = BatchGenerator.Start, ["service"] = service, ["elapsed"] = 1.5, ["txid"] = "0123456789abcdef", ["error"] = false },
        new("transaction") { ["time"] = BatchGenerator.Start + 1, ["service"] = service, ["elapsed"] = 2L, ["status"] = 200L },
        new("alert") { ["time"] = BatchGenerator.Start, ["severity"] = "Info", ["source"] = "s", ["title"] = "t",
            ["labels"] = new Dictionary<string, string> { ["k"] = "v" } },
    ]);

    private static byte[] Compress(string encoding, byte[] body)
    {
        using MemoryStream compressed = new();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Fastest),
            "br" => new BrotliStream(compressed, CompressionLevel.Fastest),
            _ => new ZLibStream(compressed, CompressionLevel.Fastest),
        })
        {
            stream.Write(body);
        }

        return compressed.ToArray();
    }

    private async Task ExpectAsync(HttpStatusCode status, byte[] body, string type, string? encoding = null)
    {
        using HttpResponseMessage response = await _server.Client.SendAsync(body, type, encoding: encoding);
        string text = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(status), text);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"), text);
    }
}
