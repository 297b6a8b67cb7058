using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
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
internal sealed partial class ShopProcess : IAsyncDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new(new SocketsHttpHandler()) { Timeout = _timeout };

    private ShopProcess(PostgresServer database, IEnumerable<(string Name, string Value)> environment)
    {
        ProcessStartInfo start = new("dotnet", [ProgramFile, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["ConnectionStrings__Shop"] = database.ConnectionString;
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The shop ended before it listened:\n" + Output));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it printed so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts the shop, and returns when it listens.</summary>
    /// <param name="database">Its database.</param>
    /// <param name="endpoint">Where its exporters push.</param>
    /// <param name="protocol">How: <c>http/protobuf</c> or <c>grpc</c>.</param>
    /// <param name="instance">What makes its agent: the name is <c>otel-shop-instance</c>.</param>
    /// <param name="token">The token of its project.</param>
    /// <param name="more">More variables.</param>
    public static async Task<ShopProcess> StartAsync(
        PostgresServer database, Uri endpoint, string protocol, string instance, string token, params (string Name, string Value)[] more)
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
        shop._http.BaseAddress = await shop._address.Task.WaitAsync(_timeout);
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
        using (Process signal = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await signal.WaitForExitAsync();
        }

        await _process.WaitForExitAsync().WaitAsync(_timeout);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }

    // Debug or Release, as the tests themselves were built.
    private static string ProgramFile => RepositoryFolder.Combine(
        "examples", "otel-shop", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "OtelShop.dll");

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        if (Listening().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups["address"].Value));
        }
    }

    [GeneratedRegex(@"Now listening on: (?<address>http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
