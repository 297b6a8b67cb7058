using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
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

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(string project, string[] arguments, IEnumerable<(string Name, string? Value)> environment)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        start.ArgumentList.Add(HostFile(project));
        if (project == "Server")
        {
            start.ArgumentList.Add("--Start:WarmUp=false");
            start.ArgumentList.Add(TestProjects.NotWatched);
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string? value) in environment)
        {
            start.Environment.Remove(name);
            if (value is not null)
            {
                start.Environment[name] = value;
            }
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The server ended before it listened:\n" + Output));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public ServerClient Client { get; private set; } = null!;

    /// <summary>What it printed so far.</summary>
    public string Output => string.Join('\n', _output);

    public int Id => _process.Id;

    public bool IsRunning => !_process.HasExited;

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
            server.Client = new ServerClient(await server._address.Task.WaitAsync(_startTimeout));
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Ends the process at once (SIGKILL) and returns when it is gone.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
    }

    /// <summary>Asks the process to end (SIGTERM), as service managers do, and returns its exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan timeout)
    {
        Signal("TERM");
        using CancellationTokenSource late = new(timeout);
        await _process.WaitForExitAsync(late.Token);
        return _process.ExitCode;
    }

    /// <summary>Sends the process a signal: <c>HUP</c>, say.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        Client?.Dispose();
        _process.Dispose();
    }

    // Debug or Release, as the tests themselves were built.
    private static string HostFile(string project)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return RepositoryFolder.Combine(project, "bin", configuration, "net10.0", $"TimeSeries.{project}.dll");
    }

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

    [GeneratedRegex(@"listens on (?<address>http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
