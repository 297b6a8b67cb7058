using System.ComponentModel;
using System.Diagnostics;

namespace TimeSeries.Benchmarks.Hosts;

/// <summary>Runs a short program and reads what it says.</summary>
internal static class ProcessRunner
{
    // Packages come from a mirror that may be slow.
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(3);

    /// <summary>What it wrote to standard output; null when it could not be started, failed, or took too long.</summary>
    public static string? Run(string program, IEnumerable<string> arguments, string? folder = null)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder ?? "",
            })!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(_timeout))
            {
                process.Kill();
                return null;
            }

            return process.ExitCode == 0 ? output.GetAwaiter().GetResult() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
