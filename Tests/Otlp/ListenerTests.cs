using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;
using static TimeSeries.Tests.Otlp.Exports;

namespace TimeSeries.Tests.Otlp;

/// <summary>The ports of OTLP: taken ones, and pages of other origins.</summary>
internal sealed class ListenerTests
{
    private const string Origin = "https://shop.example";

    private static readonly byte[] _export = Traces(Span(ServerKind, 1)).ToByteArray();

    // Where another process of this machine has a port already, as a Collector would, that one is the taker.
    [Test]
    public async Task Default_ports_that_are_taken_are_warnings_and_exports_go_to_the_main_address()
    {
        using TemporaryFolder folder = new();
        using TcpListener? http = TryTake(4318);
        using TcpListener? grpc = TryTake(4317);
        using ServerProcess server = await ServerProcess.StartHostAsync("Server", folder, [("Otlp__Http", null), ("Otlp__Grpc", null)]);
        foreach (int port in (int[])[4317, 4318])
        {
            Assert.That(server.Output, Does.Contain($"OTLP is not taken on http://127.0.0.1:{port}"));
        }

        using HttpClient client = new();
        using HttpRequestMessage request = Export(server.Client.Address);
        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        ulong from = Start / 1_000_000;
        Assert.That(await server.Client.GetAsync($"/open/api/json/transaction/{from}/{from + 60_000}"), Does.Contain("\"count\":1"));
    }

    [TestCase("Http")]
    [TestCase("Grpc")]
    public async Task A_configured_port_that_is_taken_stops_the_start(string name)
    {
        using TemporaryFolder folder = new();
        using TcpListener taker = new(IPAddress.Loopback, 0);
        taker.Start();
        string address = $"http://{taker.LocalEndpoint}";
        Exception? failure = await Assert.CatchAsync(() => RunningServer.StartAsync(folder, $"--Otlp:{name}={address}"));
        Assert.That(failure!.ToString(), Does.Contain(address));
    }

    [TestCase(Origin, true)]
    [TestCase("https://other.example", false)]
    public async Task Pages_of_configured_origins_may_export(string origin, bool expected)
    {
        await using OtlpServer server = await OtlpServer.StartAsync($"--Http:CorsOrigins={Origin}");
        using HttpRequestMessage preflight = new(HttpMethod.Options, new Uri(server.HttpAddress, "/v1/traces"));
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type,content-encoding,authorization,x-whatap-token");
        using HttpResponseMessage allowed = await server.Http.SendAsync(preflight);
        Assert.That(Header(allowed, "Access-Control-Allow-Origin"), Is.EqualTo(expected ? Origin : null));
        Assert.That(
            Header(allowed, "Access-Control-Allow-Headers")?.Split(',', StringSplitOptions.TrimEntries) ?? [],
            expected ? Is.SupersetOf((string[])["content-type", "content-encoding", "authorization", "x-whatap-token"]) : Is.Empty);
        Assert.That(Header(allowed, "Access-Control-Allow-Methods")?.Split(',') ?? [], expected ? Does.Contain("POST") : Is.Empty);

        using HttpRequestMessage export = Export(server.HttpAddress);
        export.Headers.Add("Origin", origin);
        using HttpResponseMessage response = await server.Http.SendAsync(export);
        Assert.That((response.StatusCode, Header(response, "Access-Control-Allow-Origin")), Is.EqualTo((HttpStatusCode.OK, expected ? Origin : null)));
    }

    [Test]
    public async Task Without_origins_a_preflight_is_another_method()
    {
        await using OtlpServer server = await OtlpServer.StartAsync();
        using HttpRequestMessage preflight = new(HttpMethod.Options, new Uri(server.HttpAddress, "/v1/traces"));
        preflight.Headers.Add("Origin", Origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        using HttpResponseMessage response = await server.Http.SendAsync(preflight);
        Assert.That((response.StatusCode, Header(response, "Access-Control-Allow-Origin")), Is.EqualTo((HttpStatusCode.MethodNotAllowed, (string?)null)));
    }

    private static HttpRequestMessage Export(Uri address)
    {
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(address, "/v1/traces")) { Content = new ByteArrayContent(_export) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(OtlpServer.Protobuf);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(TestProjects.First));
        return request;
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;

    private static TcpListener? TryTake(int port)
    {
        TcpListener listener = new(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }
}
