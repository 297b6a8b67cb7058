using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Influx;

/// <summary>An influxd (1.x) of a measurement's own, in a folder that is deleted with it unless it was named.</summary>
internal sealed partial class InfluxServer : IDisposable
{
    public const string Database = "apm";

    // Longer than it takes from one step of a compaction to the next.
    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _compactTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _pollPeriod = TimeSpan.FromSeconds(1);

    // What it has in memory goes to disk at its end.
    private static readonly TimeSpan _stopTimeout = TimeSpan.FromSeconds(30);

    private readonly string _program;
    private readonly string _folder;
    private readonly bool _isKept;
    private ChildProcess? _process;
    private bool _compactsAtOnce;
    private string _bind = "127.0.0.1:0";

    private InfluxServer(string program, string? folder)
    {
        _program = program;
        _isKept = folder is not null;
        _folder = folder is null ? Directory.CreateTempSubdirectory("timeseries-influxd-").FullName : Directory.CreateDirectory(folder).FullName;
    }

    /// <summary>Where it listens; the same after each restart.</summary>
    public string Address => "http://" + _bind;

    /// <summary>User and system time of the process that runs.</summary>
    public TimeSpan ProcessorTime => _process!.ProcessorTime;

    // Data, and what it keeps of writes until they are there.
    private long FileBytes => new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>The program that was named, that the variable INFLUXD names, or that is on the PATH; null when there is none.</summary>
    public static string? FindProgram(string? named)
    {
        string? asked = named ?? Environment.GetEnvironmentVariable("INFLUXD");
        return string.IsNullOrEmpty(asked)
            ? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, "influxd")).FirstOrDefault(File.Exists)
            : File.Exists(asked) ? asked : null;
    }

    /// <summary>Starts one with a database, an empty one in a folder of its own.</summary>
    /// <param name="program">The program.</param>
    /// <param name="folder">Where its files stay, and are taken up again; null for a folder that is deleted at the end.</param>
    public static InfluxServer Start(string program, string? folder = null)
    {
        InfluxServer server = new(program, folder);
        try
        {
            server.Restart();
            server.Query($"CREATE DATABASE {Database}");
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Starts it, again on the same directories and port.</summary>
    public void Restart()
    {
        string configuration = Path.Combine(_folder, "influxdb.conf");
        File.WriteAllBytes(configuration, Encoding.UTF8.GetBytes(Configuration()));
        ProcessStartInfo start = new(_program, ["-config", configuration]);
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("INFLUXDB_", StringComparison.Ordinal)).ToList())
        {
            // It would read them as settings.
            start.Environment.Remove(name);
        }

        _process = ChildProcess.Start(start, Listening());
        _bind = _process.Address;
    }

    /// <summary>Ends it as a crash would (SIGKILL).</summary>
    public void Kill()
    {
        _process?.Dispose();
        _process = null;
    }

    /// <summary>The number that a statement answers with in its first row, first column after the time; 0 when it answers with no row.</summary>
    /// <exception cref="InvalidDataException">The server refused the statement.</exception>
    public long Number(string statement)
    {
        using JsonDocument response = Query(statement);
        return response.RootElement.GetProperty("results")[0].TryGetProperty("series", out JsonElement series) ? series[0]
            .GetProperty("values")[0][1].GetInt64() : 0;
    }

    /// <summary>How many rollups of units there are (a unit has one for each bucket), and how many characters.</summary>
    public (long Count, long Bytes) Rollups()
    {
        using JsonDocument response = Query("SELECT \"part\", \"data\" FROM \"rollup_5m\" WHERE \"parts\" > 0");
        long count = 0;
        long bytes = 0;
        if (response.RootElement.GetProperty("results")[0].TryGetProperty("series", out JsonElement series))
        {
            foreach (JsonElement row in series[0].GetProperty("values").EnumerateArray())
            {
                count += row[1].GetInt64() == 0 ? 1 : 0;
                bytes += row[2].GetString()!.Length;
            }
        }

        return (count, bytes);
    }

    /// <summary>Starts it so that it writes out and compacts at once, waits until its files do not change any more, and returns their bytes.</summary>
    public long Compact(TimeProvider clock)
    {
        Kill();
        _compactsAtOnce = true;
        Restart();
        long began = clock.GetTimestamp();
        long seen = 0;
        for (long quiet = began; clock.GetElapsedTime(quiet) < _quiet && clock.GetElapsedTime(began) < _compactTimeout;)
        {
            Task.Delay(_pollPeriod, clock).GetAwaiter().GetResult();
            if (FileBytes is var now && now != seen)
            {
                (seen, quiet) = (now, clock.GetTimestamp());
            }
        }

        return seen;
    }

    public void Dispose()
    {
        if (_isKept)
        {
            _process?.End(_stopTimeout);
        }

        Kill();
        if (!_isKept)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private JsonDocument Query(string statement)
    {
        using HttpClient http = BlockingHttp.CreateClient();
        using FormUrlEncodedContent content = new([new("q", statement)]);
        HttpResponseHead response = http.Exchange(
            new HttpRequestMessage(HttpMethod.Post, $"{Address}/query?db={Database}") { Content = content }, out byte[] body);
        string text = Encoding.UTF8.GetString(body);
        return response.Status == 200 && !text.Contains("\"error\"", StringComparison.Ordinal)
            ? JsonDocument.Parse(text)
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"influxd answered {response.Status} to {statement}: {text}"));
    }

    private string Configuration() => $"""
        reporting-disabled = true
        bind-address = "127.0.0.1:0"
        [meta]
          dir = "{_folder}/meta"
        [data]
          dir = "{_folder}/data"
          wal-dir = "{_folder}/wal"
          query-log-enabled = false
          cache-snapshot-write-cold-duration = "{(_compactsAtOnce ? "1s" : "10m")}"
          compact-full-write-cold-duration = "{(_compactsAtOnce ? "5s" : "4h")}"
        [monitor]
          store-enabled = false
        [http]
          bind-address = "{_bind}"
          log-enabled = false
        [logging]
          format = "logfmt"
          level = "info"
        """;

    [GeneratedRegex(@"msg=""Listening on HTTP"".* addr=(?<address>[^ ]+)")]
    private static partial Regex Listening();
}
