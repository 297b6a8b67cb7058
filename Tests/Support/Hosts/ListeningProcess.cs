using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace TimeSeries.Tests.Support.Hosts;

/// <summary>A process that prints the address that it listens on. What it prints is kept.</summary>
internal sealed class ListeningProcess : IDisposable
{
    private readonly Process _process;
    private readonly Regex _listening;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts a program of .NET.</summary>
    /// <param name="arguments">Its file and arguments.</param>
    /// <param name="environment">Other variables in its environment; null takes one away.</param>
    /// <param name="listening">Matches the line with the address, which is the group <c>address</c>.</param>
    public ListeningProcess(IEnumerable<string> arguments, IEnumerable<(string Name, string? Value)> environment, Regex listening)
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach ((string name, string? value) in environment)
        {
            start.Environment.Remove(name);
            if (value is not null)
            {
                start.Environment[name] = value;
            }
        }

        _listening = listening;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("It ended before it listened:\n" + Output));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Process Process => _process;

    /// <summary>Where it listens, once it does.</summary>
    public Task<Uri> Address => _address.Task;

    /// <summary>What it printed so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Ends the process at once (SIGKILL) and returns when it is gone.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
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

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        if (_listening.Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups["address"].Value));
        }
    }
}
