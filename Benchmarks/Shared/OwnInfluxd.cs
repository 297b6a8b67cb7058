using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TimeSeries.Benchmarks.Shared;

/// <summary>An influxd of the measurement's own, on a port that the system picks. Disposing it ends it, and deletes its folder unless that was named.</summary>
internal sealed partial class OwnInfluxd : IDisposable
{
    // It listens 35 ms after its start; over much data it opens all shards first.
    private static readonly TimeSpan _startTimeout = TimeSpan.FromMinutes(2);

    // What it has in memory goes to disk when it is told to end.
    private static readonly TimeSpan _stopTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _folder;
    private readonly bool _isKept;
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OwnInfluxd(string program, string folder, bool isKept)
    {
        _folder = folder;
        _isKept = isKept;
        string configuration = Path.Combine(folder, "influxdb.conf");
        File.WriteAllBytes(configuration, Encoding.UTF8.GetBytes(Configuration(folder)));
        ProcessStartInfo start = new(program, ["-config", configuration]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("INFLUXDB_", StringComparison.Ordinal)).ToList())
        {
            // It would read them as settings.
            start.Environment.Remove(name);
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _port.TrySetException(new InvalidOperationException($"{program} ended before it listened."));
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public int ProcessId => _process.Id;

    /// <summary>Starts one and returns when it listens.</summary>
    /// <param name="program">Its program; null to look for it.</param>
    /// <param name="folder">Where it keeps its data; null for a folder that is deleted at the end.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="InvalidOperationException">There is none, or it does not start.</exception>
    public static async Task<OwnInfluxd> StartAsync(string? program, string? folder, CancellationToken stop)
    {
        program ??= Find() ?? throw new InvalidOperationException("There is no influxd: name one with --influxd or INFLUXD, or a server that runs with --influx-host.");
        string kept = folder is null ? Directory.CreateTempSubdirectory("influxd-").FullName : Directory.CreateDirectory(folder).FullName;
        OwnInfluxd influxd = new(program, kept, folder is not null);
        influxd._process.Start();
        influxd._process.BeginOutputReadLine();
        influxd._process.BeginErrorReadLine();
        int port = await influxd._port.Task.WaitAsync(_startTimeout, stop);
        influxd.Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        return influxd;
    }

    public void Dispose()
    {
        using (Process? signal = _isKept ? Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]) : null)
        {
            signal?.WaitForExit();
        }

        if (!_isKept || !_process.WaitForExit(_stopTimeout))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        if (!_isKept)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static string? Find() => Environment.GetEnvironmentVariable("INFLUXD") is { Length: > 0 } named
        ? named
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, "influxd")).FirstOrDefault(File.Exists);

    private void Take(string? line)
    {
        if (line is not null && Listening().Match(line) is { Success: true } match)
        {
            _port.TrySetResult(int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture));
        }
    }

    private static string Configuration(string folder) => $"""
        reporting-disabled = true
        bind-address = "127.0.0.1:0"
        [meta]
          dir = "{folder}/meta"
        [data]
          dir = "{folder}/data"
          wal-dir = "{folder}/wal"
          index-version = "tsi1"
          query-log-enabled = false
        [monitor]
          store-enabled = false
        [http]
          bind-address = "127.0.0.1:0"
          log-enabled = false
        [logging]
          format = "logfmt"
          level = "info"
        """;

    [GeneratedRegex(@"msg=""Listening on HTTP"".* addr=127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex Listening();
}
