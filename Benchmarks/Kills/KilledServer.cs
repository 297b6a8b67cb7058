using System.Diagnostics;
using TimeSeries.Benchmarks.Compare.Peers;
using TimeSeries.Benchmarks.Hosts;

namespace TimeSeries.Benchmarks.Kills;

/// <summary>The built Server as a process of its own that may be killed at any moment, before it listens too. Thread safe once started.</summary>
internal sealed class KilledServer : IDisposable
{
    public const string Token = "token-of-the-kills";

    // Small heads and few seconds: seals, merges and manifests come often. A server that lives for a second compiles in tiers.
    private static readonly string[] _settings =
        ["--Start:WarmUp=false", "--Self:Enabled=false", "--Ui:Enabled=false", "--Otlp:Http=", "--Storage:HeadBytes=1MiB", "--Storage:OnLoss=continue"];

    private readonly ChildProcess _process;
    private readonly bool _isUnderOther;

    private KilledServer(ChildProcess process, Uri grpcAddress, bool isUnderOther)
    {
        _process = process;
        _isUnderOther = isUnderOther;
        GrpcAddress = grpcAddress;
    }

    /// <summary>Completes when it listens; faulted when it ended before.</summary>
    public Task Listening => _process.Listening;

    /// <summary>Where it listens, once it does.</summary>
    public Uri Address => new(_process.Listening.GetAwaiter().GetResult());

    public Uri GrpcAddress { get; }

    /// <summary>What it printed so far.</summary>
    public string Output => _process.Output;

    /// <summary>Starts a server on a folder.</summary>
    /// <param name="program">The built Server.</param>
    /// <param name="folder">Where its directory is: <c>data</c>.</param>
    /// <param name="under">A program, with its arguments, that starts it and stays with it; none when empty.</param>
    public static KilledServer Start(string program, string folder, params IReadOnlyList<string> under)
    {
        Uri grpc = new($"http://127.0.0.1:{FreePorts.Take(1)[0]}");
        ProcessStartInfo plain = HostProcess.Of(program, folder, Path.Combine(folder, "data"), Token);
        string[] all = [.. under, plain.FileName, .. plain.ArgumentList, .. _settings, $"--Otlp:Grpc={grpc.GetLeftPart(UriPartial.Authority)}"];
        ProcessStartInfo start = new(all[0], all[1..]) { WorkingDirectory = folder };
        start.Environment["DOTNET_TC_QuickJit"] = "1";
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "64";
        return new KilledServer(HostProcess.Begin(start), grpc, under.Count > 0);
    }

    /// <summary>Ends it as a crash would (SIGKILL) and returns when it is gone.</summary>
    public void Kill()
    {
        if (_isUnderOther)
        {
            // What stays with it writes the rest of what it has, and ends by itself.
            _process.KillChildren();
        }
        else
        {
            _process.Kill();
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
