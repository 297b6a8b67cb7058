using System.Text.RegularExpressions;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>
/// The built server as a process of its own, on a data directory and a port that the system picks. <see cref="Kill"/> ends it as a crash would:
/// nothing of it runs on. Starting another on the same directory is the restart.
/// </summary>
public sealed partial class ServerProcess : IDisposable
{
    private static readonly TimeSpan _startTimeout = TimeSpan.FromSeconds(40);

    // A server compiles its code at once and optimized, which pays over hours; the one of a test lives for seconds. Compiled in tiers it starts with 0.7 s of
    // processor time instead of 2.0.
    private static readonly (string Name, string? Value)[] _tiers = [("DOTNET_TC_QuickJit", "1"), ("DOTNET_TC_CallCountingDelayMs", "64")];

    private readonly ListeningProcess _process;

    private ServerProcess(string project, string[] arguments, IEnumerable<(string Name, string? Value)> environment)
    {
        string[] own = project == "Server" ? ["--Start:WarmUp=false", TestProjects.NotWatched] : [];
        _process = new ListeningProcess([HostFile(project), .. own, .. arguments], [.. _tiers, .. environment], Listening());
    }

    public ServerClient Client { get; private set; } = null!;

    /// <summary>Variables of an environment in which a server compiles its code as it does for everybody.</summary>
    public static IEnumerable<(string Name, string? Value)> AsForEverybody => _tiers.Select(variable => (variable.Name, (string?)null));

    /// <summary>What it printed so far.</summary>
    public string Output => _process.Output;

    public int Id => _process.Process.Id;

    public bool IsRunning => !_process.Process.HasExited;

    /// <summary>Starts a server and returns when it listens.</summary>
    public static Task<ServerProcess> StartAsync(string directory, params string[] more) => StartHostAsync("Server", directory, more);

    /// <summary>The same with another host: Ingest or Query.</summary>
    public static Task<ServerProcess> StartHostAsync(string project, string directory, params string[] more) => StartHostAsync(project, directory, [], more);

    /// <summary>The same with other variables in its environment; null takes one away.</summary>
    public static async Task<ServerProcess> StartHostAsync(string project, string directory,
        IEnumerable<(string Name, string? Value)> environment, params string[] more)
    {
        ServerProcess server = new(project, TestProjects.Arguments(directory, more), environment);
        try
        {
            server.Client = new ServerClient(await server._process.Address.WaitAsync(_startTimeout));
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Ends the process at once (SIGKILL) and returns when it is gone.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks the process to end (SIGTERM), as service managers do, and returns its exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan timeout)
    {
        Signal("TERM");
        using CancellationTokenSource late = new(timeout);
        await _process.Process.WaitForExitAsync(late.Token);
        return _process.Process.ExitCode;
    }

    /// <summary>Sends the process a signal: <c>HUP</c>, say.</summary>
    public void Signal(string name) => ProcessSignal.Send(_process.Process, name);

    public void Dispose()
    {
        _process.Dispose();
        Client?.Dispose();
    }

    /// <summary>The built program of a host, Debug or Release as the tests themselves.</summary>
    public static string HostFile(string project)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return RepositoryFolder.Combine(project, "bin", configuration, "net10.0", $"TimeSeries.{project}.dll");
    }

    [GeneratedRegex(@"listens on (?<address>http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
