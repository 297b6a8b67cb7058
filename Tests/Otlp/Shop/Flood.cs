using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using TimeSeries.Fuzzing.Otlp.Messages;
using TimeSeries.Tests.Support.Hosts;
using static TimeSeries.Tests.Otlp.Exports;

namespace TimeSeries.Tests.Otlp.Shop;

/// <summary>
/// Exporters that push spans as fast as they get responses, each sends its export again, in the same bytes, until it is taken: no exporter asks so soon again,
/// or so often.
/// </summary>
internal sealed class Flood(Uri endpoint, int exporters) : IDisposable
{
    private const int SpansPerExport = 15;

    // Takes memory on its way and no place in the store.
    private static readonly string _notRead = new('x', 1 << 10);

    private static readonly TimeSpan _delay = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _delayWithoutServer = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http = new(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly CancellationTokenSource _end = new();
    private Task[] _tasks = [];
    private long _trace = 1L << 40;

    /// <summary>Begins.</summary>
    public void Start() => _tasks = [.. Enumerable.Range(0, exporters).Select(_ => Task.Run(PushAsync))];

    /// <summary>Ends when the exports that are under way are taken.</summary>
    public async Task StopAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_tasks);
    }

    public void Dispose()
    {
        _http.Dispose();
        _end.Dispose();
    }

    private async Task PushAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            byte[] export = Traces(Spans()).ToByteArray();
            while (await SendAsync(export) is var status && status != HttpStatusCode.OK)
            {
                await Task.Delay(status is null ? _delayWithoutServer : _delay);
            }
        }
    }

    private IEnumerable<Span> Spans()
    {
        ulong trace = (ulong)Interlocked.Increment(ref _trace);
        for (uint i = 1; i < SpansPerExport; i++)
        {
            yield return Span(ClientKind, i + 1, parent: 1, trace, "sql", ("db.system.name", "postgresql"), ("flood", _notRead));
        }

        yield return Span(ServerKind, 1, trace: trace, name: "flood");
    }

    // The status; null when there was no response.
    private async Task<HttpStatusCode?> SendAsync(byte[] export)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(endpoint, "/v1/traces")) { Content = new ByteArrayContent(export) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(OtlpServer.Protobuf);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestProjects.TokenOf(TestProjects.First));
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
