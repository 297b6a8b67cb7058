using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using TimeSeries.Benchmarks.Hosts;

namespace TimeSeries.Benchmarks.Kills;

/// <summary>The built Server as a process of its own that may be killed at any moment, before it listens too. Thread safe once started.</summary>
internal sealed partial class KilledServer : IDisposable
{
    public const string Token = "token-of-the-kills";

    // Small heads and few seconds: seals, merges and manifests come often. A server that lives for a second compiles in tiers.
    private static readonly string[] _settings =
        ["--Start:WarmUp=false", "--Self:Enabled=false", "--Ui:Enabled=false", "--Otlp:Http=", "--Storage:HeadBytes=1MiB", "--Storage:OnLoss=continue"];

    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly bool _isUnderOther;

    private KilledServer(ProcessStartInfo start, Uri grpcAddress, bool isUnderOther)
    {
        _isUnderOther = isUnderOther;
        GrpcAddress = grpcAddress;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The server ended before it listened:\n" + Output));
    }

    /// <summary>Completes when it listens; faulted when it ended before.</summary>
    public Task<Uri> Listening => _address.Task;

    /// <summary>Where it listens, once it does.</summary>
    public Uri Address => Listening.GetAwaiter().GetResult();

    public Uri GrpcAddress { get; }

    /// <summary>What it printed so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts a server on a folder.</summary>
    /// <param name="program">The built Server.</param>
    /// <param name="folder">Where its directory is: <c>data</c>.</param>
    /// <param name="under">A program, with its arguments, that starts it and stays with it; none when empty.</param>
    public static KilledServer Start(string program, string folder, params IReadOnlyList<string> under)
    {
        Uri grpc = new($"http://127.0.0.1:{FreePort()}");
        ProcessStartInfo plain = HostProcess.Of(program, folder, Path.Combine(folder, "data"), Token);
        string[] all = [.. under, plain.FileName, .. plain.ArgumentList, .. _settings, $"--Otlp:Grpc={grpc.GetLeftPart(UriPartial.Authority)}"];
        ProcessStartInfo start = new(all[0], all[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_TC_QuickJit"] = "1";
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "64";
        KilledServer server = new(start, grpc, under.Count > 0);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Ends it as a crash would (SIGKILL) and returns when it is gone.</summary>
    public void Kill()
    {
        if (!_process.HasExited && _isUnderOther)
        {
            // What stays with it writes the rest of what it has, and ends by itself.
            foreach (string child in File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                using Process server = Process.GetProcessById(int.Parse(child, CultureInfo.InvariantCulture));
                server.Kill();
            }
        }
        else if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        if (ListeningLine().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups["address"].Value));
        }
    }

    [GeneratedRegex(@"listens on (?<address>http://127\.0\.0\.1:\d+)")]
    private static partial Regex ListeningLine();
}
