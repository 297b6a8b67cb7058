using System.Diagnostics;
using System.Globalization;
using System.Text;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>A VictoriaMetrics (single node, 1.x), written to by line protocol.</summary>
internal sealed class VictoriaPeer : IPeer
{
    public const string Settings =
        "single node, retention 100 years, otherwise defaults; seven numeric fields, labels oname and service; writes are not fsynced";

    /// <summary>Metrics of a transaction, each a row of its own in VictoriaMetrics.</summary>
    public const int NumericFields = 7;

    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _pollPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("timeseries-victoria-").FullName;
    private readonly ChildProcess _process;
    private readonly ServerAddress _address;
    private readonly HttpClient _http = BlockingHttp.CreateClient(_timeout);

    public VictoriaPeer(string program)
    {
        _address = new ServerAddress("127.0.0.1", FreePorts.Take(1)[0], "/write");
        ProcessStartInfo start = new(program,
            [$"-storageDataPath={_folder}/data", $"-httpListenAddr={_address.Authority}", "-retentionPeriod=100y", "-loggerLevel=ERROR"]);
        try
        {
            _process = ChildProcess.Start(start, "http://" + _address.Authority, () => Get("/health") is not null);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public TextForm Form => TextForm.NumericLines;

    public ServerAddress WriteAddress => _address;

    public (int Rows, int Connections) Batches => (10_000, 4);

    public TimeSpan ProcessorTime => _process.ProcessorTime;

    // It keeps no text, so that no query but by its own labels could be the same.
    public PeerQuery? Find(ComparedQuery query) => null;

    // Rows that wait in memory count, too.
    public long Count() => MetricText.Sum(Get("/metrics") ?? "", "vm_rows_inserted_total{type=\"influx\"}") is var rows ? (long)rows / NumericFields : 0;

    public long Finish()
    {
        Get("/internal/force_flush");
        Get("/internal/force_merge");
        long seen = -1;
        long began = Stopwatch.GetTimestamp();
        for (long quiet = began; Stopwatch.GetElapsedTime(quiet) < _quiet && Stopwatch.GetElapsedTime(began) < _timeout;)
        {
            Task.Delay(_pollPeriod).GetAwaiter().GetResult();
            if (FolderBytes.Of(Path.Combine(_folder, "data"), "cache") is var now && now != seen)
            {
                (seen, quiet) = (now, Stopwatch.GetTimestamp());
            }
        }

        return seen;
    }

    public void Dispose()
    {
        _process?.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string? Get(string path)
    {
        try
        {
            HttpResponseHead response = _http.Get(_address.Of(path), out byte[] body);
            string text = Encoding.UTF8.GetString(body);
            return response.Status == 200
                ? text
                : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"VictoriaMetrics answered {response.Status} to {path}: {text}"));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
