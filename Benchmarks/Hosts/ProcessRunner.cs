using System.ComponentModel;
using System.Diagnostics;

namespace TimeSeries.Benchmarks.Hosts;

/// <summary>Runs a program to its end and reads what it says.</summary>
internal static class ProcessRunner
{
    // Packages come from a mirror that may be slow.
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(10);

    /// <summary>What it wrote to standard output; null when it could not be started, failed, or took too long.</summary>
    public static string? Run(string program, IEnumerable<string> arguments, string? folder = null) =>
        TryRun(program, arguments, out string output, folder) ? output : null;

    /// <summary>Runs it; false when it could not be started, failed, or took too long.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="output">What it wrote to standard output, and where it failed to standard error, too; or why it did not run to its end.</param>
    /// <param name="folder">Where it runs; null for here.</param>
    public static bool TryRun(string program, IEnumerable<string> arguments, out string output, string? folder = null)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder ?? "",
            })!;
            Task<string> written = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(_timeout))
            {
                process.Kill(entireProcessTree: true);
                output = $"{program} did not end within {_timeout.TotalMinutes:F0} minutes";
                return false;
            }

            bool isGood = process.ExitCode == 0;
            output = written.GetAwaiter().GetResult() + (isGood ? "" : errors.GetAwaiter().GetResult());
            return isGood;
        }
        catch (Win32Exception fault)
        {
            output = fault.Message;
            return false;
        }
    }
}
