using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace TimeSeries.Benchmarks.Hosts;

/// <summary>A server that a measurement starts as a process of its own and ends when disposed. Thread safe once started.</summary>
internal sealed class ChildProcess : IDisposable
{
    // A server that says nothing of its address is asked whether it answers this often.
    private static readonly TimeSpan _askPeriod = TimeSpan.FromMilliseconds(5);

    // influxd listens after 35 ms and a host after half a second on an idle machine; over much data influxd opens all of it first.
    private static readonly TimeSpan _startTimeout = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly Regex? _listening;

    private ChildProcess(ProcessStartInfo start, Regex? listening)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _listening = listening;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(
            new InvalidOperationException($"{start.FileName} ended before it listened:\n" + Output));
    }

    /// <summary>Number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>User and system time that the process has used.</summary>
    public TimeSpan ProcessorTime => _process.TotalProcessorTime;

    /// <summary>What it said of its address when it began to listen.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What it says of its address, once it listens; faulted when it ended before.</summary>
    public Task<string> Listening => _address.Task;

    /// <summary>What it printed so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts a program and returns at once.</summary>
    /// <param name="start">Program and arguments.</param>
    /// <param name="listening">Matches the line that says that it listens; the group <c>address</c> is the address.</param>
    public static ChildProcess Begin(ProcessStartInfo start, Regex listening)
    {
        ChildProcess child = new(start, listening);
        child.Begin();
        return child;
    }

    /// <summary>Starts a program and returns when it says that it listens.</summary>
    /// <param name="start">Program and arguments.</param>
    /// <param name="listening">Matches the line that says so; the group <c>address</c> is the address.</param>
    /// <exception cref="InvalidOperationException">It ended before, or did not listen in time.</exception>
    public static ChildProcess Start(ProcessStartInfo start, Regex listening)
    {
        ChildProcess child = new(start, listening);
        try
        {
            child.Begin();
            child.Address = child._address.Task.WaitAsync(_startTimeout).GetAwaiter().GetResult();
            return child;
        }
        catch (TimeoutException)
        {
            child.Dispose();
            throw new InvalidOperationException($"{start.FileName} did not listen in time:\n" + child.Output);
        }
        catch
        {
            child._process.Dispose();
            throw;
        }
    }

    /// <summary>Starts a program that listens at a given address, and returns when it responds there.</summary>
    /// <param name="start">Program and arguments.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="responds">Whether it responds by now.</param>
    /// <exception cref="InvalidOperationException">It ended before, or did not answer in time.</exception>
    public static ChildProcess Start(ProcessStartInfo start, string address, Func<bool> responds)
    {
        ChildProcess child = new(start, listening: null) { Address = address };
        child._process.Start();
        try
        {
            child._process.BeginOutputReadLine();
            child._process.BeginErrorReadLine();
            long began = Stopwatch.GetTimestamp();
            while (!responds())
            {
                if (child._process.WaitForExit(_askPeriod) || Stopwatch.GetElapsedTime(began) > _startTimeout)
                {
                    throw new InvalidOperationException($"{start.FileName} did not answer at {address}:\n" + string.Join('\n', child._output.TakeLast(20)));
                }
            }

            return child;
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    /// <summary>Asks it to end (SIGTERM) and waits for that, at most so long.</summary>
    public void End(TimeSpan timeout)
    {
        using Process signal = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        signal.WaitForExit();
        _process.WaitForExit(timeout);
    }

    /// <summary>Ends it as a crash would, and returns when it is gone.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    /// <summary>Ends what it started as a crash would, and returns when it has ended by itself.</summary>
    public void KillChildren()
    {
        if (!_process.HasExited)
        {
            foreach (string child in File.ReadAllText($"/proc/{Id}/task/{Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                using Process started = Process.GetProcessById(int.Parse(child, CultureInfo.InvariantCulture));
                started.Kill();
            }
        }

        _process.WaitForExit();
    }

    /// <summary>Ends it as a crash would, and returns when it is gone.</summary>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Begin()
    {
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        if (_listening?.Match(line) is { Success: true } match)
        {
            _address.TrySetResult(match.Groups["address"].Value);
        }
    }
}
