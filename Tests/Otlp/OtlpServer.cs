using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Otlp;

/// <summary>A server with both of OTLP's ports, and the ways in which an exporter speaks to it.</summary>
internal sealed class OtlpServer : IAsyncDisposable
{
    public const string Protobuf = "application/x-protobuf";
    public const string Json = "application/json";

    private readonly TemporaryFolder _folder;
    private readonly HttpClient _http;

    private OtlpServer(TemporaryFolder folder, RunningServer server, int httpPort, int grpcPort)
    {
        _folder = folder;
        Server = server;
        HttpAddress = new Uri($"http://127.0.0.1:{httpPort}");
        GrpcAddress = new Uri($"http://127.0.0.1:{grpcPort}");
        _http = new HttpClient(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(60) };
    }

    public RunningServer Server { get; }

    public Uri HttpAddress { get; }

    public Uri GrpcAddress { get; }

    public HttpClient Http => _http;

    public static Task<OtlpServer> StartAsync(params string[] options) => StartAsync(_ => { }, options);

    public static async Task<OtlpServer> StartAsync(Action<IServiceCollection> replace, params string[] options)
    {
        TemporaryFolder folder = new();
        int http = Ports.FindFree();
        int grpc = Ports.FindFree();
        RunningServer server = await RunningServer.StartAsync(
            folder["data"], replace, [$"--Otlp:Http=http://127.0.0.1:{http}", $"--Otlp:Grpc=http://127.0.0.1:{grpc}", .. options]);
        return new OtlpServer(folder, server, http, grpc);
    }

    /// <summary>Exports over HTTP.</summary>
    public async Task<HttpResponseMessage> PostAsync(
        string path, byte[] body, string? type = Protobuf, string? encoding = null, string? token = null, Uri? address = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(address ?? HttpAddress, path)) { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization", token ?? "Bearer " + TestProjects.TokenOf(TestProjects.First));
        if (type is not null)
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        if (encoding is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }

        return await _http.SendAsync(request);
    }

    /// <summary>Exports spans, which must be taken; returns the message of the response.</summary>
    public async Task<ExportResponse> ExportAsync(IMessage export)
    {
        string path = export switch
        {
            TraceExport => "/v1/traces",
            MetricExport => "/v1/metrics",
            _ => "/v1/logs",
        };
        using HttpResponseMessage response = await PostAsync(path, export.ToByteArray());
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return ExportResponse.Parser.ParseFrom(body);
    }

    /// <summary>All samples of a kind, oldest first; those of one time in the order in which they came.</summary>
    public async Task<JsonElement[]> SamplesAsync(string kind, long pcode = TestProjects.First)
    {
        string body = await Server.Client.GetAsync($"/api/v1/samples?kind={kind}&from=1000000000000&to=9000000000000&limit=1000", pcode);
        using JsonDocument document = JsonDocument.Parse(body);
        JsonElement[] newestFirst = [.. document.RootElement.GetProperty("samples").EnumerateArray().Select(sample => sample.Clone())];
        Array.Reverse(newestFirst);
        return newestFirst;
    }

    /// <summary>The value of a metric, all series with these labels added up.</summary>
    public async Task<double> MetricAsync(string name, params string[] labels) =>
        MetricsText.Sum(await Server.Client.GetAsync("/metrics"), name, labels);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
