using System.Diagnostics;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Server.Backup;

/// <summary>The command <c>backup</c> as a process.</summary>
internal sealed class BackupProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string[]> _output;

    public BackupProcess(Uri address, string target)
    {
        ProcessStartInfo start = new("dotnet", [ServerProcess.HostFile("Server"), "backup", address.AbsoluteUri, target])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["TIMESERIES_TOKEN"] = TestProjects.TokenOf(TestProjects.First);
        _process = Process.Start(start)!;
        _output = Task.WhenAll(_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    /// <summary>What it printed, once it has ended.</summary>
    public string Output => string.Concat(_output.Result);

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync();
        await _output;
        return _process.ExitCode;
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
