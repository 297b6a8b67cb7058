using System.Diagnostics;
using System.Text;
using System.Text.Json;
using TimeSeries.Benchmarks.Compare;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Hosts;

/// <summary>The built Server as a process of its own, durable acks on, on a folder that outlives it.</summary>
internal sealed class MeasuredServer : IDisposable
{
    public const string Token = "token-of-the-comparison";
    public const string AccessKey = "access-key-of-the-comparison";
    public const string SecretKey = "secret-key-of-the-comparison";

    // Its own limit is ten seconds; a disk that is behind may need more.
    private static readonly TimeSpan _stopTimeout = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly HttpClient _http = BlockingHttp.CreateClient();

    /// <summary>Starts it and returns when it listens.</summary>
    /// <param name="program">The built host.</param>
    /// <param name="folder">Where it keeps its files.</param>
    /// <param name="settings">More of the command line.</param>
    public MeasuredServer(string program, string folder, params ReadOnlySpan<string> settings)
    {
        ProcessStartInfo start = HostProcess.Of(program, folder, Path.Combine(folder, "data"), Token);
        foreach (
            string argument in new[] { $"--Projects:0:AccessKeys:0:Id={AccessKey}", $"--Projects:0:AccessKeys:0:Secret={SecretKey}",
            "--Query:MaxRows=4000000000" })
        {
            start.ArgumentList.Add(argument);
        }

        foreach (string argument in settings)
        {
            start.ArgumentList.Add(argument);
        }

        _process = HostProcess.Start(start);
        Address = ServerAddress.Parse(_process.Address, out _)!;
    }

    public ServerAddress Address { get; }

    public int ProcessId => _process.Id;

    /// <summary>User and system time of the process.</summary>
    public TimeSpan ProcessorTime => _process.ProcessorTime;

    /// <summary>
    /// Has all be sealed and merged, as happens by itself after some time: a server in this process does it, since a running one can't be told to. Returns the
    /// bytes of blocks.
    /// </summary>
    public static async Task<long> SettleAsync(string folder)
    {
        string data = Path.Combine(folder, "data");
        await using (OwnServer server = await OwnServer.StartAsync(data))
        {
            await server.SettleAsync();
        }

        return BlockBytes(folder);
    }

    /// <summary>Bytes of blocks and their list, without the log.</summary>
    public static long BlockBytes(string folder) => FolderBytes.Of(Path.Combine(folder, "data"), except: "log");

    /// <summary>All transactions that it answers with, over all times.</summary>
    public long CountTransactions()
    {
        using JsonDocument response = JsonDocument.Parse(Get("/api/v1/aggregate?kind=transaction&from=0&to=4000000000000&measures=count"));
        JsonElement rows = response.RootElement.GetProperty("rows");
        return rows.GetArrayLength() == 0 ? 0 : rows[0][0].GetInt64();
    }

    /// <summary>Asks for all transactions by service.</summary>
    public void AskByService() => Get("/api/v1/aggregate?kind=transaction&from=0&to=4000000000000&by=service&measures=avg(elapsed),count&limit=1000");

    /// <summary>The sum of a metric's series.</summary>
    public double Metric(string name) => MetricText.Sum(Encoding.UTF8.GetString(Get("/metrics")), name);

    /// <summary>Asks it to end and waits for that.</summary>
    public void End() => _process.End(_stopTimeout);

    /// <summary>Ends it as a crash would.</summary>
    public void Dispose()
    {
        _process.Dispose();
        _http.Dispose();
    }

    /// <summary>The request of a query with the token.</summary>
    public HttpRequestMessage Request(string path) => new(HttpMethod.Get, Address.Of(path))
    {
        Headers = { { "Authorization", "Bearer " + Token }, { "x-whatap-pcode", "1" }, { "x-whatap-token", Token } },
    };

    private byte[] Get(string path)
    {
        HttpResponseHead response = _http.Exchange(Request(path), out byte[] body);
        return response.Status == 200
            ? body
            : throw new InvalidDataException($"{path} was answered with {response.Status}: {Encoding.UTF8.GetString(body)}");
    }
}
