using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Support.Influx;

/// <summary>
/// A real InfluxDB 1.x as a process of its own, on directories of its own and a port that the system picks. It can be killed, stopped and started again
/// on the same directories and port. Where no influxd can be had the test that asks for one is ignored, with the reason.
/// </summary>
internal sealed partial class RealInfluxd : IAsyncDisposable
{
    public const string Administrator = "admin";
    public const string AdministratorPassword = "password-of-the-administrator";

    // It listens 35 ms after its start on an idle machine.
    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _stopTimeout = TimeSpan.FromSeconds(15);

    private readonly string _program;
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private ConcurrentQueue<string> _output = new();
    private Process? _process;
    private int _port;

    private RealInfluxd(string program, InfluxdSettings settings)
    {
        _program = program;
        Settings = settings;
    }

    /// <summary>Where it listens; the same after each restart.</summary>
    public Uri Address => new($"http://127.0.0.1:{_port}");

    /// <summary>How it is set up; changes count from the next start.</summary>
    public InfluxdSettings Settings { get; set; }

    /// <summary>What it printed since its last start.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Its process id, for measurements.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>Starts a server and returns when it listens. Ignores the running test where no influxd can be had.</summary>
    public static async Task<RealInfluxd> StartAsync(InfluxdSettings? settings = null)
    {
        (string? program, string reason) = await InfluxdProgram.Find();
        if (program is null)
        {
            Assert.Ignore(reason);
        }

        RealInfluxd server = new(program!, settings ?? new InfluxdSettings());
        try
        {
            await server.RestartAsync();
            if (server.Settings.Auth)
            {
                await server.QueryAsync($"CREATE USER {Administrator} WITH PASSWORD '{AdministratorPassword}' WITH ALL PRIVILEGES");
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server with an empty database <c>apm</c>.</summary>
    public static async Task<RealInfluxd> StartWithDatabaseAsync()
    {
        RealInfluxd server = await StartAsync();
        await server.QueryAsync("CREATE DATABASE apm");
        return server;
    }

    /// <summary>Starts it again after <see cref="Kill"/> or <see cref="StopAsync"/>, on the same directories and port, and returns when it listens.</summary>
    public async Task RestartAsync()
    {
        string configuration = _folder["influxdb.conf"];
        await File.WriteAllBytesAsync(configuration, Encoding.UTF8.GetBytes(Configuration()));
        ProcessStartInfo start = new(_program, ["-config", configuration]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("INFLUXDB_", StringComparison.Ordinal)).ToList())
        {
            // It would read them as settings.
            start.Environment.Remove(name);
        }

        ConcurrentQueue<string> output = new();
        TaskCompletionSource<int> port = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Process process = new() { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Take(line.Data, output, port);
        process.ErrorDataReceived += (_, line) => Take(line.Data, output, port);
        process.Exited += (_, _) => port.TrySetException(new InvalidOperationException("influxd ended before it listened:\n" + string.Join('\n', output)));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _output = output;
        _process = process;
        _port = await port.Task.WaitAsync(_startTimeout);
    }

    /// <summary>Ends it as a crash would (SIGKILL) and returns when it is gone.</summary>
    public void Kill()
    {
        if (_process is not { } process)
        {
            return;
        }

        _process = null;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>Stops it where it is (SIGSTOP) until <see cref="Continue"/>: connections are taken, and nothing comes back.</summary>
    public void Hang() => ProcessSignal.Send(_process!, "STOP");

    /// <summary>Has it go on after <see cref="Hang"/>.</summary>
    public void Continue() => ProcessSignal.Send(_process!, "CONT");

    /// <summary>Ends it in good order (SIGTERM) and returns when it is gone.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        ProcessSignal.Send(process, "TERM");
        await process.WaitForExitAsync().WaitAsync(_stopTimeout);
        _process = null;
        process.Dispose();
    }

    /// <summary>
    /// The response to InfluxQL statements: the element <c>results</c>, times in ns. As the administrator where names are asked for.
    /// The server says in the response itself what is wrong with a statement; that fails the test.
    /// </summary>
    public async Task<JsonElement> QueryAsync(string statements, string database = "")
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(Address, "/query"));
        request.Content = new FormUrlEncodedContent([new("q", statements), new("db", database), new("epoch", "ns")]);
        AddName(request);
        using HttpResponseMessage response = await _http.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        using JsonDocument document = JsonDocument.Parse(body);
        bool isRight = document.RootElement.TryGetProperty("results", out JsonElement results) && !results.EnumerateArray()
            .Any(result => result.TryGetProperty("error", out _));
        Assert.That(isRight, Is.True, $"{statements}: {body}");
        return results.Clone();
    }

    /// <summary>The number in a statement's first row, first column after the time; 0 when it gives no row.</summary>
    public async Task<long> NumberAsync(string statement, string database)
    {
        JsonElement result = (await QueryAsync(statement, database))[0];
        return result.TryGetProperty("series", out JsonElement series) ? series[0].GetProperty("values")[0][1].GetInt64() : 0;
    }

    /// <summary>Writes lines as they are, with times in ns, and returns status and body.</summary>
    public async Task<(int Status, string Body)> WriteAsync(string lines, string database)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(Address, $"/write?db={Uri.EscapeDataString(database)}&precision=ns"));
        request.Content = new StringContent(lines, Encoding.UTF8);
        AddName(request);
        using HttpResponseMessage response = await _http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _http.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private void AddName(HttpRequestMessage request)
    {
        if (Settings.Auth)
        {
            string pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Administrator}:{AdministratorPassword}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", pair);
        }
    }

    private static void Take(string? line, ConcurrentQueue<string> output, TaskCompletionSource<int> port)
    {
        if (line is null)
        {
            return;
        }

        output.Enqueue(line);
        if (Listening().Match(line) is { Success: true } match)
        {
            port.TrySetResult(int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture));
        }
    }

    private string Configuration() => $"""
        reporting-disabled = true
        bind-address = "127.0.0.1:0"
        [meta]
          dir = "{_folder["meta"]}"
        [data]
          dir = "{_folder["data"]}"
          wal-dir = "{_folder["wal"]}"
          index-version = "{Settings.IndexVersion}"
          max-values-per-tag = {Settings.MaxValuesPerTag}
          query-log-enabled = false
        [monitor]
          store-enabled = false
        [http]
          bind-address = "127.0.0.1:{_port}"
          auth-enabled = {(Settings.Auth ? "true" : "false")}
          log-enabled = false
          max-body-size = {Settings.MaxBodyBytes}
        [logging]
          format = "logfmt"
          level = "info"
        """;

    [GeneratedRegex(@"msg=""Listening on HTTP"".* addr=127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex Listening();
}
