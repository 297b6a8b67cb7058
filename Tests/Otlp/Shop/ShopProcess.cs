using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using TimeSeries.Tests.Support;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Otlp.Shop;

/// <summary>
/// The shop of examples/otel-shop as a process of its own: an application with OpenTelemetry's SDK that nothing but variables of its environment point
/// somewhere.
/// </summary>
internal sealed partial class ShopProcess : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly ListeningProcess _process;
    private readonly HttpClient _http = new(new SocketsHttpHandler()) { Timeout = _timeout };

    private ShopProcess(PostgresServer database, IEnumerable<(string Name, string? Value)> environment) => _process = new ListeningProcess(
        [ProgramFile, "--urls", "http://127.0.0.1:0"], [("ConnectionStrings__Shop", database.ConnectionString), .. environment], Listening());

    /// <summary>What it printed so far.</summary>
    public string Output => _process.Output;

    /// <summary>Starts the shop, and returns when it listens.</summary>
    /// <param name="database">Its database.</param>
    /// <param name="endpoint">Where its exporters push.</param>
    /// <param name="protocol">How: <c>http/protobuf</c> or <c>grpc</c>.</param>
    /// <param name="instance">What makes its agent: the name is <c>otel-shop-instance</c>.</param>
    /// <param name="token">The token of its project.</param>
    /// <param name="more">More variables.</param>
    public static async Task<ShopProcess> StartAsync(
        PostgresServer database, Uri endpoint, string protocol, string instance, string token, params (string Name, string? Value)[] more)
    {
        ShopProcess shop = new(database,
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_HEADERS", $"authorization=Bearer%20{token}"),
            ("OTEL_SERVICE_NAME", "otel-shop"),
            ("OTEL_RESOURCE_ATTRIBUTES", $"service.instance.id={instance},host.name=h1"),

            // More often than by default, so that calls and their transaction come in different exports too.
            ("OTEL_BSP_SCHEDULE_DELAY", "200"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "64"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "200"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
            .. more,
        ]);
        shop._http.BaseAddress = await shop._process.Address.WaitAsync(_timeout);
        return shop;
    }

    /// <summary>Sends requests, several at a time, and returns how many there were of each status.</summary>
    public async Task<IReadOnlyDictionary<HttpStatusCode, int>> GetAllAsync(IEnumerable<string> paths, int atATime)
    {
        ConcurrentDictionary<HttpStatusCode, int> statuses = [];
        await Parallel.ForEachAsync(paths, new ParallelOptions { MaxDegreeOfParallelism = atATime }, async (path, _) =>
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri(path, UriKind.Relative), CancellationToken.None);
            statuses.AddOrUpdate(response.StatusCode, 1, (_, count) => count + 1);
        });
        return statuses;
    }

    /// <summary>What the shop counted, once it has counted all requests.</summary>
    /// <param name="requests">How many there were, and how many it sent itself; requests for the counts don't count.</param>
    public async Task<ShopCounts> CountsAsync(int requests)
    {
        ShopCounts counts = new([]);
        await Eventually.IsTrueAsync(
            async () =>
            {
                counts = new ShopCounts([.. (await _http.GetFromJsonAsync<Tally[]>("/counts"))!.Where(tally => tally.Route != "/counts")]);
                return counts.Sum("request").Count == requests;
            },
            () => $"{counts.Sum("request").Count} of {requests} requests");
        return counts;
    }

    /// <summary>Ends it as service managers do (SIGTERM), so that its exporters send what they have, and returns when it is gone.</summary>
    public async Task StopAsync()
    {
        ProcessSignal.Send(_process.Process, "TERM");
        await _process.Process.WaitForExitAsync().WaitAsync(_timeout);
    }

    public void Dispose()
    {
        _process.Dispose();
        _http.Dispose();
    }

    // Debug or Release, as the tests themselves were built.
    private static string ProgramFile => RepositoryFolder.Combine(
        "examples", "otel-shop", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "OtelShop.dll");

    [GeneratedRegex(@"Now listening on: (?<address>http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
