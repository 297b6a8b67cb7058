using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using NUnit.Framework;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Tests.Otlp.Shop;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using static TimeSeries.Tests.Otlp.Exports;
using static TimeSeries.Tests.Otlp.RawExports;

namespace TimeSeries.Tests.Otlp;

/// <summary>
/// Exports that are meant to cost the server its memory, each kind alone and all at once, to a server of its own with the options that everybody has: the most
/// that it ever took stays below the bound, and it goes on taking what is well meant.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[NonParallelizable]
internal sealed class HostileLoadTests
{
    private const int MaxResidentMegabytes = 600;
    private const int AtOnce = 4;
    private const int Agents = 50_000;
    private const int ChainSpans = 100_000;
    private const int FarCalls = 64;

    // More than calls wait for (Otlp:JoinEntries).
    private const int LoneTraces = 300_000;

    private static readonly string _token = TestProjects.TokenOf(TestProjects.First);
    private static readonly byte[] _bomb = Bomb();

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler()) { Timeout = TimeSpan.FromMinutes(2) };
    private ServerProcess _server = null!;
    private int _port;
    private int _grpcPort;
    private int _nextAgent;
    private ulong _nextTrace = 1UL << 32;

    [SetUp]
    public async Task StartAsync()
    {
        (_port, _grpcPort) = (Ports.FindFree(), Ports.FindFree());
        _server = await ServerProcess.StartHostAsync(
            "Server", _folder, ServerProcess.AsForEverybody, $"--Otlp:Http=http://127.0.0.1:{_port}", $"--Otlp:Grpc=http://127.0.0.1:{_grpcPort}");
    }

    [TearDown]
    public async Task StopAsync()
    {
        try
        {
            await CheckAsync();
        }
        finally
        {
            _http.Dispose();
            _server.Dispose();
            _folder.Dispose();
        }
    }

    [Test]
    public async Task Ten_gigabytes_in_ten_megabytes_are_413()
    {
        using HttpResponseMessage alone = await PostAsync(_bomb, "gzip");
        Assert.That(alone.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        HttpStatusCode[] statuses = await SendAsync(AtOnce, _ => PostAsync(_bomb, "gzip"));
        Assert.That(statuses, Is.All.EqualTo(HttpStatusCode.RequestEntityTooLarge).Or.EqualTo(HttpStatusCode.TooManyRequests));
    }

    [Test]
    public async Task A_wrong_checksum_of_gzip_is_400()
    {
        byte[] body = Compressed(EmptySpans(10));
        body[^6] ^= 1;
        using HttpResponseMessage response = await PostAsync(body, "gzip");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Ten_million_spans_of_two_bytes_are_rejected()
    {
        const int Spans = 10_000_000;
        using HttpResponseMessage response = await PostAsync(EmptySpans(Spans));
        ExportResponse message = ExportResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync());
        Assert.That(message.PartialSuccess.Rejected, Is.EqualTo(Spans));
    }

    [Test]
    public async Task Fifty_thousand_agents_in_an_export_are_stored()
    {
        HttpStatusCode[] statuses = await SendAsync(AtOnce, _ => PostAgentsAsync());
        Assert.That(statuses, Does.Contain(HttpStatusCode.OK));
        Assert.That(statuses, Is.All.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.TooManyRequests));
    }

    [Test]
    public async Task Calls_in_chains_circles_and_with_equal_ids_are_orphans()
    {
        double before = await OrphansAsync();
        using HttpResponseMessage chain = await PostAsync(Calls(ChainSpans, i => (1, (ulong)i + 1, (ulong)i + 2)));
        double ofChain = await OrphansAsync() - before;
        using HttpResponseMessage own = await PostAsync(Calls(ChainSpans, _ => (2, 1, 1)));
        using HttpResponseMessage circle = await PostAsync(Calls(3, i => (3, (ulong)i + 1, (ulong)((i + 1) % 3) + 1)));
        double ofOthers = await OrphansAsync() - before - ofChain;

        // The last calls of the chain wait for the span that its end names.
        Assert.That(ofChain, Is.InRange(ChainSpans - FarCalls - 2, ChainSpans - FarCalls + 1));
        Assert.That(ofOthers, Is.EqualTo(ChainSpans + 3));
    }

    [Test]
    public async Task Calls_of_more_traces_than_may_wait_push_the_oldest_out()
    {
        const int PerExport = LoneTraces / 3;
        for (int export = 0; export < 3; export++)
        {
            ulong first = _nextTrace;
            _nextTrace += PerExport;
            using HttpResponseMessage response = await PostAsync(Calls(PerExport, i => (first + (ulong)i, 1, 2)));
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        Assert.That(await MetricAsync("timeseries_otlp_join_total", "outcome=\"evicted\""), Is.Positive);
    }

    [Test]
    public async Task Connections_that_send_nothing_or_hardly_anything_take_next_to_nothing()
    {
        const int MegabytesOfThousand = 100;
        long before = FindResident();
        List<TcpClient> open = [];
        try
        {
            for (int i = 0; i < 1_000; i++)
            {
                TcpClient client = await ConnectAsync(_port);
                open.Add(client);
                if (i % 4 == 0)
                {
                    await client.GetStream().WriteAsync(Head("Content-Type: application/x-protobuf\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\n\r\n"));
                }
            }

            using HttpResponseMessage response = await PostAsync(EmptySpans(1));
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((FindResident() - before) >> 10, Is.LessThan(MegabytesOfThousand));
        }
        finally
        {
            open.ForEach(client => client.Dispose());
        }
    }

    [Test]
    public async Task Streams_that_are_taken_back_at_once_cost_nothing() => await SendResetsAsync();

    [TestCase(40_000, HttpStatusCode.RequestHeaderFieldsTooLarge)]
    [TestCase(1 << 20, HttpStatusCode.RequestHeaderFieldsTooLarge)]
    [TestCase(30_000, HttpStatusCode.Unauthorized)]
    public async Task A_token_of_so_many_bytes_is(int bytes, HttpStatusCode expected)
    {
        using TcpClient client = await ConnectAsync(_port);
        NetworkStream stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /v1/traces HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {new string('x', bytes)}\r\nContent-Length: 0\r\n\r\n"));
        }
        catch (IOException)
        {
            // It has responded and closed meanwhile.
        }

        using StreamReader reader = new(stream, Encoding.ASCII);
        Assert.That(await reader.ReadLineAsync(), Does.StartWith($"HTTP/1.1 {(int)expected} "));
    }

    [Test]
    public async Task All_of_them_at_once_stay_within_the_bound()
    {
        using Flood flood = new(new Uri($"http://127.0.0.1:{_port}"), AtOnce);
        flood.Start();
        HttpStatusCode[][] all = await Task.WhenAll(
            SendAsync(AtOnce, _ => PostAsync(_bomb, "gzip")),
            SendAsync(AtOnce, _ => PostAgentsAsync()),
            SendAsync(AtOnce, i => PostAsync(Calls(ChainSpans, at => ((1UL << 40) + (uint)i, (ulong)at + 1, (ulong)at + 2)))),
            SendAsync(AtOnce, i => PostAsync(Compressed(EmptySpans(1_000_000 + i)), "gzip")),
            SendAsync(AtOnce, async _ =>
            {
                await SendResetsAsync();
                return new HttpResponseMessage(HttpStatusCode.OK);
            }));
        await flood.StopAsync();
        Assert.That(all.SelectMany(statuses => statuses), Is.All.EqualTo(HttpStatusCode.OK)
            .Or.EqualTo(HttpStatusCode.RequestEntityTooLarge).Or.EqualTo(HttpStatusCode.TooManyRequests));
    }

    private async Task CheckAsync()
    {
        using HttpResponseMessage response = await PostAsync(Traces(Span(ServerKind, 1, trace: _nextTrace++)).ToByteArray());
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        long megabytes = FindMostResident() >> 10;
        await TestContext.Out.WriteLineAsync($"{megabytes} MB at most");
        Assert.That(megabytes, Is.LessThan(MaxResidentMegabytes));
    }

    private static async Task<HttpStatusCode[]> SendAsync(int count, Func<int, Task<HttpResponseMessage>> send) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(async () =>
        {
            using HttpResponseMessage response = await send(i);
            return response.StatusCode;
        })));

    private static byte[] Compressed(byte[] body)
    {
        using MemoryStream output = new();
        using (System.IO.Compression.GZipStream gzip = new(output, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return output.ToArray();
    }

    private static byte[] Head(string rest) => Encoding.ASCII.GetBytes($"POST /v1/traces HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {_token}\r\n{rest}");

    private static async Task<TcpClient> ConnectAsync(int port)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    private Task<HttpResponseMessage> PostAgentsAsync() => PostAsync(RawExports.Agents(Agents, Interlocked.Add(ref _nextAgent, Agents)));

    private async Task SendResetsAsync()
    {
        using TcpClient client = await ConnectAsync(_grpcPort);
        try
        {
            await client.GetStream().WriteAsync(ResetStreams(5_000, _token));
        }
        catch (IOException)
        {
            // Who resets so often is cut off.
        }
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] body, string? encoding = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"http://127.0.0.1:{_port}/v1/traces") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(OtlpServer.Protobuf);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        if (encoding is not null)
        {
            request.Content.Headers.ContentEncoding.Add(encoding);
        }

        return await _http.SendAsync(request);
    }

    private Task<double> OrphansAsync() => MetricAsync("timeseries_otlp_join_total", "outcome=\"orphan\"");

    private async Task<double> MetricAsync(string name, params string[] labels) => MetricsText.Sum(await _server.Client.GetAsync("/metrics"), name, labels);

    // KiB now, and at most since the start.
    private long FindResident() => Find("VmRSS:");

    private long FindMostResident() => Find("VmHWM:");

    private long Find(string name)
    {
        string line = File.ReadLines($"/proc/{_server.Id}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
